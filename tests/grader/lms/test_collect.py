"""From a download of a learning platform to grading/submitted: nothing is lost or overwritten."""

import copy
import datetime
import json
import os
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.gradebook.collected import records
from grader.intake.align import released
from grader.lms import collect as collecting
from grader.lms.collect import ASIDE, COLLECTED, OTHER, UNCHANGED, collect, put, untimed
from tests.grader.lms.downloads import MADE, make_zip, posix, said, submitted, time_of, words
from tests.grader.tiny import RIGHT, source_cells

LATER, EARLIER = MADE + datetime.timedelta(hours=1), MADE - datetime.timedelta(hours=1)


def test_other_files_are_named_and_leftovers_are_not(course, download):
    items = collect(
        course,
        "tiny",
        download(
            {
                "ada/tiny.ipynb": b"1",
                "ada/torch.py": b"",
                "ada/picture.png": b"",
                "ada/.DS_Store": b"",
                "__MACOSX/ada/._tiny.ipynb": b"",
                "ada/.ipynb_checkpoints/tiny-checkpoint.ipynb": b"",
                "ada/._tiny.ipynb": b"",
                "ada/timestamp.txt": b"2000-01-01 00:00:00 UTC",
            }
        ),
    )
    assert said(items) == {
        "ada/tiny.ipynb": ("ada", COLLECTED),
        "ada/torch.py": (None, OTHER),
        "ada/picture.png": (None, OTHER),
    }
    assert submitted(course) == {"ada/tiny/tiny.ipynb": b"1"}


@pytest.mark.parametrize(
    "files, taken",
    [
        (["ada/tiny.ipynb", "ada/scratch.ipynb", "bob/x.ipynb"], "ada/tiny.ipynb"),
        (["ada/tiny.ipynb", "ada/tiny (1).ipynb", "bob/x.ipynb"], "ada/tiny.ipynb"),
        (["ada/tiny.ipynb", "ada/old/tiny.ipynb", "bob/x.ipynb"], "ada/tiny.ipynb"),
        (["ada/tiny (1).ipynb", "ada/scratch.ipynb", "bob/x.ipynb"], "ada/tiny (1).ipynb"),
        (["ada/a.ipynb", "ada/b.ipynb", "bob/x.ipynb"], None),
        (["ada/tiny (1).ipynb", "ada/tiny (2).ipynb", "bob/x.ipynb"], None),
        (["ada_1_2_tiny.ipynb", "ada_1_3_tiny-1.ipynb", "bob_4_5_tiny.ipynb"], None),
        (["ada/v1/tiny.ipynb", "ada/v2/tiny.ipynb", "bob/x.ipynb"], None),
    ],
)
def test_of_several_notebooks_of_a_student_one_counts_or_none_is_taken(
    course, download, files, taken
):
    items = collect(course, "tiny", download({path: path.encode() for path in files}))
    assert {item.found for item in items if item.status == COLLECTED} == {
        path for path in (taken, files[-1]) if path
    }
    assert [path for path in submitted(course) if not path.startswith("bob")] == (
        [f"{taken.split('/')[0]}/tiny/tiny.ipynb"] if taken else []
    )
    left = [item for item in items if item.status == ASIDE]
    if taken:
        assert [item.words for item in left] == [f"{Path(taken).name} was taken"]
    else:
        assert {item.words for item in left} == {
            "one of 2 notebooks of this student: rename the one to grade to tiny.ipynb"
        }


def test_a_notebook_under_another_name_is_said(course, download):
    assert (
        words(collect(course, "tiny", download({"ada/final.ipynb": b"1"}))) == "under another name"
    )


@pytest.mark.parametrize("one, other", [("Ada", "ada"), ("a b", "a_b"), ("Zoë", "Zoe\u0308")])
def test_two_students_never_share_a_folder(course, tmp_path, one, other):
    origin = make_zip(
        tmp_path / "x.zip",
        {f"{one}_tiny.ipynb": b"1", f"{other}_tiny.ipynb": b"2", "bob_tiny.ipynb": b"3"},
    )
    items = collect(course, "tiny", origin)
    assert [item.status for item in items if item.student != "bob"] == [ASIDE, ASIDE]
    assert all("too similar" in item.words for item in items if item.student != "bob")
    assert submitted(course) == {"bob/tiny/tiny.ipynb": b"3"}


def test_the_time_is_that_of_the_file_in_nbgraders_form(course, download):
    collect(course, "tiny", download({"ada_tiny.ipynb": b"1"}))
    assert time_of(course, "ada") == MADE
    assert (
        course.submitted("tiny", "ada") / "timestamp.txt"
    ).read_text() == "2026-03-01 12:30:44.000000 UTC"


