"""How every figure of the course looks: quiet, on any background, and readable without telling
colours apart.
"""

import plotly.graph_objects as go
import plotly.io as pio

BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"  # Okabe and Ito, 2008
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE)
DASHES = ("solid", "dash", "dot", "dashdot")
MARKERS = ("circle", "square", "diamond", "triangle-up")

TEXT = "#767676"  # 3:1 and more on white and on the dark theme's background: a test computes it
GRID = "rgba(128, 128, 128, 0.25)"
GONE = "#9E9E9E"  # a weight that was pruned
CLEAR = "rgba(0, 0, 0, 0)"

# No button that uploads the figure to a cloud, no logo, and none that a lecture has no use for.
CONFIG = {
    "showSendToCloud": False,
    "displaylogo": False,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d"],
}

AXIS = {
    "gridcolor": GRID,
    "linecolor": TEXT,
    "tickcolor": TEXT,
    "zerolinecolor": GRID,
    "zerolinewidth": 1,
    "ticks": "outside",
    "ticklen": 4,
    "automargin": True,
    "title": {"standoff": 8, "font": {"size": 13}},
}

LEGEND_ABOVE = {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"}

TEMPLATE = go.layout.Template(
    layout={
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "colorway": COLOURS,
        "font": {
            "color": TEXT,
            "size": 13,
            "family": "system-ui, -apple-system, 'Segoe UI', sans-serif",
        },
        "title": {
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": 1,
            "yanchor": "top",
            "pad": {"t": 12},
            "font": {"size": 15},
        },
        "margin": {"l": 60, "r": 20, "t": 48, "b": 48},
        "height": 360,
        "xaxis": AXIS,
        "yaxis": AXIS,
        "legend": {"bgcolor": CLEAR},
        "hoverlabel": {"font": {"size": 13}},
        "modebar": {"bgcolor": CLEAR, "color": TEXT, "activecolor": BLUE},
        "bargap": 0.05,
    }
)

pio.templates["course"] = TEMPLATE
pio.templates.default = "course"
for renderer in ("plotly_mimetype", "notebook", "browser"):
    pio.renderers[renderer].config = CONFIG


def picture(traces, layout, text):
    """A figure from plain dictionaries, with the sentence that says what it shows."""
    head = 48 if layout.get("title", {}).get("text") else 24
    if layout.get("showlegend"):
        head += 24  # between the title and the plot
    margin = {"t": head} | layout.get("margin", {})
    return go.Figure(
        data=traces, layout={"height": 360} | layout | {"margin": margin, "meta": {"text": text}}
    )
