"""Two figures in one keep their traces, marks, titles and sentences, each on its own axes."""

import numpy as np

from utils.plots import bars, beside, curves, heatmap, weight_histogram

WEIGHTS = np.random.default_rng(0).normal(size=(64, 64))
LEFT = heatmap(WEIGHTS, np.abs(WEIGHTS) > 1, title="Weights")
RIGHT = weight_histogram(WEIGHTS, 1, title="Histogram")
BOTH = beside(LEFT, RIGHT)


def test_each_half_has_its_own_axes():
    assert [(trace.xaxis, trace.yaxis) for trace in BOTH.data] == [
        ("x", "y"),
        ("x2", "y2"),
        ("x2", "y2"),
    ]
    assert BOTH.layout.xaxis.domain[1] < BOTH.layout.xaxis2.domain[0]
    assert BOTH.layout.xaxis2.anchor == "y2"


def test_marks_stay_with_their_half():
    places = [(shape.xref, shape.yref) for shape in BOTH.layout.shapes]
    assert places == [("x", "y"), ("x2", "y2 domain"), ("x2", "y2 domain")]


def test_numbers_in_the_cells_stay_with_their_half():
    notes = beside(heatmap([[1.0]]), heatmap([[2.0]])).layout.annotations
    assert [(note.text, note.xref, note.yref) for note in notes] == [
        ("1", "x", "y"),
        ("2", "x2", "y2"),
    ]


def test_titles_and_sentences_are_joined():
    assert [note.text for note in BOTH.layout.annotations] == ["Weights", "Histogram"]
    assert BOTH.layout.meta["text"] == f"{LEFT.layout.meta['text']} {RIGHT.layout.meta['text']}"


def test_each_half_keeps_its_own_legend_or_none():
    rows = [{"x": 0, "y": 0, "name": name} for name in ("a", "b")]
    figure = beside(
        curves(rows, "x", "y", "name"), bars([{"word": "c", "value": 1}], x="word", y="value")
    )
    assert [(trace.showlegend, trace.legend) for trace in figure.data] == [(True, "legend")] * 2 + [
        (False, None)
    ]
    assert [trace.legend for trace in BOTH.data] == [None, "legend2", "legend2"]
    assert BOTH.layout.legend2.x == BOTH.layout.xaxis2.domain[0]


def test_the_two_figures_are_not_changed():
    before = LEFT.to_json()
    beside(LEFT, RIGHT)
    assert LEFT.to_json() == before
