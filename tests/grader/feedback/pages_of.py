"""Pages without a box: of some cells, as formgrader asks for them, and of a graded student."""

import json

from nbformat.v4 import new_notebook

from grader.gradebook import entries, outcomes
from grader.gradebook.assignment import generate
from grader.gradebook.database import gradebook
from grader.gradebook.outcomes import GRADED, Outcome

RESOURCES = {
    "base_url": "",
    "index": 0,
    "total": 1,
    "notebook_path": "x",
    "submission_id": "1",
    "notebook_id": "tiny",
    "assignment_id": "tiny",
    "student": "bob",
}


def message(course, cells, plain=""):
    """What the process that makes pages is asked."""
    return {
        "root": str(course.root),
        "grading": course.grading,
        "template": "formgrade",
        "path": str(notebook(course, cells)),
        "resources": RESOURCES,
        "plain": plain,
        "gradebook": "",
    }


def notebook(course, cells, student="bob"):
    """Writes a notebook of these cells. Returns its path."""
    path = course.autograded("tiny", student)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(new_notebook(cells=cells)), encoding="utf-8")
    return path


def graded(course, notebooks):
    """Enters marks as the checker's result would: every check passed. notebooks: their cells by
    student."""
    generate(course, "tiny")
    checks = {
        name: {"points": most, "most": most, "passed": True, "message": ""}
        for name, most, _ in course.checks("tiny")
        if name != "explanation"
    }
    with gradebook(course) as book:
        for student, cells in notebooks.items():
            course.submitted("tiny", student).mkdir(parents=True)
            notebook(course, cells, student)
            entries.record(book, course, "tiny", student, None, checks, [], False)
            outcomes.keep(course, "tiny", student, Outcome(GRADED, "all 3 checks passed"))
