"""A class of 60 with groups, late work, three platforms' archives and five languages of worksheet:
every mark in the row of the student who earned it.

The test knows who is who by numbers of its own, which no name in an archive has.
"""

import csv
import io
import json
import random

import pytest

from grader.__main__ import main
from grader.gradebook.rows import csv_path
from grader.lms.fill import fill
from grader.lms.known import known
from tests.grader.lms.downloads import make_zip
from tests.grader.tiny import submit
from tests.grader.unboxed import answers, course, graded, roster

__all__ = ["course"]

FIRST = ["Mary", "Zoë", "潤", "José", "Søren", "Anne Marie", "Lukáš", "Ада", "Bo", "Éva"]
LAST = ["O'Neil", "Núñez", "田中", "García, Jr.", "de la Cruz", "Lovelace"]
LANGUAGES = {
    "English": (
        "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last",
        "Participant {}", "Yes", "No",
    ),
    "German": (
        "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Bewertung kann geändert "
        "werden,Zuletzt geändert",
        "Teilnehmer/in{}", "Ja", "Nein",
    ),
    "Spanish": (
        "Identificador,Nombre completo,Dirección de correo,Estado,Calificación,Calificación máxima,"
        "La calificación puede ser cambiada,Última modificación",
        "Participante {}", "Sí", "No",
    ),
    "Korean": (
        "식별자,성명,이메일 주소,상태,성적,최고 성적,성적 변경 가능,최종 수정",
        "참가자 {}", "예", "아니오",
    ),
    "French": (
        "Identifiant,Nom complet,Adresse de courriel,Statut,Note,Note maximale,La note peut être "
        "modifiée,Dernière modification",
        "Participant{}", "Oui", "Non",
    ),
}  # fmt: skip


