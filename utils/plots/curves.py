"""Lines over something that varies, with the spread over seeds."""

import numpy as np

from utils.plots.style import COLOURS, DASHES, LEGEND_ABOVE, MARKERS, picture

BANDS = {None: "", "sd": " ± 1 standard deviation", "ci": " with 95 % confidence interval"}


def curves(
    rows, x, y, series=None, band=None, title="", x_label=None, y_label=None, text="", **layout
):
    """One line per value of `series` through the means of `y` at each `x`.

    rows     dictionaries, one per run, such as
             {"sparsity": 0.5, "accuracy": 0.97, "importance": "magnitude", "seed": 0}
    x, y     names of numbers in them;  series  name of what tells the lines apart (at most four)
    band     None, "sd" (one standard deviation) or "ci" (95 % interval of the mean) over rows with
             the same x
    x_label, y_label   what to write at the axes, with units; the names by default
    text     what the figure shows, in a sentence; by default the last point of each line
    layout   more of plotly's layout, such as yaxis_range=[0, 1]
    """
    names = list(dict.fromkeys(row[series] for row in rows)) if series else [y]
    if len(names) > len(COLOURS):
        raise ValueError(
            f"at most {len(COLOURS)} lines can be told apart; {series} has {len(names)} values"
        )
    traces, ends = [], []
    for number, name in enumerate(names):
        mine = [row for row in rows if not series or row[series] == name]
        places, means, spreads = summarize(mine, x, y, band)
        if band:
            traces.append(area(places, means - spreads, means + spreads, COLOURS[number]))
        traces.append(line(places, means, str(name), number))
        ends.append(f"{name}: {means[-1]:.3g}")
    x_label, y_label = x_label or x.replace("_", " "), y_label or y.replace("_", " ")
    text = text or f"{y_label} over {x_label}; at {x_label} {places[-1]:.3g}, {', '.join(ends)}."
    shown = {
        "title": {"text": title},
        "xaxis": {"title": {"text": x_label}},
        "yaxis": {"title": {"text": y_label + BANDS[band]}},
        "showlegend": len(names) > 1,
        "legend": LEGEND_ABOVE,
    }
    return picture(traces, shown, text).update_layout(**layout)


def summarize(rows, x, y, band):
    """(places, means, half-widths of the band) at each value of x, in order."""
    places = sorted({row[x] for row in rows})
    groups = [
        np.array([row[y] for row in rows if row[x] == place], dtype=float) for place in places
    ]
    means = np.array([group.mean() for group in groups])
    deviations = np.array([group.std(ddof=1) if len(group) > 1 else 0.0 for group in groups])
    if band == "ci":
        deviations = deviations * [t_value(len(group)) / len(group) ** 0.5 for group in groups]
    return np.array(places, dtype=float), means, deviations


def t_value(count):
    """Student's 97.5 % quantile for `count` values (0 for a single one), from a table."""
    table = (0, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
    return table[count - 1] if count <= len(table) else 1.96 + 2.4 / (count - 1)


def line(places, means, name, number):
    """A line that is told apart by colour, dash and marker."""
    return {
        "type": "scatter",
        "x": places,
        "y": means,
        "name": name,
        "mode": "lines+markers"
        if len(places) <= 24
        else "lines",  # more markers would hide the line
        "line": {"color": COLOURS[number], "dash": DASHES[number], "width": 2.5},
        "marker": {"symbol": MARKERS[number], "size": 8},
        "hovertemplate": f"{name}: %{{y:.4g}}<extra></extra>",
    }


def area(places, low, high, colour):
    """The band around a line: out along its lower edge, back along its upper one."""
    return {
        "type": "scatter",
        "x": np.concatenate([places, places[::-1]]),
        "y": np.concatenate([low, high[::-1]]),
        "mode": "lines",
        "line": {"width": 0},
        "fill": "toself",
        "fillcolor": colour,
        "opacity": 0.2,
        "hoverinfo": "skip",
        "showlegend": False,
    }
