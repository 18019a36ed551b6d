"""A function of two variables, seen from above: lines of equal height, points and paths."""

import numpy as np

from utils.plots.numbers import as_array
from utils.plots.style import COLOURS, LEGEND_ABOVE, MARKERS, TEXT, picture

SCALE = [[0, "#00456B"], [0.35, "#5AA9D6"], [0.7, "#CFE6F5"], [1, "#FAFAFA"]]  # low is dark


def surface(
    heights,
    x,
    y,
    points=None,
    paths=None,
    x_label="x",
    y_label="y",
    z_label="loss",
    title="",
    text="",
    **layout,
):
    """Heights (len(y), len(x)) over the places x and y.

    points  {"minimum": (x, y)}: marked and named, at most four
    paths   {"step": ([x, ...], [y, ...])}: lines, at most four
    """
    x, y, heights = as_array(x), as_array(y), as_array(heights).astype(float)
    traces = [
        {
            "type": "contour",
            "x": x,
            "y": y,
            "z": heights,
            "colorscale": SCALE,
            "contours": {"coloring": "heatmap"},
            "ncontours": 24,
            "line": {"width": 0.5, "color": TEXT},
            "colorbar": {
                "title": {"text": z_label, "side": "right", "font": {"size": 13}},
                "thickness": 12,
                "outlinewidth": 0,
                "len": 1,
                "ypad": 0,
            },
            "hovertemplate": f"{x_label} %{{x:.3g}}, {y_label} %{{y:.3g}}: "
            f"{z_label} %{{z:.4g}}<extra></extra>",
        }
    ]
    colours = COLOURS[1:] + COLOURS[:1]  # blue is the surface's
    for number, (name, (along, up)) in enumerate((paths or {}).items()):
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": along,
                "y": up,
                "name": name,
                "line": {"color": colours[number], "width": 3},
            }
        )
    for number, (name, (along, up)) in enumerate((points or {}).items()):
        marker = {
            "color": colours[number],
            "symbol": MARKERS[number],
            "size": 12,
            "line": {"color": "white", "width": 2},
        }
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": np.atleast_1d(along),
                "y": np.atleast_1d(up),
                "name": name,
                "marker": marker,
            }
        )
    shown = {
        "title": {"text": title},
        "xaxis": {
            "title": {"text": x_label},
            "range": [float(x.min()), float(x.max())],
            "showgrid": False,
            "zeroline": False,
        },
        "yaxis": {
            "title": {"text": y_label},
            "range": [float(y.min()), float(y.max())],
            "showgrid": False,
            "zeroline": False,
        },
        "showlegend": len(traces) > 1,
        "legend": LEGEND_ABOVE,
        "width": 560,
        "height": 470,
    }
    text = text or f"{z_label} from {heights.min():.3g} to {heights.max():.3g}."
    return picture(traces, shown, text).update_layout(**layout)
