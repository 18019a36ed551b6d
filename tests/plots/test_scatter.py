"""Points stand where they were put, the diagonal spans them."""

import pytest
import torch

from utils.plots import scatter


def test_points_stand_where_they_were_put():
    figure = scatter(
        {"a": (torch.tensor([1.0, 2]), [3.0, 4]), "b": ([0], [5])}, "predicted", "actual"
    )
    assert [(list(t.x), list(t.y)) for t in figure.data] == [([1, 2], [3, 4]), ([0], [5])]
    assert (
        figure.data[0].marker.color != figure.data[1].marker.color
        and figure.data[0].marker.symbol != figure.data[1].marker.symbol
    )


def test_the_diagonal_spans_all_points_and_has_slope_one():
    line = scatter(
        {"a": ([1, 2], [-3, 4]), "b": ([9], [float("nan")])}, "x", "y", diagonal=True
    ).data[0]
    assert list(line.x) == list(line.y) == [-3, 9]


def test_more_kinds_than_can_be_told_apart_are_refused():
    with pytest.raises(ValueError, match="at most 4"):
        scatter({str(k): ([0], [0]) for k in range(5)}, "x", "y")


def test_few_points_are_large_and_many_can_be_seen_through_one_another():
    few, many = (scatter({"a": (range(n), range(n))}, "x", "y").data[0].marker for n in (60, 61))
    assert few.size > many.size and few.opacity == 1 > many.opacity
