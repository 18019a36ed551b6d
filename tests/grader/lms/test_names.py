"""Whose notebook it is: what learning platforms call the files of a download."""

from datetime import datetime

import pytest

from grader.lms.collect import ASIDE, COLLECTED, collect
from grader.lms.names import Claim, claim, is_wrapped, safe
from tests.grader.lms.downloads import said, submitted, words


@pytest.mark.parametrize(
    "files, students",
    [
        (["ada_tiny.ipynb", "bob.b_tiny.ipynb", "x_y_tiny.ipynb"], ["ada", "bob.b", "x_y"]),
        (["ada_tiny (1).ipynb"], ["ada"]),
        (["ada/tiny.ipynb", "bob/tiny.ipynb"], ["ada", "bob"]),
        (["ada/tiny.ipynb"], ["ada"]),
        (["ada/my work.ipynb", "bob/ada_tiny.ipynb"], ["ada", "bob"]),
        (["ada/tiny/tiny.ipynb", "bob/tiny/tiny.ipynb"], ["ada", "bob"]),
        (["ada/tiny/tiny.ipynb"], ["ada"]),
        (["ada/my folder/tiny.ipynb", "bob/tiny.ipynb"], ["ada", "bob"]),
        (["all/ada/tiny.ipynb", "all/bob/tiny.ipynb"], ["ada", "bob"]),
        (["all/ada/tiny/tiny.ipynb", "all/bob/tiny/tiny.ipynb"], ["ada", "bob"]),
        (["all/ada_tiny.ipynb", "all/bob_tiny.ipynb"], ["ada", "bob"]),
        (["all/ada_tiny.ipynb"], ["ada"]),
        (
            [
                "Ada Lovelace_12345_assignsubmission_file_/tiny.ipynb",
                "Bob_7_assignsubmission_file_/tiny.ipynb",
            ],
            ["Ada_Lovelace_12345", "Bob_7"],
        ),
        (["Ada Lovelace_12345_assignsubmission_file_/tiny.ipynb"], ["Ada_Lovelace_12345"]),
        (["Ada Lovelace_12345_assignsubmission_file/sub/tiny (2).ipynb"], ["Ada_Lovelace_12345"]),
        (["all/Ada Lovelace_12345_assignsubmission_file_/tiny.ipynb"], ["Ada_Lovelace_12345"]),
        (["Ada Lovelace_12345_assignsubmission_file_tiny.ipynb"], ["Ada_Lovelace_12345"]),
        (
            ["Ada_1_assignsubmission_file_/tiny.ipynb", "Ada_2_assignsubmission_file_/tiny.ipynb"],
            ["Ada_1", "Ada_2"],
        ),
        (
            ["lovelaceada_12345_67890_tiny.ipynb", "bb_LATE_11_22_tiny-1.ipynb"],
            ["bb_11", "lovelaceada_12345"],
        ),
        (["all/lovelaceada_12345_67890_tiny-3.ipynb"], ["lovelaceada_12345"]),
        (
            [
                "Zoë Núñez_3_assignsubmission_file_/tiny.ipynb",
                "潤_4_assignsubmission_file_/tiny.ipynb",
            ],
            ["Zoë_Núñez_3", "潤_4"],
        ),
    ],
)
def test_every_layout_of_a_download_is_known(course, download, files, students):
    items = collect(course, "tiny", download({path: path.encode() for path in files}))
    assert [item.status for item in items] == [COLLECTED] * len(files)
    assert sorted(submitted(course)) == sorted(f"{student}/tiny/tiny.ipynb" for student in students)
    assert sorted(submitted(course).values()) == sorted(path.encode() for path in files)
    assert {item.student: item.found.encode() for item in items} == {
        path.split("/")[0]: content for path, content in submitted(course).items()
    }


@pytest.mark.parametrize("path", ["tiny.ipynb", "a/b/c/tiny.ipynb", "_tiny.ipynb", "ada.zip.ipynb"])
def test_what_does_not_tell_whose_it_is_stays_aside(course, download, path):
    items = collect(course, "tiny", download({path: b"1", "bob_tiny.ipynb": b"2"}))
    assert said(items) == {path: (None, ASIDE), "bob_tiny.ipynb": ("bob", COLLECTED)}
    assert (
        next(item.words for item in items if item.found == path)
        == "its name does not say whose it is: rename it to LOGIN_tiny.ipynb, or give a --pattern"
    )