def test_the_same_notebook_again_changes_nothing(course, download):
    collect(course, "tiny", download({"ada_tiny.ipynb": b"1"}))
    before = course.submitted("tiny", "ada").stat().st_mtime_ns
    items = collect(course, "tiny", download({"ada_tiny.ipynb": b"1"}, LATER))
    assert said(items) == {"ada_tiny.ipynb": ("ada", UNCHANGED)} and time_of(course, "ada") == MADE
    assert (
        course.submitted("tiny", "ada").stat().st_mtime_ns == before
        and not (course.folder / "kept").exists()
    )


def test_a_newer_notebook_takes_the_place_and_the_older_one_is_kept(course, download):
    for number, when in ((1, EARLIER), (2, MADE), (3, LATER)):
        items = collect(course, "tiny", download({"ada_tiny.ipynb": b"%d" % number}, when))
    assert submitted(course) == {"ada/tiny/tiny.ipynb": b"3"} and time_of(course, "ada") == LATER
    assert words(items) == "the previous one is kept in grading/kept"
    kept = {
        path.name: path.read_bytes() for path in (course.folder / "kept" / "ada" / "tiny").iterdir()
    }
    assert kept == {"2026-03-01_11-30-44.ipynb": b"1", "2026-03-01_12-30-44.ipynb": b"2"}


def test_an_older_notebook_does_not_take_the_place(course, download):
    collect(course, "tiny", download({"ada_tiny.ipynb": b"2"}))
    items = collect(course, "tiny", download({"ada_tiny.ipynb": b"1"}, EARLIER))
    assert submitted(course) == {"ada/tiny/tiny.ipynb": b"2"}
    assert words(items) == "older than the collected one, of 2026-03-01 12:30 UTC"


@pytest.mark.parametrize("stamp", [None, "", "yesterday", "\0"])
def test_a_notebook_without_a_time_gives_way_and_is_kept(course, download, stamp):
    folder = course.submitted("tiny", "ada")
    folder.mkdir(parents=True)
    (folder / "tiny.ipynb").write_bytes(b"0")
    os.utime(folder / "tiny.ipynb", (LATER.timestamp(), LATER.timestamp()))
    if stamp is not None:
        (folder / "timestamp.txt").write_text(stamp)
    collect(course, "tiny", download({"ada_tiny.ipynb": b"1"}))
    assert submitted(course) == {"ada/tiny/tiny.ipynb": b"1"} and time_of(course, "ada") == MADE
    assert (
        course.folder / "kept" / "ada" / "tiny" / "2026-03-01_13-30-44.ipynb"
    ).read_bytes() == b"0"


def test_the_time_of_the_one_before_does_not_stay_with_one_that_has_none(course):
    put(course, "tiny", "ada", b"0", MADE)
    put(course, "tiny", "ada", b"1", None)
    assert submitted(course) == {"ada/tiny/tiny.ipynb": b"1"} and time_of(course, "ada") is None


def test_two_kept_of_one_second_are_two_and_the_same_one_is_one(course):
    for content in (b"0", b"1", b"2", b"0", b"1"):
        put(course, "tiny", "ada", content, MADE)
    kept = {
        path.name: path.read_bytes() for path in (course.folder / "kept" / "ada" / "tiny").iterdir()
    }
    assert kept == {
        "2026-03-01_12-30-44.ipynb": b"0",
        "2026-03-01_12-30-44_2.ipynb": b"1",
        "2026-03-01_12-30-44_3.ipynb": b"2",
    }


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_run_that_is_cut_off_loses_nothing_and_the_next_one_ends_it(course, monkeypatch, cut):
    put(course, "tiny", "ada", b"old", EARLIER)
    calls, whole = iter(range(1, 10)), collecting.write

    def cut_off(path, content):
        if next(calls) == cut:
            raise KeyboardInterrupt
        whole(path, content)

    monkeypatch.setattr(collecting, "write", cut_off)
    with pytest.raises(KeyboardInterrupt):
        put(course, "tiny", "ada", b"new", MADE)
    assert submitted(course)["ada/tiny/tiny.ipynb"] == b"old"
    monkeypatch.undo()
    put(course, "tiny", "ada", b"new", MADE)
    assert submitted(course)["ada/tiny/tiny.ipynb"] == b"new" and time_of(course, "ada") == MADE
    assert b"old" in [path.read_bytes() for path in (course.folder / "kept").rglob("*.ipynb")]


