"""A weight matrix as a picture: blue is negative, vermillion positive, grey is gone."""

from typing import Any

import numpy as np

from utils.plots.numbers import as_array
from utils.plots.style import GONE, picture

LARGEST = 128  # rows and columns that are sent; a larger matrix is averaged over blocks
WRITTEN = 8  # up to this size the cells carry their numbers
SCALE = [[0, "#00456B"], [0.25, "#0072B2"], [0.5, "#FAFAFA"], [0.75, "#D55E00"], [1, "#7A3600"]]
SCALE_BAR = {
    "title": {"text": "weight", "side": "right", "font": {"size": 13}},
    "thickness": 12,
    "outlinewidth": 0,
    "len": 1,
    "ypad": 0,
}


def heatmap(matrix, mask=None, title="", rows="output", columns="input"):
    """The heat map of a matrix (n, m); entries where `mask` is 0, or without a mask exact zeros,
    are grey.

    The colours are centred at zero and scaled to the whole matrix, so that they stay
    the same while a slider moves the mask. `rows`, `columns` name the axes.
    """
    matrix = as_array(matrix).astype(float)
    kept = matrix != 0 if mask is None else as_array(mask).astype(bool)
    shape = matrix.shape
    text = describe(shape, int(kept.sum()))
    small, alive, block = reduce(matrix, kept)
    if block > 1:
        text += f" Each cell is the mean of {block} x {block} weights."
    limit = float(np.abs(reduce(matrix, np.ones_like(kept))[0]).max()) or 1.0
    shown = small.round(4).astype(object)
    shown[~alive] = None
    trace = {
        "type": "heatmap",
        "z": shown,
        "zmin": -limit,
        "zmax": limit,
        "colorscale": SCALE,
        "colorbar": SCALE_BAR,
        "hovertemplate": f"{rows} %{{y}}, {columns} %{{x}}: %{{z:.3f}}<extra></extra>",
        "x0": (block - 1) / 2,
        "y0": (block - 1) / 2,
        "dx": block,
        "dy": block,
    }
    layout: dict[str, Any] = {
        "title": {"text": title},
        "xaxis": {"title": {"text": columns}, "showgrid": False, "zeroline": False},
        "yaxis": {
            "title": {"text": rows},
            "showgrid": False,
            "zeroline": False,
            "autorange": "reversed",
        },
        "shapes": [background(shape)],
    } | size(shape)
    if max(shape) <= WRITTEN:
        layout["annotations"] = written(matrix, kept, limit)
        layout["xaxis"]["dtick"] = layout["yaxis"]["dtick"] = 1
        trace["showscale"] = False  # the numbers say it
    return picture([trace], layout, text)


def describe(shape, kept):
    """How many weights are left, in one sentence."""
    total = shape[0] * shape[1]
    if kept == total:
        return f"{shape[0]} x {shape[1]} weights, none of them zero."
    sparsity = 100 * (1 - kept / total)
    return f"{kept:,} of {total:,} weights are left ({sparsity:.3g} % sparsity); grey is pruned."


def reduce(matrix, kept):
    """(mean of the kept weights, whether any is left, b) over blocks of b x b; the last ones may be
    smaller.
    """
    block = -(-max(matrix.shape) // LARGEST)
    starts = [np.arange(0, size, block) for size in matrix.shape]

    def total(values):
        return np.add.reduceat(np.add.reduceat(values, starts[0], axis=0), starts[1], axis=1)

    count = total(np.ones_like(matrix))
    return total(matrix * kept) / count, total(kept.astype(int)) > 0, block


def size(shape):
    """Width and height in pixels that make the cells nearly square, within reason."""
    if max(shape) <= WRITTEN:
        return {"width": 90 + max(52 * shape[1], 104), "height": 110 + 42 * shape[0]}
    high = min(max(46 * shape[0], 120), 280)
    wide = min(max(high * shape[1] / shape[0], 150), 640)
    return {"width": 170 + round(wide), "height": 100 + high}


def background(shape):
    """The grey that shows where no weight is left."""
    return {
        "type": "rect",
        "layer": "below",
        "line": {"width": 0},
        "fillcolor": GONE,
        "x0": -0.5,
        "x1": shape[1] - 0.5,
        "y0": -0.5,
        "y1": shape[0] - 0.5,
    }


def written(matrix, kept, limit):
    """The numbers in the cells: white on strong colours, black on weak ones; a pruned weight is a
    0.
    """
    return [
        {
            "x": column,
            "y": row,
            "text": f"{value:.3g}" if kept[row, column] else "0",
            "showarrow": False,
            "font": {
                "color": "white" if kept[row, column] and abs(value) > 0.4 * limit else "black"
            },
        }
        for (row, column), value in np.ndenumerate(matrix)
    ]
