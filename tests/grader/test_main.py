"""The commands as an instructor types them."""

import errno
import os

import pytest

from grader.__main__ import COMMANDS, main
from tests.grader.tiny import make_course, submit


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("course"))


pytestmark = [pytest.mark.xdist_group("commands"), pytest.mark.box]


def run(course, *arguments):
    return main(["--course", str(course.root), *arguments])


def test_without_submissions_it_says_where_to_put_them(course, capsys):
    assert run(course, "grade", "tiny") == 1
    assert (
        str(course.folder / "submitted" / "STUDENT" / "tiny" / "tiny.ipynb")
        in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["grade", "huge"], "There is no lab 'huge'. The labs are: tiny."),
        (["grade"], "Which lab? The labs are: tiny."),
        (["release", "huge"], "There is no lab 'huge'. The labs are: tiny."),
        (["grade", "--demo", "tiny"], "There are no example submissions for tiny."),
    ],
)
def test_a_wrong_name_is_answered_with_the_right_ones(course, capsys, arguments, message):
    assert run(course, *arguments) == 1
    assert message in capsys.readouterr().err


def test_a_run_ends_with_a_table_that_fits_and_where_things_are(course, capsys):
    submit(course, "ada")
    course.submitted("tiny", "zed").mkdir(parents=True)
    assert run(course, "grade", "tiny") == 0
    printed = capsys.readouterr().out
    lines = printed.splitlines()
    assert [line.split()[0] for line in lines if line.startswith(("ada", "zed"))] == ["ada", "zed"]
    assert lines[lines.index("") - 3].split()[3:6] == ["1a", "1b", "2"]  # as course.toml says
    assert "exercises (points): 1a double (5), 1b half (1), 2 explanation (4)" in printed
    assert "2 submissions: 1 graded, 1 ungradable" in printed
    assert (
        str(course.folder / "tiny.csv") in printed
        and str(course.feedback("tiny", "ada")) in printed
    )
    assert all(len(line) <= 100 for line in lines[: lines.index("")])


def test_an_unknown_student_is_named(course, capsys):
    submit(course, "ada")
    assert run(course, "grade", "tiny", "--student", "eve") == 1
    assert "No submission of eve" in capsys.readouterr().err


def test_what_the_grader_broke_is_no_success(course, capsys, monkeypatch):
    def broken(*arguments):
        raise OSError("no space left on device")

    submit(course, "ada")
    monkeypatch.setattr("grader.gradebook.entries.write", broken)
    assert run(course, "grade", "tiny", "--student", "ada") == 1
    assert "our fault" in capsys.readouterr().out


@pytest.mark.parametrize(
    "number, words",
    [(errno.ENOSPC, "The disk is full: make some room"), (errno.EROFS, "cannot be written")],
)
def test_what_the_system_refuses_is_a_sentence_with_what_to_do(
    course, capsys, monkeypatch, number, words
):
    def refused(*arguments):
        raise OSError(number, os.strerror(number), "results")

    monkeypatch.setitem(COMMANDS, "grade", refused)
    assert run(course, "grade", "tiny") == 1
    said = capsys.readouterr().err
    assert words in said and "What has been graded is kept" in said and "Traceback" not in said


def test_another_error_is_not_hidden(course, monkeypatch):
    def broken(*arguments):
        raise OSError(errno.EBADF, "a mistake of this program")

    monkeypatch.setitem(COMMANDS, "grade", broken)
    with pytest.raises(OSError, match="a mistake of this program"):
        run(course, "grade", "tiny")
