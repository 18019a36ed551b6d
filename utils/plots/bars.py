"""Bars with their values written on them."""

import numpy as np

from utils.plots.style import COLOURS, LEGEND_ABOVE, TEXT, picture

PATTERNS = ("", "/", ".", "x")


def bars(
    rows, x, y, series=None, title="", x_label=None, y_label=None, digits=".3g", text="", **layout
):
    """Bars from `rows`, dictionaries such as {"format": "dense", "milliseconds": 1.9}.

    One of `x` and `y` names numbers, the other words: numbers in x lie, numbers in y stand. Rows
    with the same word are one bar, their mean, with a whisker of one standard deviation. `series`
    (up to four values) puts bars next to each other. `digits` is the format of the values.
    """
    lying = isinstance(rows[0][y], str)
    words, numbers = (y, x) if lying else (x, y)
    names = list(dict.fromkeys(row[series] for row in rows)) if series else [None]
    traces = []
    for number, name in enumerate(names):
        mine = [row for row in rows if not series or row[series] == name]
        labels, values, spreads = summarize(mine, words, numbers)
        traces.append(
            {
                "type": "bar",
                "orientation": "h" if lying else "v",
                "x": values if lying else labels,
                "y": labels if lying else values,
                "name": str(name or numbers),
                "text": [format(value, digits) for value in values],
                "textposition": "outside",
                "cliponaxis": False,
                "marker": {
                    "color": COLOURS[number],
                    "line": {"color": COLOURS[number], "width": 1.5},
                    "pattern": {
                        "shape": PATTERNS[number],
                        "solidity": 0.2,
                        "fillmode": "overlay",
                        "fgcolor": "rgba(255, 255, 255, 0.55)",
                    },
                },
                "hovertemplate": "%{y}: %{x}<extra></extra>"
                if lying
                else "%{x}: %{y}<extra></extra>",
            }
        )
        if any(spreads):
            traces[-1]["error_x" if lying else "error_y"] = {
                "type": "data",
                "array": spreads,
                "thickness": 1.5,
                "color": TEXT,
            }
            traces[-1] |= {
                "textposition": "inside",
                "insidetextanchor": "start",
                "textfont": {"color": "white"},
            }
    x_label, y_label = x_label or x.replace("_", " "), y_label or y.replace("_", " ")
    shown = {
        "title": {"text": title},
        "xaxis": {"title": {"text": x_label}},
        "yaxis": {"title": {"text": "" if lying else y_label}},
        "showlegend": len(names) > 1,
        "legend": LEGEND_ABOVE,
        "bargap": 0.35,
    }
    if lying:
        shown["yaxis"]["autorange"] = "reversed"  # the first row on top
        shown["height"] = 130 + 44 * len({row[words] for row in rows}) * len(names)
        shown["margin"] = {"r": 70}  # for the values at the ends of the bars
    text = text or describe(rows, words, numbers, series, digits)
    return picture(traces, shown, text).update_layout(**layout)


def summarize(rows, words, numbers):
    """Each word once, in order; the mean of its numbers; their standard deviation (0 for a single
    one).
    """
    labels = list(dict.fromkeys(row[words] for row in rows))
    groups = [
        np.array([row[numbers] for row in rows if row[words] == label], dtype=float)
        for label in labels
    ]
    return (
        labels,
        [float(g.mean()) for g in groups],
        [float(g.std(ddof=1)) if len(g) > 1 else 0.0 for g in groups],
    )


def describe(rows, words, numbers, series, digits):
    """All values in a sentence."""
    named = []
    for name in dict.fromkeys(row[series] if series else None for row in rows):
        labels, values, _ = summarize(
            [row for row in rows if not series or row[series] == name], words, numbers
        )
        named += [
            f"{label}{f' ({name})' if series else ''} {value:{digits}}"
            for label, value in zip(labels, values)
        ]
    return f"{numbers.replace('_', ' ')}: {', '.join(named)}."
