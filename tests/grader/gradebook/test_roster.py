"""A roster in the forms that instructors have, and what it refuses."""

import pytest

from grader.course.folders import Course, GradingError
from grader.gradebook.roster import roster

OWN = """id,name,email,platform_id,group
ada,Ada Lovelace,Ada@uni.example,101,A
bob,"Noyce, Bob",,102 7,A
cy,Cy,,,
"""
CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Lab 3 (1)
,,,,,Manual Posting
    Points Possible,,,,,90
"Lovelace, Ada",101,s100,ada,A,
"Noyce, Bob",102,s101,bob,A,
"Student, Test",199,,0f3a,A,
"""
MOODLE = """First name;Last name;Username;ID number;Email address;Groups
Ada;Lovelace;ada;s100;ada@uni.example;A
Bob;Noyce;bob;s101;bob@uni.example;A
"""


@pytest.fixture
def read(tmp_path):
    def read(text):
        (tmp_path / "grading").mkdir(exist_ok=True)
        (tmp_path / "grading" / "roster.csv").write_text(text, encoding="utf-8")
        return roster(Course(tmp_path))

    return read


def test_without_the_file_there_is_no_roster(tmp_path):
    assert roster(Course(tmp_path)) is None


@pytest.mark.parametrize("text", [OWN, CANVAS, MOODLE, "\ufeff" + OWN.replace(",", ";", 99)])
def test_each_form_names_the_students_by_their_login(read, text):
    found = read(text.replace('"Noyce; Bob"', "Bob Noyce"))
    assert {"ada", "bob"} <= {*found.students} <= {"ada", "bob", "cy"}
    ada = found.students["ada"]
    assert (ada.first_name, ada.last_name) == ("Ada", "Lovelace")
    assert found.with_name("Lovelace, Ada") == found.with_name("ada lovelace") == {"ada"}


def test_logins_numbers_and_addresses_are_told_apart(read):
    found = read(CANVAS)
    assert (found.with_key("S100"), found.with_number("101")) == ({"ada"}, {"ada"})
    assert found.with_key("101") == found.with_number("s100") == set()
    found = read('Student,ID,Section\n    Points Possible,,\n"Lovelace, Ada",101,A\n')
    assert found.with_number("101") == {"101"} and found.with_key("101") == set()
    found = read(OWN)
    assert found.with_key("ada@UNI.example") == {"ada"} and found.with_number("7") == {"bob"}


def test_groups_have_members_and_others_are_alone(read):
    found = read(OWN)
    assert found.members("bob") == ["ada", "bob"] and found.members("cy") == ["cy"]
    assert found.with_name("A-Bob Noyce") == {"bob"}


@pytest.mark.parametrize(
    "text, message",
    [
        ("Vorname,Nachname\nA,B\n", "Give it a column id"),
        ("", "names no students"),
        ("id,name\n", "names no students"),
        ("id,name\n,Ada\n", "line 2: there is no id"),
        ("id\na/b\n", "cannot be the name of a folder"),
        ("id\n.ada\n", "cannot be the name of a folder"),
        ("id\nada\nADA\n", "ada is there for two students"),
        ("id,platform_id\nada,5\nbob,5\n", "5 is there for two students"),
    ],
)
def test_a_roster_that_cannot_be_meant_is_refused_with_the_line(read, text, message):
    with pytest.raises(GradingError, match=message):
        read(text)
