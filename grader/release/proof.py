"""A lab is released only when its reference earns every point through the box, the untouched
release none, and no hostile answer passes a check."""

import copy
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from grader.box.backends import best
from grader.course import cells
from grader.course.cells import Notebook
from grader.course.folders import Course, GradingError
from grader.course.limits import Limits
from grader.gradebook.results import Result
from grader.release import hostile, lint
from grader.run import workers

SEED = "0" * 64


def prove(source: Notebook, released: Notebook, imports: list[str]) -> None:
    """source, released: a lab's notebooks as dicts; imports: what of `utils` answers may import.

    GradingError, with all that is wrong, when it is not fit to be graded.
    """
    wrong, run = lint.complaints(source), runner(source, imports)
    result = run(source)
    failed = first_error(source, result)
    wrong += failed or hostile.complaints(source)  # these need all of the lab's own cells
    for name, check in result["checks"].items():
        if not check["passed"]:
            wrong.append(
                f"{name}: the reference earns {check['points']:g} of {check['most']:g}: "
                f"{check['message'] or 'no message'}"
            )
    for name, check in run(untouched(source, released))["checks"].items():
        if check["points"]:
            wrong.append(f"{name}: the untouched release earns {check['points']:g}")
    if wrong:
        raise GradingError("Not released:\n" + "\n".join(f"- {text}" for text in wrong))


def first_error(source: Notebook, result: Result) -> list[str]:
    """What the first cell that fails says: with the reference no cell may, and later ones fail
    because of it."""
    for name, cell in cells.named(source):
        for output in result["cells"].get(cell["id"], []):
            if output["output_type"] == "error" and not cells.is_check(cell):
                return [f"{name} fails: {output['ename']}: {output['evalue']}"]
    return [f"{name} fails outside the box: {text}" for name, text in result["setup"].items()][:1]


def runner(source: Notebook, imports: list[str]) -> Callable[[Notebook], Result]:
    def run(notebook: Notebook) -> Result:
        task = {
            "lab": source,
            "imports": imports,
            "backend": best(),
            "limits": asdict(Limits()),
            "notebook": notebook,
            "seed": SEED,
        }
        result = workers.run(task)
        if "fault" in result:
            raise GradingError(f"The lab could not be tested: {result['fault']}")
        return result

    return run


def untouched(source: Notebook, released: Notebook) -> Notebook:
    """The source with the answers of the release: stubs."""
    stubs, notebook = (
        {cells.grade_id(cell): cells.text(cell) for cell in released["cells"]},
        copy.deepcopy(source),
    )
    for cell in notebook["cells"]:
        if cells.marks(cell).get("solution"):
            cell["source"] = stubs[cells.grade_id(cell)]
    return notebook


def of_lab(course: Course, lab: str, made: Path) -> None:
    """Proves a lab whose release was made in the folder `made`."""
    source, released = (
        json.loads(path.read_text(encoding="utf-8"))
        for path in (course.source(lab), made / f"{lab}.ipynb")
    )
    prove(source, released, course.entry(lab).imports)
