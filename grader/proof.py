"""A lab is released only when its reference earns every point through the box, and the untouched release none."""

import copy
import json
from dataclasses import asdict

from grader import lint, workers
from grader.box.backends import best
from grader.checker import cells
from grader.course import GradingError
from grader.limits import Limits

SEED = "0" * 64


def prove(source, released):
    """source, released: a lab's notebooks as dicts. GradingError, with all that is wrong, when it is not fit to be graded."""
    wrong = lint.complaints(source)
    run = runner(source)
    for name, check in run(source)["checks"].items():
        if not check["passed"]:
            wrong.append(
                f"{name}: the reference earns {check['points']:g} of {check['most']:g}: {check['message'] or 'no message'}"
            )
    for name, check in run(untouched(source, released))["checks"].items():
        if check["points"]:
            wrong.append(f"{name}: the untouched release earns {check['points']:g}")
    if wrong:
        raise GradingError("Not released:\n" + "\n".join(f"- {text}" for text in wrong))


def runner(source):
    def run(notebook):
        task = {
            "lab": source,
            "backend": best(),
            "limits": asdict(Limits()),
            "notebook": notebook,
            "seed": SEED,
        }
        result = workers.run(task)
        if "fault" in result:
            raise GradingError(f"The lab could not be tried: {result['fault']}")
        return result

    return run


def untouched(source, released):
    """The source with the answers of the release: stubs."""
    stubs, notebook = (
        {cells.grade_id(cell): cells.text(cell) for cell in released["cells"]},
        copy.deepcopy(source),
    )
    for cell in notebook["cells"]:
        if cells.marks(cell).get("solution"):
            cell["source"] = stubs[cells.grade_id(cell)]
    return notebook


def of_lab(course, lab, made):
    """Proves a lab whose release was made in the folder `made`."""
    prove(
        *(
            json.loads(path.read_text(encoding="utf-8"))
            for path in (course.source(lab), made / f"{lab}.ipynb")
        )
    )
