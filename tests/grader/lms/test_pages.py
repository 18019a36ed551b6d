"""Pages go back under the names that the platform's own download used."""

import zipfile

from grader.gradebook.collected import Record, note
from grader.lms.pages import pack
from tests.grader.lms.gradebooks import row


def packed(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_each_platform_gets_its_own_archive_and_the_rest_is_named(course):
    records = {
        "ada": Record("Canvas", page="lovelaceada_1_2_"),
        "bob": Record("Moodle", page="Bob Noyce_7_assignsubmission_file_/"),
        "cy": Record("Moodle", page="Cy_8_assignsubmission_file_"),
        "dan": Record(),
        "eve": Record("Canvas", page="eve_3_4_"),
        "fay": Record("Canvas", page="fay_5_6_"),
    }
    note(course, "tiny", records)
    for student in [*records][:-1]:
        page = course.feedback("tiny", student)
        page.parent.mkdir(parents=True)
        page.write_text(student)
    rows = [row(student, 1.0, pending=student == "eve") for student in records]
    said = pack(course, "tiny", rows)
    assert packed(course.folder / "pages" / "tiny_canvas.zip") == {
        "lovelaceada_1_2_tiny.html": b"ada"
    }
    assert packed(course.folder / "pages" / "tiny_moodle.zip") == {
        "Bob Noyce_7_assignsubmission_file_/tiny.html": b"bob",
        "Cy_8_assignsubmission_file_tiny.html": b"cy",
    }
    assert "1 page for Canvas" in said[0] and "2 pages for Moodle" in said[1]
    assert any("not collected from Canvas or Moodle: dan" in line for line in said)
    assert any("--with-pending" in line and "eve" in line for line in said)
    pack(course, "tiny", rows, with_pending=True)
    assert "eve_3_4_tiny.html" in packed(course.folder / "pages" / "tiny_canvas.zip")
