"""A bar counts, is full when the work is done, and says by standing still that it failed."""

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


def test_the_bar_counts_and_is_full_at_the_end(shown):
    with progress("training", 3) as tick:
        tick(), tick()
        (bar,) = shown
        assert (bar.value, bar.max, bar.description) == (2, 3, "training")
    assert (bar.value, bar.bar_style) == (3, "success")


def test_after_an_error_the_bar_stands_where_it_was(shown):
    with pytest.raises(KeyError), progress("training", 3) as tick:
        tick()
        raise KeyError
    assert (shown[0].value, shown[0].bar_style) == (1, "")


def test_the_browser_is_not_told_of_every_tick(shown, monkeypatch):
    monkeypatch.setattr(sys.modules["utils.widgets.progress"], "OFTEN", 60)
    with progress("training", 1000) as tick:
        for _ in range(500):
            tick()
        assert shown[0].value == 0