def test_a_folder_in_a_folder_may_be_either_and_stays_aside(course, download):
    items = collect(course, "tiny", download({"all/ada/tiny.ipynb": b"1"}))
    assert (
        words(items) == "from all or from ada? rename it to LOGIN_tiny.ipynb"
        and submitted(course) == {}
    )


@pytest.mark.parametrize(
    "name, made",
    [
        ("ada", "ada"),
        (" Ada  Lovelace ", "Ada_Lovelace"),
        ("..", None),
        ("...ada...", "ada"),
        (".ssh", "ssh"),
        ("", None),
        (" . ", None),
        ("a*b?[c]", "a_b_c_"),
        ("a/b\\c", "a_b_c"),
        ("C:x", "C_x"),
        ("a\0b\n\x1b", "a_b__"),
        ("\u202eada", "_ada"),
        ("a\udcff", "a_"),
        ("x" * 300, "x" * 100),
        ("O'Reilly, Jr", "O'Reilly,_Jr"),
        ("=cmd", "=cmd"),
    ],
)
def test_a_name_becomes_one_that_every_folder_may_have(name, made, tmp_path):
    assert safe(name) == made
    if made:
        (tmp_path / made).mkdir()
        assert [path.name for path in tmp_path.iterdir()] == [made] and safe(made) == made


def test_a_lab_is_part_of_a_name_only_at_its_end():
    assert claim(("a_tiny_tiny.ipynb",), "tiny") == Claim("tiny.ipynb", login="a_tiny")
    assert isinstance(claim(("a_tinyhouse.ipynb",), "tiny"), str)
    assert is_wrapped([], "tiny") is False


@pytest.mark.parametrize(
    "name, platform, person, number, upload, late",
    [
        ("o_neilmary_102_9002_tiny.ipynb", "Canvas", "o_neilmary", "102", 9002, False),
        ("bb_LATE_11_22_tiny-1.ipynb", "Canvas", "bb", "11", 22, True),
        ("a_b_c_1_2_3_tiny.ipynb", "Canvas", "a_b_c", "1", 2, False),
        ("anon_aB3dE_9002_tiny.ipynb", "Canvas", None, "aB3dE", 9002, False),
        ("LATE_anon_aB3dE_9002_tiny.ipynb", "Canvas", None, "aB3dE", 9002, True),
        ("Zoë Núñez_3_assignsubmission_file_tiny.ipynb", "Moodle", "Zoë Núñez", "3", None, None),
    ],
)
def test_what_a_platform_writes_is_read_as_the_platform_reads_it(
    name, platform, person, number, upload, late
):
    found = claim((name,), "tiny")
    assert (found.platform, found.name, found.number) == (platform, person, number)
    assert (found.upload, found.late) == (upload, late)
    assert found.page + found.file == name


def test_blackboard_and_brightspace_say_when():
    found = claim(("lab_x_ada_attempt_2026-11-03-23-59-00_tiny.ipynb",), "tiny")
    assert (found.platform, found.login, found.file) == ("Blackboard", "lab_x_ada", "tiny.ipynb")
    assert found.time == datetime(2026, 11, 3, 23, 59).astimezone()
    found = claim(("12-34 - Ada Lovelace - Nov 3, 2026 1159 PM", "x.ipynb"), "tiny")
    assert (found.platform, found.name, found.number) == ("Brightspace", "Ada Lovelace", "12")
    assert found.time == datetime(2026, 11, 3, 23, 59).astimezone()


@pytest.mark.parametrize(
    "parts",
    [
        ("eve_105_9005_x_102_assignsubmission_file_tiny.ipynb",),
        ("eve_105_9005_x_102_assignsubmission_file_", "tiny.ipynb"),
        ("anon_12345_9002_tiny.ipynb",),
        ("eve", "Bob_102_assignsubmission_file_", "tiny.ipynb"),
    ],
)
def test_a_name_that_two_platforms_could_have_written_claims_nothing(parts):
    assert "nothing was guessed" in str(claim(parts, "tiny"))


def test_what_lies_within_a_platforms_folder_is_the_students_and_says_nothing():
    found = claim(("Eve_7_assignsubmission_file_", "Bob_8_assignsubmission_file_", "x"), "tiny")
    assert (found.name, found.number) == ("Eve", "7")
    found = claim(("Eve_7_assignsubmission_file_", "bob_105_9005_tiny.ipynb"), "tiny")
    assert (found.name, found.number, found.upload) == ("Eve", "7", None)