class Person:
    """One of the class: the first 20 are on Canvas, the next on Moodle in groups of two, the last
    on Blackboard."""

    def __init__(self, number):
        self.number, self.id = number, f"u{number * 7919 % 1000:03d}"
        self.first, self.last = FIRST[number % 10], LAST[number // 10]
        self.platform = ("Canvas", "Moodle", "Blackboard")[number // 20]
        self.group = f"Team {number // 2}" if self.platform == "Moodle" else ""
        self.own = 500 + (number * 37) % 60  # the platform's number for them
        self.is_late = self.platform == "Blackboard" and number % 4 == 0
        self.is_missing = number in (5, 45) or number in (24, 25)
        self.hands_in = not self.is_missing and not (self.group and number % 2)
        self.earned = number / 10

    @property
    def name(self):
        return f"{self.first} {self.last}"

    def mark(self, people):
        """What the instructor expects: of 10 points, in a group those of the one who handed in."""
        if self.is_missing:
            return None
        source = people[self.number - self.number % 2] if self.group else self
        return source.earned * (0.8 if self.is_late else 1)

    def path(self):
        if self.platform == "Canvas":
            name = f"{self.last}{self.first}".lower().replace(" ", "").replace("'", "_")
            other = 500 + ((self.number + 1) * 37) % 60
            trick = f"bob_{other}_9999_tiny.ipynb" if self.number == 7 else "tiny-1.ipynb"
            late = "LATE_" if self.number == 8 else ""
            return f"{name}_{late}{self.own}_{9000 + self.number}_{trick}"
        if self.platform == "Moodle":
            return f"{self.group}-{self.name}_{self.own}_assignsubmission_file_/tiny.ipynb"
        day = 5 if self.is_late else 3
        return f"LAB 1_x_{self.id}_attempt_2026-11-0{day}-12-00-00_tiny.ipynb"


@pytest.fixture
def people():
    return [Person(number) for number in range(60)]


@pytest.fixture
def rows(course, people, tmp_path, monkeypatch):
    """The rows of the class, collected from three archives and graded."""
    monkeypatch.setattr("grader.feedback.pages.write_feedback", lambda *arguments: None)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["id", "first_name", "last_name", "email", "platform_id", "group"])
    for one in people:
        number = one.own if one.platform == "Canvas" else ""
        writer.writerow([one.id, one.first, one.last, f"{one.id}@uni.example", number, one.group])
    roster(course, text.getvalue())
    command = ["--course", str(course.root)]
    main([*command, "due", "tiny", "2026-11-03 23:59"])
    main([*command, "due", "--percent-a-day", "10"])
    for platform in ("Canvas", "Moodle", "Blackboard"):
        files = {}
        for one in people:
            if one.platform == platform and one.hands_in:
                submit(course, "draft", answers(one.earned, one.id))
                files[one.path()] = (course.submitted("tiny", "draft") / "tiny.ipynb").read_bytes()
        (course.submitted("tiny", "draft") / "tiny.ipynb").unlink()
        course.submitted("tiny", "draft").rmdir()
        files["stranger_77_88_tiny.ipynb" if platform == "Canvas" else "stranger.ipynb"] = b"{}"
        main([*command, "collect", "tiny", str(make_zip(tmp_path / f"{platform}.zip", files))])
    return graded(course)


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_every_mark_is_in_the_right_row(course, people, rows, tmp_path):
    assert {*rows} == {one.id for one in people}
    wanted = {one.id: one.mark(people) for one in people}
    assert {name: row.total for name, row in rows.items()} == pytest.approx(wanted)
    for one in people:  # the notebook that was graded for each is that of its author
        if one.hands_in:
            text = (course.submitted("tiny", one.id) / "tiny.ipynb").read_text(encoding="utf-8")
            assert f"# earns {one.earned} {one.id}" in json.dumps(json.loads(text))
    lines = {line[0]: line for line in table(csv_path(course, "tiny"))[1:]}
    assert {lines[one.id][-2] for one in people if one.is_missing} == {"not handed in"}
    assert rows[people[8].id].sentence.endswith(
        "late, says Canvas, but not how late: nothing taken off"
    )

    chance, known_as = random.Random(0), known(course, "tiny")
    on_canvas = [one for one in people if one.platform == "Canvas"]
    chance.shuffle(on_canvas)
    path = tmp_path / "canvas.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Tiny (1)"])
        writer.writerow(["    Points Possible", "", "", "", "", "20"])
        for one in on_canvas:  # a register number that is the platform's number of another
            register = on_canvas[on_canvas.index(one) - 1].own
            writer.writerow([f"{one.last}, {one.first}", one.own, f"s{register}", "", "A", ""])
    filled = table(fill(path, [*rows.values()], "tiny", None, known_as).path)
    marks = {line[1]: line[5] for line in filled[2:]}
    assert {one.own: float(marks[str(one.own)] or -1) for one in on_canvas} == pytest.approx(
        {one.own: -1 if one.is_missing else 2 * one.mark(people) for one in on_canvas}, abs=0.01
    )

    on_moodle = [one for one in people if one.platform == "Moodle"]
    for language, (head, participant, yes, no) in LANGUAGES.items():
        chance.shuffle(on_moodle)
        path = tmp_path / f"{language}.csv"
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(head.split(","))
            for one in on_moodle:
                writer.writerow(
                    [participant.format(one.own), one.name, f"{one.id}@uni.example", "x", ""]
                    + ["100.00", no if one.number == 30 else yes, "-"]
                )
        filled = table(fill(path, [*rows.values()], "tiny", None, known_as).path)
        marks = {line[2].partition("@")[0]: line[4] for line in filled[1:]}
        empty = {one.id for one in on_moodle if one.is_missing or one.number == 30}
        assert {name for name, mark in marks.items() if not mark} == empty, language
        for one in on_moodle:
            if one.id not in empty:
                wanted = 10 * one.mark(people)
                assert float(marks[one.id]) == pytest.approx(wanted, abs=0.01), language
