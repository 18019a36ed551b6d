"""Marks into the files of Canvas and Moodle: in the right cells, and nothing else is touched."""

import re

import pytest

from grader.__main__ import main
from grader.course.folders import GradingError
from grader.gradebook.outcomes import NOT_YET, UNGRADABLE
from grader.lms.fill import as_number, check, fill, lines
from tests.grader.lms.gradebooks import CANVAS, LAB, WORKSHEET, column, filled, row
from tests.grader.tiny import make_course, submit

EXPORT = """First name;Last name;ID number;Department;Email address;Assignment: Lab 3 (Real);\
Assignment: Lab 3 (Percentage);Assignment: Lab 13 (Real);Last downloaded
Ada;Lovelace;s100;;ada@uni.example;-;-;7,50;1700000000
Éva;Ödön;s101;;eva@uni.example;12,50;27,78 %;-;1700000000
"""


def test_canvas_gets_marks_on_its_scale_and_stays_the_same_in_every_other_byte(tmp_path):
    rows = [row("ada", 31.0), row("someone", 40.5, email="eva@uni.example"), row("ghost", 1.0)]
    result, after, table = filled(tmp_path, CANVAS, rows, "canvas.csv")
    assert (
        result.path == tmp_path / "canvas.filled.csv"
        and result.column == "Lab 3: magnitude pruning (112)"
    )
    assert column(table, 6) == [
        "Lab 3: magnitude pruning (112)",
        "",
        "90",
        "62",
        "81",
        "EX",
        "",
        "",
    ]
    wanted = CANVAS.replace('"A, B",7,,33', '"A, B",7,62,33').replace("A,,12.5,,", "A,,81,,")
    assert after == wanted.encode()
    assert result.matched == ("ada", "someone") and result.replaced == ("someone",)
    assert result.unmatched_students == {"ghost": "not in the file"}
    assert [name.split(" / ")[0] for name in result.unmatched_rows] == [
        "García, Jr., Sofía",
        "Turing, Alan",
    ]
    assert result.scale == "scaled from 45 to 90 points"


def test_moodles_worksheet_is_filled_by_each_rows_maximum(tmp_path):
    text = WORKSHEET.replace("50.00,100.00", "50.00,45.00")
    result, after, table = filled(
        tmp_path, text, [row("s100", 31.0), row("eva@uni.example", 22.25), row("alan", 9.0)]
    )
    assert column(table, 5) == ["Grade", "68.89", "22.25", "60.00"]
    assert (
        after
        == text.replace('grading",,100', 'grading",68.89,100')
        .replace("50.00,45", "22.25,45")
        .encode()
    )
    assert (
        result.kept == {"alan": 'locked in the file ("Grade can be changed": no)'}
        and result.column == "Grade"
    )


def test_moodles_export_is_filled_in_its_own_way_of_writing_numbers(tmp_path):
    result, after, table = filled(tmp_path, EXPORT, [row("ada", 30.5), row("s101", 45.0)])
    assert result.column == "Assignment: Lab 3 (Real)"
    assert (
        after
        == EXPORT.replace("example;-;-;7,50", "example;30,5;-;7,50").replace("12,50", "45").encode()
    )
    assert result.replaced == ("s101",) and "does not give the maximum" in result.scale
    result, _, table = filled(tmp_path, EXPORT.replace(",50", ".50"), [row("ada", 30.5)])
    assert column(table, 5)[1] == "30.5"
    result, after, _ = filled(tmp_path, EXPORT.replace(";", "\t"), [row("ada", 30.5)])
    assert b"example\t30,5\t-" in after
    result, after, _ = filled(
        tmp_path, WORKSHEET.replace("100.00,Yes", '"100,00",Yes'), [row("s100", 31.0)]
    )
    assert b'grading","68,89","100,00"' in after


def test_only_what_has_a_mark_is_filled(tmp_path):
    rows = [
        row("ada", None, status=UNGRADABLE),
        row("eva", None, status=NOT_YET),
        row("sofia", 45.0),
        row("alan", float("nan")),
    ]
    result, after, _ = filled(tmp_path, CANVAS, rows)
    assert after == CANVAS.encode() and result.matched == ()
    assert result.kept == {
        "ada": "ungradable",
        "eva": "not graded yet",
        "sofia": "excused in the file",
        "alan": "graded",
    }


def test_what_canvas_has_in_place_of_a_mark_stays(tmp_path):
    text = CANVAS.replace("alan,A,,", "alan,A,,N/A")
    result, after, _ = filled(tmp_path, text, [row("sofia", 45.0), row("alan", 45.0)])
    assert after == text.encode() and result.kept == {
        "sofia": "excused in the file",
        "alan": "not assigned to them in the file",
    }


