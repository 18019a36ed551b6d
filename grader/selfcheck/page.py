"""The page of a learner's own notebook: the feedback page of a class, without a gradebook."""

import copy
import json
from pathlib import Path
from typing import Any

from nbformat import from_dict

from grader.course import cells, files
from grader.course.folders import Course
from grader.feedback.apart import made
from grader.feedback.page import exercises
from grader.selfcheck.judge import Judged


def write(course: Course, judged: Judged) -> Path:
    """Writes the page, and the notebook as it ran. Returns the path of the page; NoAnswer when it
    cannot be made."""
    place = course.root / ".course" / "check"
    ran, path = (place / f"{judged.lab.name}.{kind}" for kind in ("ipynb", "html"))
    notebook = marked(judged)
    files.write(ran, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n")
    html, _ = made(course, "feedback", ran, resources(judged, notebook))
    files.write(path, html)
    return path


def resources(judged: Judged, notebook: cells.Notebook) -> dict[str, Any]:
    """What the page's template asks for."""
    shown: Any = from_dict(notebook)
    about = {
        "notebook": f"Lab {judged.lab.number} · {judged.lab.title}",
        "student": f"your notebook, run {judged.how}",
        "exercises": list(exercises(shown).values()),
        "score": sum(part.points or 0 for part in judged.parts),
        "max_score": sum(part.most for part in judged.parts if not part.unseen),
        "late_penalty": 0,
        "remark": "; ".join(judged.remarks),
    }
    return {"metadata": {"name": judged.lab.name}, "unique_key": "check", "nbgrader": about}


def marked(judged: Judged) -> cells.Notebook:
    """The notebook with the points in its metadata, where the page looks for them. A check that was
    not run has none, and is not named."""
    notebook, parts = copy.deepcopy(judged.notebook), {part.name: part for part in judged.parts}
    for cell in notebook["cells"]:
        part = parts.get(cells.grade_id(cell))
        if part and part.unseen:
            cells.marks(cell)["grade"] = False
        elif part:
            cells.marks(cell).update(
                score=part.points or 0.0, points=part.most, pending=part.points is None
            )
    return notebook