@posix
@pytest.mark.parametrize("place", ["ada", "ada/tiny", "ada/tiny/tiny.ipynb"])
def test_nothing_is_written_through_a_link(course, download, tmp_path, place):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "tiny.ipynb").write_bytes(b"precious")
    link = course.folder / "submitted" / place
    link.parent.mkdir(parents=True)
    link.symlink_to(outside / "tiny.ipynb" if place.endswith(".ipynb") else outside)
    items = collect(course, "tiny", download({"ada_tiny.ipynb": b"1"}))
    assert said(items) == {"ada_tiny.ipynb": ("ada", ASIDE)} and words(items) == f"{link} is a link"
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == {
        "tiny.ipynb": b"precious"
    }


@pytest.mark.parametrize("name", ["ada/tiny.tar.gz", "ada_tiny.7z"])
def test_an_archive_of_another_kind_is_refused_and_named(course, download, name):
    items = collect(course, "tiny", download({name: b"", "bob_tiny.ipynb": b"2"}))
    assert [(item.found, item.status, item.words) for item in items if item.student != "bob"] == [
        (name, ASIDE, "an archive: unpack it first")
    ]
    assert submitted(course) == {"bob/tiny/tiny.ipynb": b"2"}


@pytest.fixture
def answers(course):
    """(the untouched notebook, one with an answer), as bytes."""
    notebook = {"cells": source_cells(), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    as_it_was = released(notebook)
    given = copy.deepcopy(as_it_was)
    next(one for one in given["cells"] if one["id"] == "double")["source"] = RIGHT["double"]
    return json.dumps(as_it_was).encode(), json.dumps(given).encode()


@pytest.mark.parametrize("chosen", ["tiny.ipynb", "tiny (1).ipynb"])
def test_of_two_notebooks_the_one_with_answers_is_taken(course, download, answers, chosen):
    untouched, answered = answers
    files = {f"ada/{name}": untouched for name in ("tiny.ipynb", "tiny (1).ipynb")}
    items = collect(
        course, "tiny", download({**files, f"ada/{chosen}": answered, "bob/x.ipynb": b""})
    )
    assert submitted(course)["ada/tiny/tiny.ipynb"] == answered
    (other,) = [item for item in items if item.status == ASIDE and item.student == "ada"]
    assert other.words == f"{chosen} was taken"


def noted(course):
    return {
        student: (record.platform, record.number, record.upload, record.late, record.time)
        for student, record in records(course, "tiny").items()
    }


def test_what_the_platform_says_is_written_down_next_to_the_submissions(course, download):
    names = ["o_neilmary_102_9002_tiny.ipynb", "bb_LATE_11_22_tiny.ipynb"]
    items = collect(course, "tiny", download({name: name.encode() for name in names}))
    assert noted(course) == {
        "o_neilmary_102": ("Canvas", "102", 9002, False, None),
        "bb_11": ("Canvas", "11", 22, True, None),
    }
    assert {item.student: item.words for item in items} == {
        "o_neilmary_102": "",
        "bb_11": "late, says Canvas",
    }
    assert not list((course.folder / "submitted").rglob("timestamp.txt"))
    assert "Nothing is taken off" in untimed(items)


def test_a_dry_run_writes_nothing_down(course, download):
    collect(course, "tiny", download({"bb_11_22_tiny.ipynb": b"1"}), dry_run=True)
    assert records(course, "tiny") == {} and not course.folder.exists()


def test_an_earlier_upload_does_not_take_the_place_of_a_later_one(course, download):
    collect(course, "tiny", download({"bb_11_25_tiny.ipynb": b"new"}))
    (item,) = [
        one
        for one in collect(course, "tiny", download({"bb_11_22_tiny.ipynb": b"old"}))
        if one.found == "bb_11_22_tiny.ipynb"
    ]
    assert item.status == ASIDE
    assert submitted(course) == {"bb_11/tiny/tiny.ipynb": b"new"}


ROSTER = """id,name,email,platform_id,group
ada,Ada Lovelace,ada@uni.example,101,A
bob,Bob Noyce,bob@uni.example,102,A
mary,Mary O'Neil,mary@uni.example,103,
"""


@pytest.mark.parametrize(
    "path, student",
    [
        ("noycebob_102_9002_tiny.ipynb", "bob"),
        ("o_neilmary_103_9002_tiny.ipynb", "mary"),
        ("lovelaceada_102_9002_tiny.ipynb", None),
        ("lovelaceada_999_9002_tiny.ipynb", None),
        ("stranger_999_9002_tiny.ipynb", None),
        ("Ada Lovelace_102_assignsubmission_file_/tiny.ipynb", "ada"),
        ("A-Ada Lovelace_7_assignsubmission_file_/tiny.ipynb", "ada"),
        ("Ada Byron_101_assignsubmission_file_/tiny.ipynb", None),
        ("lab_x_bob_attempt_2026-11-03-23-59-00_tiny.ipynb", "bob"),
        ("101-7 - Ada Lovelace - Nov 3, 2026 1159 PM/x.ipynb", "ada"),
        ("103-7 - Ada Lovelace - Nov 3, 2026 1159 PM/x.ipynb", None),
        ("ada@uni.example_tiny.ipynb", "ada"),
        ("ada_tiny.ipynb", "ada"),
        ("eve_tiny.ipynb", None),
    ],
)
def test_with_a_roster_everything_in_a_name_points_to_one_student_or_it_is_listed(
    course, download, path, student
):
    course.folder.mkdir()
    (course.folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (item,) = collect(course, "tiny", download({path: b"1"}))
    assert (item.student, item.status) == (student, COLLECTED if student else ASIDE)
    assert [*submitted(course)] == ([f"{student}/tiny/tiny.ipynb"] if student else [])


@pytest.mark.parametrize(
    "path",
    [
        "anon_aB3dE_9002_tiny.ipynb",
        "LATE_anon_aB3dE_9002_tiny.ipynb",
        "tiny_ada_attempt_2026-11-03-23-59-00_tiny.ipynb",
        "101-7 - Ada Lovelace - Nov 3, 2026 1159 PM/x.ipynb",
    ],
)
def test_without_a_roster_what_is_not_certain_becomes_no_student(course, download, path):
    (item,) = collect(course, "tiny", download({path: b"1"}))
    assert item.status == ASIDE and submitted(course) == {} and "without a roster" in item.words


def test_of_several_attempts_the_last_counts(course, download):
    course.folder.mkdir()
    (course.folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    times = ["2026-11-02-10-00-00", "2026-11-03-10-00-00"]
    items = collect(
        course,
        "tiny",
        download({f"x_ada_attempt_{time}_tiny.ipynb": time.encode() for time in times}),
    )
    assert submitted(course) == {"ada/tiny/tiny.ipynb": times[1].encode()}
    assert "an earlier attempt" in {item.words for item in items}
    assert time_of(course, "ada") == datetime.datetime(2026, 11, 3, 10).astimezone(datetime.UTC)


def run(course, *arguments):
    return main(["--course", str(course.root), "collect", "tiny", *map(str, arguments)])


def test_the_command_prints_what_went_where_and_what_did_not(course, download, capsys):
    origin = download({"ada_tiny.ipynb": b"1", "tiny.ipynb": b"2", "notes.pdf": b""})
    assert run(course, origin) == 1
    printed = capsys.readouterr().out
    assert "1 collected, 1 left aside, 1 no notebook" in printed and "[" not in printed
    assert all(line.count("ada") <= 2 and len(line) <= 100 for line in printed.splitlines())
    (course.submitted("tiny", "ada") / "tiny.ipynb").unlink()
    assert run(
        course,
        download({"ada_tiny.ipynb": b"1"})
        if origin.is_dir()
        else make_zip(origin, {"ada_tiny.ipynb": b"1"}),
    ) == (1 if origin.is_dir() else 0)


def test_a_dry_run_says_the_same_and_writes_nothing(course, download, capsys):
    put(course, "tiny", "bob", b"0", EARLIER)
    before = submitted(course)
    origin = download({"ada_tiny.ipynb": b"1", "bob_tiny.ipynb": b"2"})
    assert run(course, origin, "--dry-run") == 0
    dry = capsys.readouterr().out
    assert submitted(course) == before and not (course.folder / "kept").exists()
    assert run(course, origin) == 0
    assert capsys.readouterr().out == dry.replace(" (nothing was written)", "") != dry
    assert run(course, origin) == 0 and "2 there already" in capsys.readouterr().out


def test_a_download_without_notebooks_is_no_success(course, download, capsys):
    assert run(course, download({"notes.pdf": b""})) == 1
    assert run(course, Path("gone")) == 1 and "There is no gone" in capsys.readouterr().err


def test_a_name_cannot_write_on_the_terminal(course, tmp_path, capsys):
    assert run(course, make_zip(tmp_path / "x.zip", {"[red]\x1b[31m_tiny.ipynb": b"1"})) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed and "[red]?[31m_tiny.ipynb" in printed and "_red_" in printed
