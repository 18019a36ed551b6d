"""Bars say their values."""

import pytest

from utils.plots import bars

TIMES = [{"format": "dense", "milliseconds": 1.9}, {"format": "CSR", "milliseconds": 4.4}]


@pytest.mark.parametrize(
    ("x", "y", "orientation"), [("milliseconds", "format", "h"), ("format", "milliseconds", "v")]
)
def test_bars_lie_or_stand_as_the_axes_say_and_carry_their_values(x, y, orientation):
    (trace,) = bars(TIMES, x=x, y=y).data
    assert trace.orientation == orientation
    assert list(getattr(trace, "x" if orientation == "h" else "y")) == [1.9, 4.4]
    assert list(trace.text) == ["1.9", "4.4"]


def test_series_stand_next_to_each_other_in_different_colours_and_patterns():
    rows = [
        {"layer": n, "accuracy": 0.5, "stage": s} for n in ("a", "b") for s in ("dense", "pruned")
    ]
    first, second = bars(rows, x="layer", y="accuracy", series="stage").data
    assert first.marker.color != second.marker.color
    assert first.marker.pattern.shape != second.marker.pattern.shape
