"""A result stays hidden until there is a guess, or nobody is there to make one."""

import inspect

import ipywidgets
import pytest

from utils import plots
from utils.widgets import predict
from utils.widgets.predict import Notice, Prediction


@pytest.fixture
def revealed(monkeypatch):
    """What `reveal` displays: (notice, place of the result)."""
    shown = []
    monkeypatch.setattr(inspect.getmodule(predict), "display", shown.append)
    monkeypatch.delenv("COURSE_UNATTENDED", raising=False)
    return lambda: shown[-1].children


FIGURE = plots.heatmap([[1.0, 0.0]])


def test_the_result_comes_with_the_choice(revealed):
    guess = predict("how much?", choices=("none", "all"))
    guess.reveal(FIGURE, "It was **none**.")
    notice, place = revealed()
    assert not place.outputs
    guess.choice = "all"
    assert notice.choice == "all"
    assert (
        place.outputs[0]["data"]["application/vnd.plotly.v1+json"]["data"][0]["type"] == "heatmap"
    )
    assert place.outputs[1]["data"]["text/markdown"] == "It was **none**."


def test_another_choice_shows_the_result_only_once(revealed):
    guess = predict("how much?", choices=("none", "all"))
    guess.reveal("x")
    guess.choice = "all"
    guess.choice = "none"
    notice, place = revealed()
    assert (notice.choice, len(place.outputs)) == ("none", 1)


def test_the_result_can_be_seen_without_a_choice(revealed):
    guess = predict("how much?", choices=("none", "all"))
    guess.reveal("x")
    notice, place = revealed()
    notice.opened = True
    assert len(place.outputs) == 1


def test_run_again_after_the_choice_it_shows_at_once(revealed):
    guess = predict("how much?", choices=("none", "all"))
    guess.choice = "none"
    guess.reveal("x")
    assert len(revealed()[1].outputs) == 1


def test_an_unattended_run_shows_at_once(revealed, monkeypatch):
    monkeypatch.setenv("COURSE_UNATTENDED", "1")
    predict("how much?", choices=("none", "all")).reveal("x")
    assert len(revealed()[1].outputs) == 1


def test_question_and_notice_are_widgets_of_the_page():
    assert issubclass(Prediction, ipywidgets.DOMWidget)
    assert issubclass(Notice, ipywidgets.DOMWidget)
