"""`course.py check`: a table, a page, an exit code for scripts."""

import webbrowser

import pytest

from bootstrap import progress
from grader.selfcheck.__main__ import main


@pytest.fixture
def opened(monkeypatch):
    """The addresses that a browser was asked to open."""
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    return opened


@pytest.fixture
def check(course):
    return lambda *arguments: main(["--course", str(course.root), *map(str, arguments)])


def test_a_right_notebook_ends_with_0_and_its_page_is_opened(
    check, course, notebook, played, opened, capsys
):
    played()
    assert check("tiny", notebook()) == 0
    said = capsys.readouterr().out
    assert "run for a test" in said and "6 of 6 points" in said
    assert opened == [(course.root / ".course" / "check" / "tiny.html").as_uri()]
    assert progress.last(course.root, "tiny") == {"double": [5, 5], "half": [1, 1]}


def test_a_wrong_one_ends_with_1_and_names_the_exercise_by_its_number(
    check, notebook, played, opened, capsys
):
    played(check_half=0)
    assert check("ti", notebook(), "--no-page") == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "half" in line]
    assert line.split()[:5] == ["1b", "half", "0", "of", "1"] and "a < b" in line
    assert opened == []


def test_an_answer_in_words_that_is_not_there_is_said(check, course, played, opened, capsys):
    played()
    check("tiny", "--no-page")
    assert "no answer yet; marked by a person" in capsys.readouterr().out


def test_without_a_file_it_is_the_one_in_labs(check, course, played, opened, capsys):
    played()
    check("tiny", "--no-page")
    assert str(course.released("tiny")) in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["lab99"], "Which lab is lab99? The labs are: tiny."),
        (["tiny", "nowhere.ipynb"], "There is no notebook nowhere.ipynb."),
    ],
)
def test_a_wrong_command_ends_with_2_and_a_sentence(check, arguments, words, capsys):
    assert check(*arguments) == 2
    assert words in capsys.readouterr().err


def test_no_lab_is_a_wrong_command():
    with pytest.raises(SystemExit, match="2"):
        main([])
