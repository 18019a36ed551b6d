"""What is known of a student comes from the roster and from what collect wrote down."""

from grader.gradebook.collected import Record, note
from grader.lms.known import Known, known


def test_numbers_are_kept_apart_by_platform(course):
    note(course, "tiny", {"ada": Record("Canvas", "lovelaceada", "101"), "bob": Record()})
    note(course, "tiny", {"cy": Record("Moodle", "Cy Young", "7")})
    assert known(course, "tiny") == {
        "ada": Known(canvas=frozenset({"101"})),
        "bob": Known(),
        "cy": Known(participant="7", name="Cy Young"),
    }


def test_the_roster_adds_logins_and_numbers(course):
    course.folder.mkdir()
    (course.folder / "roster.csv").write_text("id,email,platform_id\nada,a@x.example,5\n")
    assert known(course, "tiny") == {
        "ada": Known(frozenset({"ada", "a@x.example"}), frozenset({"5"}))
    }
