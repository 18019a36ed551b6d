"""course.toml is read as it is written, and a mistake in it is answered with what to change."""

import pytest

from bootstrap import manifest
from bootstrap.manifest import ManifestError, read

LECTURE = (
    '[[lecture]]\nfile = "07_schedules.ipynb"\ntitle = "Schedules"\nabout = ""\nminutes = 60\n'
)
LAB = '[[lab]]\nname = "lab03_pruning"\ntitle = "Pruning"\nminutes = 75\nfollows = ["07"]\n'


def course(folder, text):
    (folder / "course.toml").write_text(text, encoding="utf-8")
    return folder


def test_what_is_written_is_read(tmp_path):
    found = read(course(tmp_path, LECTURE + LAB + '[lab.exercises]\nsynflow = "4b"\n'))
    assert [lecture.number for lecture in found.lectures] == ["07"]
    lab = found.lab("lab03_pruning")
    assert (lab.number, lab.minutes, lab.follows) == ("03", 75, ["07"])
    assert lab.exercises == {"synflow": "4b"} and lab.imports == []


@pytest.mark.parametrize(
    "text, words",
    [
        ("[[lab]\n", "is not valid TOML"),
        ("[[lesson]]\n", "'lesson'; it may have"),
        (LAB.replace("minutes = 75\n", ""), "the [[lab]] lab03_pruning needs minutes"),
        (LAB + "point = 3\n", "lab03_pruning has 'point', which is not one of name"),
        (
            LAB.replace("75", '"75"'),
            "minutes of the [[lab]] lab03_pruning should be a whole number",
        ),
        (LAB.replace('["07"]', '"07"'), "follows of the [[lab]] lab03_pruning should be a list"),
    ],
)
def test_a_mistake_is_answered_with_what_to_change(tmp_path, text, words):
    with pytest.raises(ManifestError) as error:
        read(course(tmp_path, LECTURE + text))
    assert words in str(error.value)


def test_a_folder_without_it_is_not_a_course(tmp_path):
    with pytest.raises(ManifestError, match="is not a course: it has no course.toml"):
        read(tmp_path)


def test_a_lab_without_an_entry_is_told_what_an_entry_has():
    with pytest.raises(ManifestError) as error:
        manifest.Manifest([], []).lab("lab09_norms")
    for word in ('name = "lab09_norms"', "title", "minutes", "follows", "imports", "exercises"):
        assert word in str(error.value)
