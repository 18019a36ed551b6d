"""What collect writes down stays, student by student."""

from grader.course.folders import Course
from grader.gradebook.collected import Record, note, records


def test_new_records_are_added_and_older_ones_replaced(tmp_path):
    course = Course(tmp_path)
    assert records(course, "tiny") == {}
    note(course, "tiny", {"ada": Record("Canvas", number="1"), "bob": Record(late=True)})
    note(course, "tiny", {"ada": Record("Canvas", number="2", time="2026-11-03T12:00:00+00:00")})
    found = records(course, "tiny")
    assert found["bob"] == Record(late=True) and found["ada"].number == "2"
    assert found["ada"].handed_in.hour == 12 and records(course, "other") == {}
