"""What happens when a control moves."""

import numpy as np
import plotly.graph_objects as go
import pytest

from utils.widgets import explore
from utils.widgets.explore import Explorer


def draw(sparsity=0.5, count=3, ranking="local"):
    if count == 5:
        raise ValueError("five is too many")
    text = f"{sparsity} {count} {ranking}"
    return go.Figure(go.Scatter(y=np.arange(count) * sparsity), {"meta": {"text": text}})


RANGES = {"sparsity": (0, 0.95), "count": (1, 9), "ranking": ["local", "global"]}


@pytest.fixture
def explorer():
    return Explorer(draw, RANGES)


def test_it_starts_at_the_defaults_of_draw(explorer):
    assert explorer.controls.values == {"sparsity": 0.5, "count": 3, "ranking": "local"}
    assert explorer.controls.text == "0.5 3 local"


def test_a_moved_slider_changes_figure_text_and_values(explorer):
    explorer.move({"sparsity": 0.9, "count": 4, "ranking": "global"})
    assert list(explorer.figure.data[0].y) == pytest.approx([0, 0.9, 1.8, 2.7])
    assert explorer.controls.text == "0.9 4 global"
    assert explorer.controls.values["sparsity"] == 0.9


def test_an_error_in_draw_is_shown_and_goes_with_the_next_good_value(explorer):
    before = explorer.figure.to_dict()
    explorer.move({"sparsity": 0.5, "count": 5, "ranking": "local"})
    assert explorer.controls.error == "ValueError: five is too many"
    assert explorer.figure.to_dict() == before
    explorer.move({"sparsity": 0.5, "count": 6, "ranking": "local"})
    assert explorer.controls.error == ""
    assert explorer.controls.text == "0.5 6 local"


def test_every_request_is_answered_even_when_draw_is_interrupted(explorer, monkeypatch):
    answers = []
    monkeypatch.setattr(explorer.controls, "send", answers.append)
    explorer.answer(explorer.controls, {"id": "a", "values": explorer.controls.values}, [])

    def interrupted(**values):
        raise KeyboardInterrupt

    explorer.draw = interrupted
    with pytest.raises(KeyboardInterrupt):
        explorer.answer(explorer.controls, {"id": "b", "values": explorer.controls.values}, [])
    assert answers == [{"done": "a"}, {"done": "b"}]


def test_an_error_at_the_start_is_raised_in_the_cell():
    with pytest.raises(ValueError, match="five"):
        Explorer(lambda count: draw(count=count), {"count": (5, 9)})


def test_explore_displays_and_returns_nothing():
    assert explore(draw, **RANGES) is None
