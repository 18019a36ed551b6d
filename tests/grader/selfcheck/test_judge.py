"""A learner's own notebook is judged as a submission is: by its own course and by what a class is
handed, in Validate and in `grade`."""

import json
import shutil
from pathlib import Path

import pytest

from bootstrap import manifest
from grader.course import cells
from grader.course.folders import Course, GradingError
from grader.intake.align import released
from grader.run import one, workers
from grader.run.demo import answers_of, with_answers
from grader.selfcheck import running
from grader.selfcheck.judge import BY_HAND, UNSEEN, judge
from tests.grader.tiny import RIGHT, settings

ROOT = Path(__file__).parents[3]
READS = ("solutions", "course.toml", "nbgrader_config.py")


def test_every_part_has_its_points_and_what_no_machine_judges_has_none(course, notebook, played):
    played(check_half=0)
    judged = judge(course, "tiny", notebook(), hidden=True)
    assert [(part.name, part.points, part.most) for part in judged.parts] == [
        ("check_double", 2, 2),
        ("hidden_double", 3, 3),
        ("check_half", 0, 1),
        ("explanation", None, 4),
    ]
    assert judged.parts[-1].message == BY_HAND and not judged.right
    assert judged.total == (5, 6)
    assert judged.record() == {"double": [5, 5], "half": [0, 1]}


def test_without_hidden_cells_their_points_are_not_given_and_it_says_so(course, notebook, played):
    played()
    judged = judge(course, "tiny", notebook(), hidden=False)
    (unseen,) = [part for part in judged.parts if part.unseen]
    assert (unseen.name, unseen.points) == ("hidden_double", None)
    assert judged.total == (3, 3) and judged.right
    assert judged.remarks == [f"3 more points are for checks that you do not see: {UNSEEN}"]


@pytest.fixture
def handed_out(course, tmp_path):
    """The course as a class has it: without solutions."""
    root = tmp_path / "class"
    root.mkdir()
    for name in ("course.toml", "nbgrader_config.py"):
        shutil.copy(course.root / name, root)
    mine = Course(root)
    for path in (mine.released("tiny"), mine.pristine("tiny")):
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(course.released("tiny"), path)
    return mine


def test_in_what_a_class_is_handed_it_finds_the_same(course, handed_out, notebook, played):
    played(check_double=0)
    path = notebook()
    theirs = judge(handed_out, "tiny", path, hidden=True)
    assert theirs.parts == judge(course, "tiny", path, hidden=False).parts
    handed_out.pristine("tiny").unlink()
    with pytest.raises(GradingError, match="get a fresh copy of the course"):
        judge(handed_out, "tiny", path, hidden=False)


def test_what_only_the_labs_answers_could_judge_is_said(handed_out, notebook, monkeypatch):
    monkeypatch.setattr(running, "best", lambda: "none")
    path = notebook({"half": "def half(x): return double(x) / 4"})
    judged = judge(handed_out, "tiny", path, hidden=False)
    (half,) = [part for part in judged.parts if part.name == "check_half"]
    assert half.points == 0 and half.message.splitlines() == [
        "`double` has no answer yet, and half calls it",
        "It could not be judged by itself: it uses `double`, not right yet.",
    ]
    assert judged.notes == ["half not judged by itself: it uses double"]


def without_its_check(every):
    del every[[cell["id"] for cell in every].index("check_double")]


def twice(every):
    every.append(dict(every[3], id="another"))


def stripped(every):
    for cell in every:
        cell["metadata"] = {}


def passes_all(every):
    every[3]["source"] = "pass"


@pytest.mark.parametrize("edit", [without_its_check, twice, stripped, passes_all])
@pytest.mark.parametrize("handed", [False, True])
def test_checks_that_were_deleted_copied_stripped_or_changed_are_restored(
    course, handed_out, notebook, played, edit, handed
):
    played()
    where = handed_out if handed else course
    judged = judge(where, "tiny", notebook(edit=edit), hidden=False)
    made = {cells.grade_id(cell): cell for cell in judged.notebook["cells"]}
    assert "assert double(3) == 6" in cells.text(made["check_double"])
    assert cells.text(made["double"]) == RIGHT["double"] and len(judged.parts) == 4


def test_answers_that_are_not_there_yet_are_named(course, notebook, played):
    played()
    judged = judge(course, "tiny", notebook({"double": RIGHT["double"]}), hidden=False)
    assert judged.unanswered == ("half", "explanation")


@pytest.mark.parametrize(
    "content, words",
    [("{", "not JSON"), ('{"cells": []}', "no cell of this lab"), (None, "is gone, not a file")],
)
def test_a_file_that_cannot_be_judged_is_a_sentence(course, tmp_path, content, words):
    path = tmp_path / "mine.ipynb"
    if content:
        path.write_text(content)
    with pytest.raises(GradingError, match=rf"mine.ipynb .*{words}"):
        judge(course, "tiny", path, hidden=False)


# --- every lab of the course

BLOCKED = "from utils.sparse_training import set_like\n"


@pytest.fixture(scope="module", params=manifest.read(ROOT).labs, ids=lambda lab: lab.name)
def mixed(request, tmp_path_factory):
    """(course, lab, a notebook with the reference answers): but the last answer in code is not
    given, and the one before it begins with an import that the lab does not allow."""
    lab = request.param.name
    course = Course(ROOT, str(tmp_path_factory.mktemp("grading")))
    source = json.loads(course.source(lab).read_text(encoding="utf-8"))
    answers = answers_of(source)
    *_, blocked, empty = [cells.grade_id(cell) for cell in source["cells"] if cells.is_answer(cell)]
    answers[blocked] = BLOCKED + answers[blocked]
    del answers[empty]
    path = course.submitted(lab, "me") / f"{lab}.ipynb"
    path.parent.mkdir(parents=True)
    notebook = with_answers(released(source, course.config), answers)
    kept = (cells.is_answer, cells.is_own, cells.is_check)
    notebook["cells"] = [  # without those that only look, which train networks
        one for one in notebook["cells"] if not cells.is_code(one) or any(f(one) for f in kept)
    ]
    path.write_text(json.dumps(notebook))
    return course, lab, path


@pytest.fixture(scope="module")
def graded(mixed):
    """The points of the visible checks in `grade`."""
    course, lab, _ = mixed
    prepared = one.prepare(one.begun(course, lab, settings(120, 30)), "me")
    result = workers.run(prepared.task)
    workers.stop()
    return {
        name: check["points"]
        for name, check in result["checks"].items()
        if not name.startswith("hidden_")
    }


@pytest.mark.box
def test_validate_gives_what_grade_gives(mixed, graded, monkeypatch):
    """In a box, and in a plain process too for two labs: such a run takes many seconds."""
    for way in [running.best(), *(["none"] if mixed[1].startswith(("lab03", "lab05")) else [])]:
        monkeypatch.setattr(running, "best", lambda: way)
        judged = judge(*mixed, hidden=False)
        assert ("in a box" in judged.how) == (way != "none")
        found = {part.name: part.points for part in judged.parts if part.points is not None}
        assert found == graded
        wrong = [part for part in judged.parts if part.wrong]
        assert len(wrong) >= 2 and len(found) > len(wrong)
