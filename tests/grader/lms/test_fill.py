"""Marks into the files of Canvas and Moodle: in the right cells, and nothing else is touched."""

import csv
import io
import random
import re

import pytest

from grader.__main__ import main
from grader.course.folders import GradingError
from grader.gradebook.outcomes import GRADED, NOT_YET, UNGRADABLE, Outcome
from grader.gradebook.rows import Row
from grader.lms.fill import as_number, check, fill, lines
from grader.lms.places import is_named_like
from grader.lms.sheet import read, save
from tests.grader.tiny import make_course, submit

LAB = "lab03_magnitude_pruning"
CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Lab 2: Hessian (111),Lab 3: magnitude pruning (112),Lab 3 Current Score,Notes
,,,,,Manual Posting,,,
    Points Possible,,,,,20,90,(read only),
"Lovelace, Ada",4711,s100,ada,"A, B",7,,33,"says ""hi"", twice"
"Ödön, Éva",4712,s101,EVA@uni.example,A,,12.5,,"a line
and another"
"García, Jr., Sofía",4713,s102,sofia,A,EX,EX,,
"Turing, Alan",4714,s103,alan,A,,,,=1+1
"Student, Test",4799,,0f3a,A,,,,
"""
WORKSHEET = (
    'Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum Grade","Grade '
    'can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\r\n'
    '"Participant 100","Ada Lovelace",s100,ada@uni.example,"Submitted for '
    'grading",,100.00,Yes,"Monday, 3 May 2027, 9:00 AM",-,\r\n'
    '"Participant 7","Éva '
    'Ödön",s101,eva@uni.example,Submitted,50.00,100.00,Yes,-,-,"<p>Well, ""done""</p>"\r\n'
    '"Participant 8","Alan Turing",s103,alan@uni.example,Submitted,60.00,100.00,No,-,-,\r\n'
)
EXPORT = """First name;Last name;ID number;Department;Email address;Assignment: Lab 3 (Real);Assignment: Lab 3 (Percentage);Assignment: Lab 13 (Real);Last downloaded
Ada;Lovelace;s100;;ada@uni.example;-;-;7,50;1700000000
Éva;Ödön;s101;;eva@uni.example;12,50;27,78 %;-;1700000000
"""


def row(student, total, email=None, pending=False, status=GRADED, most=45.0):
    return Row(student, None, None, email, {"x": total}, total, most, pending, Outcome(status, ""))


def filled(tmp_path, text, rows, name="file.csv", **options):
    """(the Filled, the bytes written, the cells as Python's csv reads them)."""
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    result = fill(path, rows, LAB, **options)
    assert path.read_bytes() == (text if isinstance(text, bytes) else text.encode())
    after = result.path.read_bytes()
    first = after.decode("utf-8-sig").splitlines()[0]
    return (
        result,
        after,
        list(
            csv.reader(
                io.StringIO(after.decode("utf-8-sig"), newline=""),
                delimiter=max(",;\t", key=first.count),
            )
        ),
    )


def column(table, number):
    return [line[number] for line in table]


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
    assert result.kept == {"alan": "locked in the file"} and result.column == "Grade"


def test_moodles_export_is_filled_in_its_own_way_of_writing_numbers(tmp_path):
    result, after, table = filled(tmp_path, EXPORT, [row("ada", 30.5), row("s101", 45.0)])
    assert result.column == "Assignment: Lab 3 (Real)"
    assert (
        after
        == EXPORT.replace("example;-;-;7,50", "example;30,5;-;7,50").replace("12,50", "45").encode()
    )
    assert result.replaced == ("s101",) and "does not say" in result.scale
    result, _, table = filled(tmp_path, EXPORT.replace(",50", ".50"), [row("ada", 30.5)])
    assert column(table, 5)[1] == "30.5"
    result, after, _ = filled(tmp_path, EXPORT.replace(";", "\t"), [row("ada", 30.5)])
    assert b"example\t30,5\t-" in after
    result, after, _ = filled(
        tmp_path, WORKSHEET.replace("100.00,Yes", '"100,00",Yes'), [row("s100", 31.0)]
    )
    assert b'grading","68,89","100,00"' in after


@pytest.mark.parametrize("seed", range(20))
def test_a_file_is_read_as_pythons_csv_reads_it_and_written_back_the_same(tmp_path, seed):
    chance = random.Random(seed)
    table = [
        ["".join(chance.choices([*' ab",;\t\nö', "\r\n"], k=chance.randrange(6))) for _ in range(3)]
        for _ in range(6)
    ]
    table = [["ID", "Lab 3", "c"], *([f"x{cells[0]}", *cells[1:]] for cells in table)]
    delimiter = chance.choice(",;\t")
    text = io.StringIO(newline="")
    csv.writer(
        text,
        delimiter=delimiter,
        quoting=chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        lineterminator=chance.choice(["\n", "\r\n"]),
    ).writerows(table)
    path = tmp_path / "file.csv"
    path.write_bytes(text.getvalue().encode())
    sheet = read(path)
    assert [[sheet.value(row, column) for column in range(3)] for row in range(7)] == table
    save(tmp_path / "copy.csv", sheet)
    assert (tmp_path / "copy.csv").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_the_bom_and_the_last_line_are_kept(tmp_path, end, bom, last):
    text = bom + CANVAS.replace("\n", end)
    text = text if last else text.removesuffix(end)
    result, after, _ = filled(tmp_path, text, [])
    assert after == text.encode() and result.scale == ""
    result, after, _ = filled(tmp_path, text, [row("ada", 45.0)])
    assert after == text.replace('"A, B",7,,33', '"A, B",7,90,33').encode()


def test_a_cell_in_quotes_stays_in_quotes(tmp_path):
    text = re.sub(
        "[^,\n]+",
        r'"\g<0>"',
        (
            "Student,ID,SIS Login ID,Section,Lab 3 (1)\nPoints "
            "Possible,,,,45\nAda,1,ada,A,7\nEva,2,eva,A,"
        ),
    )
    _, after, _ = filled(tmp_path, text, [row("ada", 3.0), row("eva", 4.0)])
    assert after == (text.replace('"7"', '"3"') + "4").encode()


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
        "ada": "not filled, fits several rows: Lovelace, Ada / 4711; Other, Ada / 4720",
        "alan": "not filled, fits the row of Turing, Alan / 4714, which s103 fits too",
        "s103": "not filled, fits the row of Turing, Alan / 4714, which alan fits too",
    }


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


