"""Points: what was predicted against what happened."""

import numpy as np

from utils.plots.numbers import as_array
from utils.plots.style import COLOURS, LEGEND_ABOVE, MARKERS, TEXT, picture

FEW = 60  # so many points can be large; more would hide each other


def scatter(points, x_label, y_label, diagonal=False, title="", text="", **layout):
    """Points by name: {"OBD": (x, y), ...}, at most four, each a pair of vectors.

    With `diagonal`, the line y = x: points on it are predicted exactly. `layout`: more of plotly's
    layout, such as xaxis_type="log".
    """
    if len(points) > len(COLOURS):
        raise ValueError(
            f"at most {len(COLOURS)} kinds of points can be told apart; got {len(points)}"
        )
    points = {
        name: (as_array(x).astype(float), as_array(y).astype(float))
        for name, (x, y) in points.items()
    }
    few = sum(len(x) for x, _ in points.values()) <= FEW
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": x,
            "y": y,
            "name": name,
            "marker": {
                "symbol": MARKERS[number],
                "size": 10 if few else 6,
                "color": COLOURS[number],
                "opacity": 1 if few else 0.7,
            },
        }
        for number, (name, (x, y)) in enumerate(points.items())
    ]
    if diagonal:
        both = np.concatenate([part for pair in points.values() for part in pair])
        ends = [np.nanmin(both), np.nanmax(both)]
        line = {"color": TEXT, "width": 1.5, "dash": "dot"}
        traces.insert(
            0,
            {
                "type": "scatter",
                "mode": "lines",
                "x": ends,
                "y": ends,
                "line": line,
                "showlegend": False,
                "hoverinfo": "skip",
            },
        )
    shown = {
        "title": {"text": title},
        "xaxis": {"title": {"text": x_label}},
        "yaxis": {"title": {"text": y_label}},
        "showlegend": len(points) > 1,
        "legend": LEGEND_ABOVE,
    }
    text = text or f"{y_label} against {x_label}, {sum(len(x) for x, _ in points.values())} points."
    return picture(traces, shown, text).update_layout(**layout)