def test_a_mark_that_was_there_already_is_not_called_replaced(tmp_path):
    result, *_ = filled(tmp_path, CANVAS.replace("12.5", "81.00"), [row("eva", 40.5)])
    assert result.matched == ("eva",) and result.replaced == ()


def test_a_mark_that_waits_for_a_person_is_filled_only_when_asked(tmp_path):
    rows = [row("ada", 40.0, pending=True)]
    result, after, _ = filled(tmp_path, CANVAS, rows)
    assert (
        after == CANVAS.encode()
        and list(result.kept) == ["ada"]
        and "--with-pending" in result.kept["ada"]
    )
    result, _, table = filled(tmp_path, CANVAS, rows, with_pending=True)
    assert column(table, 6)[3] == "80" and result.kept == {}


def test_a_column_without_a_maximum_gets_our_points(tmp_path):
    for possible in ("", "0"):
        result, _, table = filled(
            tmp_path, CANVAS.replace("20,90,", f"20,{possible},"), [row("ada", 31.0)]
        )
        assert column(table, 6)[3] == "31" and "does not give the maximum" in result.scale
    result, _, table = filled(tmp_path, CANVAS.replace("20,90,", "20,45,"), [row("ada", 31.0)])
    assert column(table, 6)[3] == "31" and result.scale == ""


@pytest.mark.parametrize(
    "content, message",
    [
        (None, "There is no file"),
        (CANVAS.encode("cp1252"), "not in UTF-8"),
        ('Student,ID,Lab 3\n"Ada,1,2\n', "row 2 a quotation mark"),
        ("Student,ID,Lab 3\nAda,1\n", "row 2 has 2 cells and the first row 3"),
        ("Full name,Section,Lab 3\nAda,1,2\n", "no column has logins"),
        ("", "no column matches"),
    ],
)
def test_a_file_that_cannot_be_filled_is_refused_with_a_reason(tmp_path, content, message):
    path = tmp_path / "file.csv"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(GradingError, match=message):
        fill(path, [row("ada", 1.0)], LAB)
    with pytest.raises(GradingError, match=message):
        check(path, LAB)
    assert not (tmp_path / "file.filled.csv").exists()


def test_a_name_that_is_a_formula_stays_where_it_was_and_no_mark_is_one(tmp_path):
    _, after, table = filled(tmp_path, CANVAS, [row("ada", 1 / 3), row("alan", 45.0)])
    assert after.count(b"=1+1") == 1
    assert all(re.fullmatch(r"\d+(\.\d+)?|EX|", cell) for cell in column(table, 6)[2:])


def test_the_report_names_everybody_whom_an_instructor_must_look_at(tmp_path):
    rows = [
        row("ada", 31.0),
        row("eva", 1.0, pending=True),
        row("sofia", None, status=UNGRADABLE),
        row("ghost", 1.0),
    ]
    said = "\n".join(lines(filled(tmp_path, CANVAS, rows)[0]))
    for text in (
        f"{tmp_path / 'file.filled.csv'}: 1 mark in",
        "scaled from 45 to 90",
        "to come (--with-pending fills them too): eva",
        "ungradable: sofia",
        "ghost: not in the file",
        "Turing, Alan / 4714",
    ):
        assert text in said
    assert "Test" not in said and "Manual Posting" not in said


@pytest.mark.parametrize(
    "text, number",
    [
        ("100", 100),
        ("100.00", 100),
        ("12,5", 12.5),
        (" 7 ", 7),
        ("1.000,50", 1000.5),
        ("", None),
        ("-", None),
        ("EX", None),
        ("1e3", None),
        ("-3", None),
    ],
)
def test_numbers_are_read_with_a_point_or_a_comma(text, number):
    assert as_number(text) == number


def test_the_command_fills_files_and_refuses_one_that_it_cannot_fill_before_it_grades(
    tmp_path, capsys
):
    course = make_course(tmp_path)
    submit(course, "ada")
    path = tmp_path / "canvas.csv"
    path.write_text(CANVAS.replace("Lab 3: magnitude pruning", "Tiny"), encoding="utf-8")
    command = ["--course", str(course.root), "grade", "tiny", "--report-only", "--fill", str(path)]
    assert main([*command, "--column", "Gone"]) == 1
    assert (
        'no column matches "Gone"' in capsys.readouterr().err
        and not (course.folder / "tiny.csv").exists()
    )
    main(command)
    said = capsys.readouterr().out
    assert (
        f"{tmp_path / 'canvas.filled.csv'}: 0 marks" in said
        and "left unchanged, not graded yet: ada" in said
    )
    assert f"statistics of the class: {course.folder / 'statistics' / 'tiny.html'}" in said
