"""Which column of a file is the lab's, and which row a student's."""

import pytest

from grader.course.folders import GradingError
from grader.lms.fill import Wish, check, fill
from grader.lms.known import Known
from grader.lms.places import is_named_like
from tests.grader.lms.gradebooks import CANVAS, LAB, WORKSHEET, filled, row


@pytest.mark.parametrize(
    "student, email, found",
    [
        ("ada", None, True),
        ("ADA", None, True),
        ("s100", None, True),
        ("4711", None, False),
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
    assert fill(path, [], LAB, Wish("pruning")).column == "Pruning (112)"
    assert fill(path, [], LAB, Wish("Pruning (112)")).column == "Pruning (112)"
    for title in ("Lab 3 Current Score", "SIS Login ID", "Gone"):
        with pytest.raises(GradingError, match="no column matches"):
            fill(path, [], LAB, Wish(title))
    path.write_text(CANVAS.replace("Lab 2: Hessian", "Lab 3 bonus"), encoding="utf-8")
    with pytest.raises(
        GradingError,
        match=(
            r"several columns match lab03.*: Lab 3 bonus \(111\); Lab 3: magnitude pruning "
            r"\(112\)\. Say which"
        ),
    ):
        fill(path, [], LAB)


def test_a_number_counts_only_where_collect_wrote_it_down(tmp_path):
    rows = [row("lovelaceada_4711", 31.0)]
    result, *_ = filled(tmp_path, CANVAS, rows)
    assert result.unmatched_students == {"lovelaceada_4711": "not in the file"}
    noted = {"lovelaceada_4711": Known(canvas=frozenset({"4711"}))}
    result, *_ = filled(tmp_path, CANVAS, rows, known=noted)
    assert result.matched == ("lovelaceada_4711",)
    of_moodle = {"lovelaceada_4711": Known(participant="4711", name="Ada Lovelace")}
    assert filled(tmp_path, CANVAS, rows, known=of_moodle)[0].matched == ()


def test_a_row_that_contradicts_is_not_filled(tmp_path):
    noted = {"alan": Known(canvas=frozenset({"4712"}))}
    result, after, _ = filled(tmp_path, CANVAS, [row("alan", 9.0)], known=noted)
    assert after == CANVAS.encode() and "several rows" in result.unmatched_students["alan"]
    noted = {"alan": Known(canvas=frozenset({"9999"}))}
    result, after, _ = filled(tmp_path, CANVAS, [row("alan", 9.0)], known=noted)
    assert after == CANVAS.encode() and result.unmatched_students == {
        "alan": "not filled: the row of Turing, Alan / 4714 has the number 4714, and the "
        "submission 9999"
    }


@pytest.mark.parametrize(
    "name, found",
    [
        ("Ada Lovelace", True),
        ("Group 3-Ada Lovelace", True),
        ("Participant", True),
        ("Alan Turing", False),
        ("Ada", False),
    ],
)
def test_moodles_number_counts_with_the_name_next_to_it(tmp_path, name, found):
    noted = {"x": Known(participant="100", name=name)}
    result, *_ = filled(tmp_path, WORKSHEET, [row("x", 9.0)], known=noted)
    assert (result.matched == ("x",)) == found


GERMAN = (
    "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,"
    "Bewertung kann geändert werden,Zuletzt geändert (Abgabe)\n"
    'Teilnehmer/in100,Ada Lovelace,ada@uni.example,Zur Bewertung abgegeben,,"100,00",{yes},-\n'
    'Teilnehmer/in7,Éva Ödön,eva@uni.example,Keine Abgabe,"50,00","100,00",{no},-\n'
)
SPANISH = (
    "Identificador;Nombre completo;Número de ID;Estado;Calificación;Calificación máxima;"
    "La calificación puede ser cambiada;Última modificación\n"
    "Participante 100;Ada Lovelace;s100;Enviado;;100,00;{yes};-\n"
    "Participante 7;Éva Ödön;s101;Enviado;50,00;100,00;{no};-\n"
)
KOREAN = (
    "식별자,성명,이메일 주소,상태,성적,최고 성적,성적 변경 가능,최종 수정\n"
    "참가자 100,Ada Lovelace,ada@uni.example,제출됨,,100.00,{yes},-\n"
    "참가자 7,Éva Ödön,eva@uni.example,제출됨,50.00,100.00,{no},-\n"
)


@pytest.mark.parametrize(
    "text, yes, no, mark",
    [
        (GERMAN, "Ja", "Nein", "40"),
        (SPANISH, "Sí", "No", "40"),
        (KOREAN, "예", "아니오", "40"),
    ],
)
def test_a_worksheet_in_any_language_is_known_by_its_shape(tmp_path, text, yes, no, mark):
    text = text.format(yes=yes, no=no)
    noted = {
        "ada": Known(participant="100", name="Ada Lovelace"),
        "s101": Known(participant="7", name="Éva Ödön"),
    }
    rows = [row("ada", 18.0), row("s101", 45.0)]
    result, after, _ = filled(tmp_path, text, rows, known=noted)
    assert result.matched == ("ada",) and result.kept["s101"].startswith("locked in the file")
    assert result.scale == "scaled from 45 to 100 points"
    before, line, last = text.splitlines(keepends=True)
    wanted = line.replace(",,", f",{mark},").replace(";;", f";{mark};")
    assert after.decode() == before + wanted + last


def test_without_collects_numbers_an_address_or_a_register_number_finds_the_row(tmp_path):
    rows = [row("ada@uni.example", 18.0)]
    assert filled(tmp_path, GERMAN.format(yes="Ja", no="Ja"), rows)[0].matched
    assert filled(tmp_path, SPANISH.format(yes="Sí", no="No"), [row("s100", 18.0)])[0].matched


def test_an_unknown_word_is_taken_for_locked_until_the_instructor_says_otherwise(tmp_path):
    text, rows = GERMAN.format(yes="Jo", no="Nä"), [row("ada@uni.example", 18.0)]
    assert filled(tmp_path, text, rows)[0].matched == ()
    assert filled(tmp_path, text, rows, may_change="jo")[0].matched == ("ada@uni.example",)
