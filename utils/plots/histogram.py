"""How many weights have which value, and where the threshold falls."""

import numpy as np

from utils.plots.numbers import as_array
from utils.plots.style import BLUE, LEGEND_ABOVE, TEXT, VERMILLION, picture


def weight_histogram(weights, threshold=None, title="", mask=None, bins=60):
    """The histogram of `weights` (any shape), the kept and the pruned ones on top of each other.

    threshold   weights with |w| > threshold are kept; drawn as two dashed lines
    mask        what is kept, where something else than a threshold decides: nonzero = keep
    The weights are counted here; only the counts are sent to the page.
    """
    weights = as_array(weights).ravel()
    threshold = None if threshold is None else float(as_array(threshold))
    kept = np.abs(weights) > threshold if mask is None else as_array(mask).ravel() != 0
    limit = float(np.abs(weights).max(initial=0)) or 1.0
    edges = np.linspace(-limit, limit, bins + 1)
    traces = [
        bar(edges, weights[kept], "kept", BLUE, ""),
        bar(edges, weights[~kept], "pruned", VERMILLION, "/"),
    ]
    layout = {
        "title": {"text": title},
        "barmode": "stack",
        "bargap": 0,
        "xaxis": {"title": {"text": "weight"}, "range": [-limit, limit]},
        "yaxis": {"title": {"text": "number of weights"}},
        "shapes": [] if threshold is None else [line(-threshold), line(threshold)],
        "showlegend": True,
        "legend": LEGEND_ABOVE | {"traceorder": "normal"},
    }
    return picture(traces, layout, describe(kept, threshold))


def describe(kept, threshold):
    """How many weights stay, in one sentence."""
    counts = f"{kept.sum():,} weights kept, {(~kept).sum():,} pruned"
    return (
        f"{counts}." if threshold is None else f"The threshold on |w| is {threshold:.3g}: {counts}."
    )


def bar(edges, weights, name, colour, pattern):
    """One series of bars; the pruned ones are hatched as well as coloured."""
    return {
        "type": "bar",
        "x": ((edges[1:] + edges[:-1]) / 2).round(6),
        "y": np.histogram(weights, edges)[0],
        "name": name,
        "marker": {
            "color": colour,
            "line": {"width": 0},
            "pattern": {"shape": pattern, "size": 6, "solidity": 0.3},
        },
        "hovertemplate": f"%{{y}} {name} near %{{x:.3f}}<extra></extra>",
    }


def line(threshold):
    """A dashed line at a threshold, as high as the plot."""
    return {
        "type": "line",
        "x0": threshold,
        "x1": threshold,
        "y0": 0,
        "y1": 1,
        "yref": "y domain",
        "line": {"color": TEXT, "width": 2, "dash": "dash"},
    }
