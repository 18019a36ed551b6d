"""Two figures side by side as one, so that one slider moves both."""

from utils.plots.style import picture

GAP = 0.12  # of the width, between the two
SCALE = 0.09  # more, for the colour scale of the left one


def beside(left, right, share=0.5):
    """One figure of two; the left one takes `share` of the width. Their sentences are joined.

    Each is a figure of one plot (axes x and y), as the functions of this room make them.
    """
    start = share + GAP / 2
    end = share - GAP / 2 - (SCALE if has_scale(left) else 0)
    head = max(left.layout.margin.t, right.layout.margin.t)
    parts = [half(left, "", (0, end), head), half(right, "2", (start, 1), head)]
    layout = parts[0]["layout"] | parts[1]["layout"]
    for name in ("shapes", "annotations"):
        layout[name] = [*parts[0][name], *parts[1][name]]
    if left.layout.width and right.layout.width:
        layout["width"] = left.layout.width + right.layout.width
    layout["height"] = max(left.layout.height, right.layout.height)
    layout["margin"] = {"t": head}
    text = " ".join(dict.fromkeys(figure.layout.meta["text"] for figure in (left, right)))
    return picture(parts[0]["traces"] + parts[1]["traces"], layout, text)


def has_scale(figure):
    """Whether a colour scale stands to the right of the figure."""
    return any(
        trace.type in ("heatmap", "contour") and trace.showscale is not False
        for trace in figure.data
    )


def half(figure, number, domain, head):
    """The traces and the layout of one half, moved to the axes x<number>, y<number> and the given
    domain.
    """
    layout = figure.layout.to_plotly_json()
    traces = [
        trace.to_plotly_json() | {"xaxis": f"x{number}", "yaxis": f"y{number}"}
        for trace in figure.data
    ]
    for trace in traces:
        if "colorbar" in trace:
            trace["colorbar"] |= {
                "x": domain[1] + 0.01,
                "xanchor": "left",
                "title": None,
            }  # a title needs room
    shapes = [moved(shape, number) for shape in layout.pop("shapes", [])]
    notes = [moved(note, number) for note in layout.pop("annotations", [])]
    if title := layout.pop("title", {}).get("text"):
        notes.append(heading(title, domain, head))
    legend = layout.pop("legend", {})
    for trace in traces:
        trace["showlegend"] = trace.get("showlegend", layout.get("showlegend")) is True
        if trace["showlegend"]:
            trace["legend"] = f"legend{number}"
    own = {
        f"xaxis{number}": layout.pop("xaxis", {}) | {"domain": domain, "anchor": f"y{number}"},
        f"yaxis{number}": layout.pop("yaxis", {}) | {"anchor": f"x{number}"},
        f"legend{number}": legend | {"x": domain[0] + legend.get("x", 0) * (domain[1] - domain[0])},
    }
    for name in ("template", "meta", "margin", "width", "height", "showlegend"):
        layout.pop(name, None)
    return {"traces": traces, "layout": layout | own, "shapes": shapes, "annotations": notes}


def moved(thing, number):
    """A shape or note on the other axes: "x" becomes "x2", "y domain" becomes "y2 domain"."""
    places = {reference: thing.get(reference, reference[0]) for reference in ("xref", "yref")}
    return thing | {
        reference: axis[0] + number + axis[1:]
        for reference, axis in places.items()
        if axis != "paper"
    }


def heading(text, domain, head):
    """A title over one half, at the top of the `head` pixels above the plots."""
    return {
        "text": text,
        "x": domain[0],
        "xref": "paper",
        "xanchor": "left",
        "y": 1,
        "yref": "paper",
        "yanchor": "top",
        "yshift": head - 8,
        "showarrow": False,
        "font": {"size": 15},
    }
