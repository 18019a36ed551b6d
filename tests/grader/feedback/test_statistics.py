"""The page about a class: its numbers, what it says of messages, and that it is safe to open."""

import json
import re
from collections import Counter

import numpy as np
import pytest

from grader.feedback.statistics import (
    failures,
    gist,
    page,
    pass_rates,
    write_statistics,
)
from grader.gradebook.outcomes import GRADED, NOT_YET, OUR_FAULT, UNGRADABLE, WARNED, Outcome
from grader.gradebook.rows import Row
from tests.browser.jupyterlab import chromium, find_chromium
from tests.grader.feedback.classes import CHECKS, said, student, text_of

EVIL = (
    "<script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\"> & "
    "</details>"
)


def drawn(page, name):
    """(traces, layout) of a figure on the page."""
    found = re.search(
        rf'Plotly\.newPlot\(\s*"figure-{name}",\s*(\[.*?\]),\s*(\{{.*?\}}),\s*\{{"showSendToCloud"',
        page,
        re.DOTALL,
    )
    return json.loads(found[1]), json.loads(found[2])


def test_a_class_without_submissions_has_a_page_that_says_so(course):
    path = write_statistics(course, "tiny", [])
    assert path == course.folder / "statistics" / "tiny.html"
    assert "There are no submissions yet." in text_of(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("number", [1, 300])
def test_the_numbers_are_those_of_the_class(course, number):
    """Compared with a count by hand over the same students."""
    chance = np.random.default_rng(number)
    passed = chance.random((number, 3)) < 0.6
    rows = [
        student(course, f"s{i}", messages=[None if ok else "no" for ok in passed[i]], by_hand=4.0)
        for i in range(number)
    ]
    made = page(course, "tiny", rows)
    totals = passed @ [2.0, 3.0, 1.0] + 4.0
    (bars,), layout = drawn(made, "totals")
    edges = np.append(np.array(bars["x"]) - np.diff(bars["x"])[0] / 2, 10.0)
    assert bars["y"] == np.histogram(totals, edges)[0].tolist()
    assert layout["shapes"][0]["x0"] == np.median(totals)
    (rates,), _ = drawn(made, "checks")
    assert rates["y"] == CHECKS and np.allclose(rates["x"], 100 * passed.mean(axis=0))
    (mean, discs), _ = drawn(made, "exercises")
    assert mean["y"] == ["double", "half", "explanation"]
    assert np.allclose(
        mean["x"], [100 * (passed @ [0.4, 0.6, 0]).mean(), 100 * passed[:, 2].mean(), 100]
    )
    found = Counter(
        {
            (name, share): count
            for name, share, count in zip(discs["y"], discs["x"], discs["customdata"])
        }
    )
    assert found == Counter(
        [("double", 20.0 * value) for value in passed @ [2, 3, 0]]
        + [("half", 100.0 * ok) for ok in passed[:, 2]]
        + [("explanation", 100.0)] * number
    )
    for column, check in enumerate(CHECKS):
        failed = number - int(passed[:, column].sum())
        assert (f"{check} {failed} of {number} did not pass" in text_of(made)) == (failed > 0)


def test_every_status_is_counted_and_who_has_no_mark_comes_first(course):
    rows = [
        student(course, "fine"),
        student(course, "late", NOT_YET),
        student(course, "broken", UNGRADABLE, sentence="not JSON: line 4"),
        student(course, "careful", WARNED, sentence="ran over 60 s in the cell half"),
        student(course, "unlucky", OUR_FAULT),
        student(course, "fine too"),
    ]
    text = text_of(page(course, "tiny", rows))
    for words in (
        "6 submissions",
        "2 graded",
        "1 graded with warnings",
        "1 ungradable",
        "1 our fault",
        "1 not graded yet",
    ):
        assert f" {words} " in text
    places = [
        text.index(name)
        for name in (
            "unlucky our fault",
            "broken ungradable not JSON: line 4",
            "late not graded yet",
            "careful graded with warnings ran over",
        )
    ]
    assert places == sorted(places)
    assert "fine" not in text


@pytest.mark.parametrize(
    "one, other, same",
    [
        ("expected 3 zeros", "expected 5 zeros", True),
        ("of [3.0, -1.0, 2e-3]", "of [1.5, 7]", True),
        (
            "sparsity 0.5 of (3, 4)\n  expected  6\n  got  5",
            "sparsity 0.7 of (2, 2)\n  expected  8\n  got  x",
            True,
        ),
        ("a\nin line 3 of its cell: x = y", "a\nin line 9 of its cell: y = z", True),
        ("expected 3 zeros", "expected 3 ones", False),
        ("conv1.weight", "conv2.weight", False),
        ("a\nno abs?", "a\noff by one?", False),
        ("", "nan", False),
    ],
)
def test_messages_that_differ_in_numbers_alone_are_one(one, other, same):
    assert (gist(one) == gist(other)) == same


def test_the_most_frequent_messages_come_first_with_whom_they_went_to(course):
    messages = ["check_double: tried 1\n  expected  2\n  got  3\nno double?"] * 3 + [
        "check_double: tried 8\n  expected  4\n  got  3\nno double?"
    ]
    messages += ["check_double: raises"] * 2 + list("abcdef")
    stored = {
        f"s{i:02}": {"checks": {"check_double": said("check_double", message)}}
        for i, message in enumerate([*messages, None])
    }
    (only,) = failures(course.checks("tiny"), stored)
    assert (only["check"], only["failed"], only["of"], only["others"]) == (
        "check_double",
        12,
        13,
        3,
    )
    first, second, *rest = only["messages"]
    assert first == {
        "line": "tried 1",
        "hint": "no double?",
        "whole": messages[0],
        "students": ["s00", "s01", "s02", "s03"],
    }
    assert (second["line"], second["students"]) == ("raises", ["s04", "s05"])
    assert [message["line"] for message in rest] == ["a", "b", "c"]


def test_a_message_without_advice_shows_what_was_expected_and_got(course):
    stored = {
        "a": {
            "checks": {
                "hidden_double": said(
                    "hidden_double",
                    (
                        "check_x: the result\n  expected  a list\n  got       None\nin line 3 of "
                        "its cell:  x"
                    ),
                )
            }
        }
    }
    (message,) = failures(course.checks("tiny"), stored)[0]["messages"]
    assert (message["line"], message["hint"]) == ("the result", "expected a list got None")


def test_limits_are_listed_by_cell_with_the_students(course):
    event = {"cell": "the cell half", "kind": "time", "text": "ran over 3 s"}
    rows = [
        student(
            course,
            "a",
            WARNED,
            events=[event, event | {"kind": "memory", "text": "used over 2 GB"}],
        ),
        student(course, "b", WARNED, events=[event, event]),
    ]
    text = text_of(page(course, "tiny", rows))
    assert (
        "the cell half ran over 3 s 2 a, b" in text and "the cell half used over 2 GB 1 a" in text
    )


def test_results_that_are_not_there_are_said_and_left_out(course):
    rows = [
        student(course, "a", messages=("no", None, None)),
        student(course, "b", stored=False),
        student(course, "c", stored=False),
    ]
    made = page(course, "tiny", rows)
    assert "Of 2 graded submissions there is no stored result" in text_of(made)
    assert "check_double 1 of 1 did not pass" in text_of(made)
    old = Row("d", None, None, None, rows[0].points, 1.0, 10.0, False, Outcome(GRADED, ""))
    assert "Of 1 graded submission there is" in text_of(
        page(course, "tiny", [old])
    ) and "did not pass" not in page(course, "tiny", [old])


def test_checks_that_the_lab_no_longer_has_are_left_out(course):
    stored = {
        "a": {
            "checks": {"gone": said("gone", "no"), "check_half": said("check_half", None)},
            "events": [],
        }
    }
    assert pass_rates(course.checks("tiny"), stored) == [
        {"check": "check_half", "passed": 1, "of": 1, "percent": 100.0}
    ]
    assert failures(course.checks("tiny"), stored) == []


def test_what_a_student_wrote_is_shown_as_text(course):
    rows = [
        student(
            course,
            EVIL,
            WARNED,
            (EVIL, f"first\n{EVIL}", None),
            [{"cell": EVIL, "kind": "time", "text": EVIL}],
            sentence=EVIL,
        )
    ]
    made = page(course, "tiny", rows)
    assert (
        "document.title = " in made
        and "<script>document" not in made
        and "<img" not in re.sub(r"<script.*?</script>", "", made, flags=re.DOTALL)
    )
    assert text_of(made).count("<script>document.title = 'owned'</script>") >= 5


def test_the_same_class_makes_the_same_page(course):
    rows = [student(course, name, messages=("no", None, None)) for name in "abc"]
    assert page(course, "tiny", rows) == page(course, "tiny", rows)
    assert page(course, "tiny", rows).count("plotly.js v") == 1


@pytest.mark.browser
@pytest.mark.skipif(
    not find_chromium(), reason="no Chromium found: `apt-get install chromium` runs this test"
)
def test_it_opens_offline_with_all_figures_and_nothing_of_a_student_runs(course):
    rows = [
        student(course, f"s{i}", WARNED, (EVIL, None, "no"), by_hand=2.0, sentence=EVIL)
        for i in range(20)
    ]
    path = write_statistics(course, "tiny", rows)
    asked, trouble = [], []
    with chromium() as browser:
        sheet = browser.new_page(viewport={"width": 390, "height": 800})
        sheet.on("request", lambda request: asked.append(request.url))
        sheet.on("pageerror", lambda error: trouble.append(str(error)))
        sheet.on(
            "console",
            lambda message: trouble.append(message.text) if message.type == "error" else None,
        )
        sheet.goto(path.as_uri())
        sheet.wait_for_function(
            "document.querySelectorAll('.js-plotly-plot .main-svg').length >= 3"
        )
        assert sheet.locator(".js-plotly-plot").count() == 3
        assert sheet.title() == "tiny · statistics"
        assert sheet.evaluate("document.documentElement.scrollWidth") <= 390
        sheet.evaluate(
            "document.body.insertAdjacentHTML('beforeend', \"<img src='data:,x' "
            'onerror=\\"document.title = \'owned\'\\">")'
        )
        sheet.wait_for_timeout(300)
        assert sheet.title() == "tiny · statistics"
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert (
        not [text for text in trouble if "Content Security Policy" not in text]
        and len(trouble) <= 1
    )
