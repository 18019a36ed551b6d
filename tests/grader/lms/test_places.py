"""Which column of a file is the lab's, and which row a student's."""

import pytest

from grader.course.folders import GradingError
from grader.lms.fill import check, fill
from grader.lms.places import is_named_like
from tests.grader.lms.gradebooks import CANVAS, LAB, WORKSHEET, filled, row


@pytest.mark.parametrize(
    "student, email, found",
    [
        ("ada", None, True),
        ("ADA", None, True),
        ("s100", None, True),
        ("4711", None, True),
        ("eva", None, True),
        ("eva@UNI.example", None, True),
        ("x", "eva@uni.example", True),
        ("Lovelace, Ada", None, False),
        ("Ada Lovelace", None, False),
        ("x", "eva@other.example", False),
        ("A, B", None, False),
        ("s10", None, False),
        ("", None, False),
    ],
)
def test_who_is_who_goes_by_login_number_and_address_and_never_by_name(
    tmp_path, student, email, found
):
    result, *_ = filled(tmp_path, CANVAS, [row(student, 9.0, email)])
    assert (result.matched == (student,)) == found
    assert (student in result.unmatched_students) != found


def test_what_fits_twice_is_filled_nowhere_and_said(tmp_path):
    text = CANVAS + '"Other, Ada",4720,s120,ada@elsewhere.example,A,,5,,\n'
    result, after, _ = filled(
        tmp_path, text, [row("ada", 9.0), row("alan", 8.0), row("s103", 7.0), row("sofia", 1.0)]
    )
    assert after == text.encode() and result.matched == ()
    assert result.unmatched_students == {
        "ada": "not filled, matches several rows: Lovelace, Ada / 4711; Other, Ada / 4720",
        "alan": "not filled, matches the row of Turing, Alan / 4714, which s103 matches too",
        "s103": "not filled, matches the row of Turing, Alan / 4714, which alan matches too",
    }


def test_rows_that_are_about_nobody_are_passed_over(tmp_path):
    head, *rest = CANVAS.splitlines(keepends=True)
    posting, possible, *students = rest
    result, after, _ = filled(
        tmp_path, "".join([head, possible, posting, "\n", *students, "\n"]), [row("ada", 45.0)]
    )
    assert (
        result.matched == ("ada",) and len(result.unmatched_rows) == 3 and after.count(b"\n\n") == 2
    )


@pytest.mark.parametrize(
    "lab, title, fits",
    [
        (LAB, "Lab 3", True),
        (LAB, "lab03 (99)", True),
        (LAB, "LAB-3: pruning", True),
        (LAB, "Magnitude Pruning (5)", True),
        (LAB, "Assignment: Lab_03 (Real)", True),
        (LAB, LAB, True),
        (LAB, "Lab 13", False),
        (LAB, "Lab 31", False),
        (LAB, "Lab 3.1", False),
        (LAB, "Lab 4: magnitude pruning", False),
        (LAB, "Collab 3", False),
        (LAB, "Pruning", False),
        ("tiny", "Tiny (3)", True),
        ("tiny", "Tinyest", False),
        ("lab10_x", "Lab 1", False),
        ("lab10_x", "Lab 10", True),
        ("lab00_x", "Lab 0", True),
    ],
)
def test_which_titles_are_those_of_a_lab(lab, title, fits):
    assert is_named_like(lab, title) == fits


def test_no_column_and_several_are_answered_with_their_titles(tmp_path):
    path = tmp_path / "canvas.csv"
    path.write_text(CANVAS.replace("Lab 3: magnitude pruning", "Pruning"), encoding="utf-8")
    with pytest.raises(
        GradingError,
        match=r"no column matches lab03.*--column.*Lab 2: Hessian \(111\); Pruning \(112\); Notes",
    ):
        check(path, LAB)
    assert fill(path, [], LAB, "pruning").column == "Pruning (112)"
    assert fill(path, [], LAB, "Pruning (112)").column == "Pruning (112)"
    for title in ("Lab 3 Current Score", "SIS Login ID", "Gone"):
        with pytest.raises(GradingError, match="no column matches"):
            fill(path, [], LAB, title)
    path.write_text(CANVAS.replace("Lab 2: Hessian", "Lab 3 bonus"), encoding="utf-8")
    with pytest.raises(
        GradingError,
        match=(
            r"several columns match lab03.*: Lab 3 bonus \(111\); Lab 3: magnitude pruning "
            r"\(112\)\. Say which"
        ),
    ):
        fill(path, [], LAB)


def test_whom_collect_names_by_the_platforms_own_number_is_found(tmp_path):
    result, _, _ = filled(
        tmp_path, CANVAS, [row("lovelaceada_4711", 31.0), row("nobody_9999", 1.0)], "canvas.csv"
    )
    assert result.matched == ("lovelaceada_4711",) and result.unmatched_students == {
        "nobody_9999": "not in the file"
    }
    result, _, _ = filled(tmp_path, WORKSHEET, [row("Ada_Lovelace_100", 31.0)], "moodle.csv")
    assert result.matched == ("Ada_Lovelace_100",)