def test_rows_that_are_about_nobody_are_passed_over(tmp_path):
    head, *rest = CANVAS.splitlines(keepends=True)
    posting, possible, *students = rest
    result, after, _ = filled(
        tmp_path, "".join([head, possible, posting, "\n", *students, "\n"]), [row("ada", 45.0)]
    )
    assert (
        result.matched == ("ada",) and len(result.unmatched_rows) == 3 and after.count(b"\n\n") == 2
    )


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
        assert column(table, 6)[3] == "31" and "does not say" in result.scale
    result, _, table = filled(tmp_path, CANVAS.replace("20,90,", "20,45,"), [row("ada", 31.0)])
    assert column(table, 6)[3] == "31" and result.scale == ""


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
        match=r"no column fits lab03.*--column.*Lab 2: Hessian \(111\); Pruning \(112\); Notes",
    ):
        check(path, LAB)
    assert fill(path, [], LAB, "pruning").column == "Pruning (112)"
    assert fill(path, [], LAB, "Pruning (112)").column == "Pruning (112)"
    for title in ("Lab 3 Current Score", "SIS Login ID", "Gone"):
        with pytest.raises(GradingError, match="no column fits"):
            fill(path, [], LAB, title)
    path.write_text(CANVAS.replace("Lab 2: Hessian", "Lab 3 bonus"), encoding="utf-8")
    with pytest.raises(
        GradingError,
        match=(
            r"several columns fit lab03.*: Lab 3 bonus \(111\); Lab 3: magnitude pruning "
            r"\(112\)\. Say which"
        ),
    ):
        fill(path, [], LAB)


@pytest.mark.parametrize(
    "content, message",
    [
        (None, "There is no file"),
        (CANVAS.encode("cp1252"), "not in UTF-8"),
        ('Student,ID,Lab 3\n"Ada,1,2\n', "row 2 a quotation mark"),
        ("Student,ID,Lab 3\nAda,1\n", "row 2 has 2 cells and the first row 3"),
        ("Full name,Section,Lab 3\nAda,1,2\n", "no column has logins"),
        ("", "no column fits"),
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
        'no column fits "Gone"' in capsys.readouterr().err
        and not (course.folder / "tiny.csv").exists()
    )
    main(command)
    said = capsys.readouterr().out
    assert (
        f"{tmp_path / 'canvas.filled.csv'}: 0 marks" in said
        and "left as they were, not graded yet: ada" in said
    )
    assert f"statistics of the class: {course.folder / 'statistics' / 'tiny.html'}" in said


def test_whom_collect_names_by_the_platforms_own_number_is_found(tmp_path):
    result, _, _ = filled(
        tmp_path, CANVAS, [row("lovelaceada_4711", 31.0), row("nobody_9999", 1.0)], "canvas.csv"
    )
    assert result.matched == ("lovelaceada_4711",) and result.unmatched_students == {
        "nobody_9999": "not in the file"
    }
    result, _, _ = filled(tmp_path, WORKSHEET, [row("Ada_Lovelace_100", 31.0)], "moodle.csv")
    assert result.matched == ("Ada_Lovelace_100",)
