"""A pattern for the names of any platform: one reading or none."""

import pytest

from grader.course.folders import GradingError
from grader.lms.collect import ASIDE, COLLECTED, collect
from grader.lms.pattern import Pattern
from tests.grader.lms.downloads import said, submitted


def logins(pattern, path):
    return sorted(claim.login for claim in Pattern(pattern).claim(tuple(path.split("/"))))


@pytest.mark.parametrize(
    "pattern, path, students",
    [
        ("{student}_{file}", "ada_tiny.ipynb", ["ada"]),
        ("{student}_{file}", "ada_b_tiny.ipynb", ["ada", "ada_b"]),
        ("{student}_tiny{any}", "ada_b_tiny (1).ipynb", ["ada_b"]),
        ("{any}/{student}/{file}", "all/ada/tiny.ipynb", ["ada"]),
        ("{number} - {student}/{any}", "12 - ada/x/tiny.ipynb", ["ada"]),
        ("{number} - {student}/{any}", "x - ada/x/tiny.ipynb", []),
        ("{student}.zip", "ada.zip", ["ada"]),
        (r"(?P<student>[a-z]+)\d*_.*", "ada12_tiny.ipynb", ["ada"]),
        (r"(?P<student>[a-z]+)_", "ada_tiny.ipynb", []),
    ],
)
def test_a_path_is_read_in_every_way_that_fits(pattern, path, students):
    assert logins(pattern, path) == students


def test_what_can_be_read_in_two_ways_is_listed_and_a_roster_decides(course, download):
    files = {"a_b_tiny.ipynb": b"1", "cy_tiny.ipynb": b"2"}
    items = collect(course, "tiny", download(files), "{student}_{file}")
    assert said(items) == {"a_b_tiny.ipynb": (None, ASIDE), "cy_tiny.ipynb": ("cy", COLLECTED)}
    (course.folder / "roster.csv").write_text("id\na_b\ncy\n", encoding="utf-8")
    collect(course, "tiny", download(files), "{student}_{file}")
    assert submitted(course) == {"a_b/tiny/tiny.ipynb": b"1", "cy/tiny/tiny.ipynb": b"2"}


@pytest.mark.parametrize(
    "pattern, message",
    [
        ("x_{file}", "needs {student}"),
        ("{who}_{student}", "no field who"),
        ("(?P<student>", "not a regular expression"),
        ("(?P<name>.*)", "no field name"),
    ],
)
def test_a_pattern_that_cannot_be_meant_is_refused(pattern, message):
    with pytest.raises(GradingError, match=message):
        Pattern(pattern)
