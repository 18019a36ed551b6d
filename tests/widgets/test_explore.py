"""What the controls are made of, and what happens when one moves."""

import numpy as np
import plotly.graph_objects as go
import pytest

from utils.widgets import explore
from utils.widgets.controls import round_step, specify, start_values, typed
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


def test_without_defaults_it_starts_at_the_low_end_and_the_first_choice():
    assert start_values(lambda k, kind: None, {"k": (2, 5), "kind": ["a", "b"]}) == {
        "k": 2,
        "kind": "a",
    }


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


def test_integers_stay_integers_and_numbers_fall_on_the_steps():
    specs = [specify("k", (1, 9), 1), specify("x", (0, 1, 0.05), 0.0)]
    values = typed(specs, {"k": 4.0, "x": 0.3000001})
    assert values == {"k": 4, "x": 0.3}
    assert isinstance(values["k"], int)


def test_a_range_from_0_to_1_is_not_whole_for_a_sparsity_or_a_fractional_start():
    assert specify("sparsity", (0, 1), 0)["step"] == 0.01
    assert specify("momentum", (0, 1), 0.5)["step"] == 0.02
    assert specify("layer", (0, 1), 0)["step"] == 1


def test_a_value_outside_its_range_is_brought_back():
    assert typed([specify("x", (0.1, 0.95), 0.1)], {"x": 7.0}) == {"x": 0.95}


@pytest.mark.parametrize(
    ("span", "step"), [(0.95, 0.01), (1, 0.02), (5, 0.1), (3, 0.05), (100, 2), (0.001, 0.00002)]
)
def test_steps_are_round_numbers(span, step):
    assert round_step(span / 50) == step


def test_sparsities_are_shown_in_percent_and_other_fractions_are_not():
    assert specify("final_sparsity", (0, 1), 0)["percent"]
    assert not specify("learning_rate", (0, 1), 0)["percent"]


def test_labels_are_the_names_with_spaces_unless_given():
    assert specify("keep_top", (0, 1), 0)["label"] == "keep top"
    assert specify("keep_top", (0, 1), 0, {"keep_top": "weights kept"})["label"] == "weights kept"


@pytest.mark.parametrize("wrong", [(1,), (1, 2, 3, 4), (0, "a"), [1, 2, "x"]])
def test_a_range_that_is_none_is_refused_in_one_sentence(wrong):
    with pytest.raises(ValueError, match="a range is"):
        specify("x", wrong, 0)
