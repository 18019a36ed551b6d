"""A bar counts, and is gone when the work is done, also when it failed."""

import sys

import pytest

from utils.widgets import progress


@pytest.fixture
def shown(monkeypatch):
    """The bars that were displayed; every tick reaches them."""
    bars, home = [], sys.modules["utils.widgets.progress"]
    monkeypatch.setattr(home, "display", bars.append)
    monkeypatch.setattr(home, "OFTEN", -1)
    return bars


def test_the_bar_counts_and_is_gone_at_the_end(shown):
    with progress("training", 3) as tick:
        tick(), tick()
        (bar,) = shown
        assert (bar.value, bar.max, bar.description) == (2, 3, "training") and bar.comm is not None
    assert bar.comm is None


def test_the_bar_is_gone_after_an_error(shown):
    with pytest.raises(KeyError), progress("training", 3):
        raise KeyError
    assert shown[0].comm is None
