"""A figure changed in place is the figure that was drawn, and only what changed is sent."""

import numpy as np
import plotly.graph_objects as go
import pytest

from utils import plots
from utils.widgets.live_figure import LiveFigure, changes, update

WEIGHTS = np.random.default_rng(0).normal(size=(12, 12))


def pruned(threshold):
    mask = np.abs(WEIGHTS) > threshold
    return plots.beside(plots.heatmap(WEIGHTS, mask), plots.weight_histogram(WEIGHTS, threshold))


FIGURES = {
    "lines": go.Figure(go.Scatter(y=[1, 2, 3])),
    "other lines": go.Figure(go.Scatter(y=[1, 2, 4], name="a", line={"dash": "dot", "width": 3})),
    "two lines": go.Figure([go.Scatter(y=[1, 2]), go.Scatter(y=[2, 1])]),
    "bars": go.Figure(go.Bar(y=[1, 2, 3])),
    "nothing": go.Figure(),
    "titled": go.Figure(
        go.Scatter(y=[1, 2, 3]), {"title": {"text": "t", "x": 0.5}, "xaxis": {"range": [0, 1]}}
    ),
    "one shape": go.Figure(go.Scatter(y=[1]), {"shapes": [{"type": "line", "x0": 0, "x1": 1}]}),
    "two shapes": go.Figure(go.Scatter(y=[1]), {"shapes": [{"type": "rect"}, {"type": "line"}]}),
    "notes": go.Figure(
        go.Scatter(y=[1]), {"annotations": [{"text": "a", "x": 0}, {"text": "b", "x": 1}]}
    ),
    "heat map": go.Figure(go.Heatmap(z=WEIGHTS)),
    "pruned a little": pruned(0.1),
    "pruned a lot": pruned(1.5),
}


def shown(figure):
    """What of a figure is seen: without the names that plotly gives to a widget's traces, and what
    is empty.
    """
    return plain(figure.to_plotly_json())


def plain(thing):
    """Dictionaries, lists and arrays as dictionaries and lists, without what is empty."""
    if isinstance(thing, dict):
        parts = {name: plain(part) for name, part in thing.items() if name != "uid"}
        return {name: part for name, part in parts.items() if part not in ({}, [], None)}
    if isinstance(thing, (list, tuple, np.ndarray)):
        return [plain(part) for part in thing]
    return thing


@pytest.fixture
def sent(monkeypatch):
    """The messages that go to the page."""
    messages = []
    for kind in ("update", "restyle", "relayout", "addTraces", "deleteTraces"):
        name = f"_send_{kind}_msg"
        original = getattr(LiveFigure, name)

        def record(self, *args, kind=kind, original=original, **kwargs):
            messages.append((kind, args, kwargs))
            return original(self, *args, **kwargs)

        monkeypatch.setattr(LiveFigure, name, record)
    return messages


@pytest.mark.parametrize("new", FIGURES)
@pytest.mark.parametrize("old", FIGURES)
def test_after_an_update_the_widget_shows_what_a_new_figure_would(old, new):
    widget = LiveFigure(FIGURES[old])
    update(widget, FIGURES[old], FIGURES[new])
    assert shown(widget) == shown(FIGURES[new])


@pytest.mark.parametrize("name", FIGURES)
def test_nothing_is_sent_when_nothing_changed(name, sent):
    update(LiveFigure(FIGURES[name]), FIGURES[name], go.Figure(FIGURES[name]))
    assert sent == []


def test_one_message_carries_all_changes_of_a_slider(sent):
    update(
        LiveFigure(FIGURES["pruned a little"]), FIGURES["pruned a little"], FIGURES["pruned a lot"]
    )
    assert [kind for kind, *_ in sent] == ["update"]


def test_what_stayed_the_same_is_not_in_the_message(sent):
    update(LiveFigure(FIGURES["lines"]), FIGURES["lines"], FIGURES["other lines"])
    ((kind, (), message),) = sent
    assert set(message["restyle_data"]) == {"y", "name", "line.dash", "line.width"}
    assert not message["relayout_data"]


def test_changes_name_what_is_new_other_and_gone():
    assert dict(
        changes({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"c": 2, "d": 4}, "e": {"f": 5}})
    ) == {
        ("b", "d"): 4,
        ("e", "f"): 5,
        ("a",): None,
    }


def test_a_reloaded_page_gets_the_figure_of_now():
    widget = LiveFigure(FIGURES["lines"])
    update(widget, FIGURES["lines"], FIGURES["other lines"])
    assert plain(widget.get_state()["_widget_data"][0])["y"] == [1, 2, 4]


def test_the_button_that_uploads_a_figure_is_off():
    assert LiveFigure(FIGURES["lines"])._config["showSendToCloud"] is False


def test_plotlys_five_megabytes_are_sent_once_for_all_figures():
    one, other = LiveFigure(FIGURES["lines"]), LiveFigure(FIGURES["bars"])
    assert one.plotly is other.plotly
    assert len(one._esm) < 5000
