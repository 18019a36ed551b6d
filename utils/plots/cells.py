"""Boxes with something in them, row under row: a matrix, its memory, the arrays of a format, the
bits of a number.
"""

from utils.plots.style import TEXT, picture

# light enough for black text; group 0 is for what stands back
TINTS = ("#E6E6E6", "#9BD0F5", "#F7B98A", "#8FDCC0", "#EFB8D6", "#F3E08A", "#C9C3F0", "#B9D98F")
STEP = 34  # pixels of a box that holds few characters
PAGE = 790  # pixels of the widest figure


def cells(rows, groups=None, marks=(), title="", text=""):
    """Rows of boxes.

    rows    (label, entries) each; an entry is written as str(entry), None leaves its place empty;
            an empty row is a gap
    groups  a list for each row with a number for each entry: equal numbers, equal colours; 0 is
            grey (the default: all 0)
    marks   (row, place) of the boxes with a thick frame
    text    what the figure shows, in a sentence
    """
    width = max(len(entries) for _, entries in rows)
    groups = groups or [[0] * len(entries) for _, entries in rows]
    colours, written = [], []
    for (_, entries), numbers in zip(rows, groups, strict=True):
        blank = [None] * (width - len(entries))
        colours.append(
            [
                None if entry is None else tint(number)
                for entry, number in zip(entries, numbers, strict=True)
            ]
            + blank
        )
        written.append(
            ["" if entry is None else str(entry) for entry in entries] + [""] * len(blank)
        )
    longest = max(len(word) for line in written for word in line)
    margin = 40 + 9 * max(len(label) for label, _ in rows)
    step = max(min(STEP, (PAGE - margin) // width), 9 + 8 * longest)
    last = len(TINTS) - 1
    trace = {
        "type": "heatmap",
        "z": colours,
        "zmin": 0,
        "zmax": last,
        "colorscale": [
            [edge, TINTS[number]] for number in range(last + 1) for edge in band(number, last)
        ],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "text": written,
        "texttemplate": "%{text}",
        "textfont": {"color": "black", "size": 13},
        "hoverinfo": "skip",
    }
    labels = [label for label, _ in rows]
    bare = {"showgrid": False, "zeroline": False, "ticks": "", "title": {"text": ""}}
    layout = {
        "title": {"text": title},
        "xaxis": bare | {"showticklabels": False, "range": [-0.5, width - 0.5]},
        "yaxis": bare
        | {
            "tickvals": list(range(len(rows))),
            "ticktext": labels,
            "range": [len(rows) - 0.5, -0.5],
            "tickfont": {"size": 13},
        },
        "shapes": [frame(row, place) for row, place in marks],
        "width": step * width + margin,
        "height": 30 * len(rows) + (48 if title else 24) + 12,
        "margin": {"l": 16, "r": 16, "b": 8},
    }
    return picture([trace], layout, text)


def tint(number):
    """Which of the TINTS a group has; after the last one the colours begin again, without grey."""
    return 0 if number == 0 else 1 + (number - 1) % (len(TINTS) - 1)


def band(number, last):
    """Where the colour of a number begins and ends on the scale from 0 to 1."""
    return max(0, (number - 0.5) / last), min(1, (number + 0.5) / last)


def frame(row, place):
    """A thick frame around one box."""
    return {
        "type": "rect",
        "x0": place - 0.47,
        "x1": place + 0.47,
        "y0": row - 0.46,
        "y1": row + 0.46,
        "line": {"color": TEXT, "width": 3.5},
    }
