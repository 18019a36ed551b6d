"""A surface has its heights over its places."""

import numpy as np

from utils.plots import surface


def test_a_surface_has_its_heights_and_its_points_and_paths():
    x, y = np.linspace(-1, 1, 5), np.linspace(0, 2, 3)
    heights = x[None, :] + 10 * y[:, None]
    figure = surface(heights, x, y, points={"here": (0.5, 1)}, paths={"way": ([0, 1], [0, 1])})
    assert np.array_equal(figure.data[0].z, heights) and list(figure.data[0].x) == list(x)
    assert [(trace.name, trace.mode) for trace in figure.data[1:]] == [
        ("way", "lines"),
        ("here", "markers"),
    ]
    assert tuple(figure.layout.xaxis.range) == (-1, 1) and tuple(figure.layout.yaxis.range) == (
        0,
        2,
    )
    assert "0 to 21" in figure.layout.meta["text"] or "-1 to 21" in figure.layout.meta["text"]
