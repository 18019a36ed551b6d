"""Lines go through the means of the runs, bands have the width that scipy computes."""

import numpy as np
import pytest
from scipy import stats

from utils.plots import bars, curves

RANDOM = np.random.default_rng(0)


ROWS = [
    {"sparsity": s, "accuracy": RANDOM.random(), "importance": name, "seed": seed}
    for name in ("magnitude", "random")
    for seed in range(5)
    for s in (0.9, 0.0, 0.5)
]


def values(name, sparsity):
    return [
        row["accuracy"] for row in ROWS if (row["importance"], row["sparsity"]) == (name, sparsity)
    ]


def test_a_line_goes_through_the_means_over_seeds_in_order():
    line = curves(ROWS, "sparsity", "accuracy", "importance").data[1]
    assert list(line.x) == [0.0, 0.5, 0.9]
    assert line.y == pytest.approx([np.mean(values("random", s)) for s in line.x])


def test_the_band_is_one_standard_deviation_up_and_down():
    area, line = curves(ROWS, "sparsity", "accuracy", "importance", band="sd").data[:2]
    low, high = area.y[:3], area.y[3:][::-1]
    deviation = [np.std(values("magnitude", s), ddof=1) for s in line.x]
    assert low == pytest.approx(line.y - deviation)
    assert high == pytest.approx(line.y + deviation)


@pytest.mark.parametrize("count", [2, 3, 5, 11, 12, 30])
def test_the_interval_has_students_width(count):
    rows = [{"x": 0, "y": y} for y in np.random.default_rng(count).normal(size=count)]
    area = curves(rows, "x", "y", band="ci").data[0]
    low, high = stats.t.interval(
        0.95, count - 1, np.mean([r["y"] for r in rows]), stats.sem([r["y"] for r in rows])
    )
    assert area.y == pytest.approx([low, high], abs=2e-2 * (high - low))


def test_a_single_run_has_no_spread():
    area = curves([{"x": 0, "y": 1.0}], "x", "y", band="ci").data[0]
    assert list(area.y) == [1.0, 1.0]


def test_lines_differ_in_colour_dash_and_marker():
    lines = curves(ROWS, "sparsity", "accuracy", "importance").data
    looks = {(line.line.color, line.line.dash, line.marker.symbol) for line in lines}
    assert len(looks) == len({look[0] for look in looks}) == len({look[2] for look in looks}) == 2


def test_more_lines_than_can_be_told_apart_are_refused():
    with pytest.raises(ValueError, match="at most 4"):
        curves([{"x": 0, "y": 0, "name": n} for n in range(5)], "x", "y", "name")


def test_layout_is_passed_on():
    assert curves(ROWS, "sparsity", "accuracy", yaxis_range=[0, 1]).layout.yaxis.range == (0, 1)


TIMES = [{"format": "dense", "milliseconds": 1.9}, {"format": "CSR", "milliseconds": 4.4}]


def test_every_figure_says_what_it_shows():
    assert (
        bars(TIMES, x="milliseconds", y="format").layout.meta["text"]
        == "milliseconds: dense 1.9, CSR 4.4."
    )
    assert "magnitude: " in curves(ROWS, "sparsity", "accuracy", "importance").layout.meta["text"]
