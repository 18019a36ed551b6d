"""The bars are numpy's counts, the dashed lines stand at the threshold and its negative."""

import numpy as np
import pytest
import torch

from utils.plots import weight_histogram

WEIGHTS = np.random.default_rng(0).normal(size=(64, 64))


def test_kept_and_pruned_bars_add_up_to_the_histogram_of_numpy():
    figure = weight_histogram(WEIGHTS, 0.7, bins=40)
    counts, edges = np.histogram(
        WEIGHTS, bins=40, range=(-np.abs(WEIGHTS).max(), np.abs(WEIGHTS).max())
    )
    assert np.array_equal(figure.data[0].y + figure.data[1].y, counts)
    assert figure.data[0].x == pytest.approx((edges[1:] + edges[:-1]) / 2, abs=1e-6)


def test_kept_are_those_larger_in_size_than_the_threshold():
    kept, pruned = weight_histogram([-3.0, -1.0, 1.0, 2.0], 1.0).data
    assert (kept.name, kept.y.sum(), pruned.name, pruned.y.sum()) == ("kept", 2, "pruned", 2)


def test_the_lines_stand_at_plus_and_minus_the_threshold():
    shapes = weight_histogram(WEIGHTS, 0.7).layout.shapes
    assert sorted((shape.x0, shape.x1) for shape in shapes) == [(-0.7, -0.7), (0.7, 0.7)]


def test_a_mask_decides_where_there_is_no_threshold():
    figure = weight_histogram([1.0, 2.0, 3.0], mask=[1, 0, 0])
    assert [trace.y.sum() for trace in figure.data] == [1, 2]
    assert not figure.layout.shapes


def test_the_weights_themselves_are_not_sent():
    assert all(len(trace.x) == 60 for trace in weight_histogram(np.ones(100_000), 0.5).data)


def test_no_weight_and_weights_of_zero_can_be_drawn():
    assert weight_histogram([], 0).data[0].y.sum() == 0
    assert weight_histogram([0.0, 0.0], 0).data[1].y.sum() == 2


def test_tensors_that_need_a_gradient_are_drawn_like_arrays():
    weight = torch.nn.Linear(8, 8).weight
    kept = weight_histogram(weight, weight.abs().median()).data[0]
    assert kept.y.sum() == (weight.abs() > weight.abs().median()).sum()
