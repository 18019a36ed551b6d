"""A small class of example submissions, so that an instructor sees the whole cycle before having
any.

Each example is a file in examples/LAB: the cells whose answer differs from the reference, under `#
%% grade_id`. The reference is taken from the lab's own source, so nothing here goes stale. An
example that says `# starts from: release` differs from the released notebook instead. Text answers
are written as comments.
"""

import json
import re
import shutil
from pathlib import Path
from typing import Any

from grader.course.cells import Notebook, grade_id, text
from grader.course.folders import Course, GradingError
from grader.gradebook.assignment import generate
from grader.gradebook.database import gradebook

EXAMPLES = Path(__file__).with_name("examples")

# example -> student id, first name, last name; a comma, an equals sign and letters beyond ASCII on
# purpose
CLASS = {
    "right": ("amara.okafor", "Amara", "Okafor"),
    "right_another_way": ("lukas.novak", "Lukáš", "Novák"),
    "half_right": ("sofia.garcia", "Sofía", "García, Jr."),
    "wrong": ("jun.tanaka", "潤", "田中"),
    "untouched": ("noor.haddad", "Noor", "=Haddad"),
    "syntax_error": ("priya.raman", "Priya", "Raman"),
    "endless_loop": ("tom.oreilly", "Tom", "O'Reilly"),
    "ends_the_process": ("mette.soerensen", "Mette", "Sørensen"),
}


def labs_with_examples(course: Course) -> list[str]:
    return [lab for lab in course.labs() if (EXAMPLES / lab).is_dir()]


def there(course: Course, lab: str | None = None) -> tuple[Course, str]:
    """The Course of the example class as it is, and the lab; GradingError when it has not been
    made."""
    demo = example_course(course)
    graded = [
        name for name in labs_with_examples(course) if lab in (None, name) and demo.students(name)
    ]
    if not graded:
        raise GradingError("There is no example class yet: grade --demo makes it.")
    return demo, graded[0]


def example_course(course: Course) -> Course:
    """In grading/demo, with a separate gradebook."""
    return Course(course.root, f"{course.grading}/demo")


def build(course: Course, lab: str | None = None) -> tuple[Course, str]:
    """Makes the example class. Returns its Course and the lab."""
    offered = labs_with_examples(course)
    if lab is not None:
        course.require(lab)
    if lab not in [None, *offered] or not offered:
        raise GradingError(
            f"There are no example submissions for {lab or 'any lab'}. There are for: "
            f"{', '.join(offered) or 'none'}."
        )
    lab = lab or offered[0]
    demo = example_course(course)
    shutil.rmtree(demo.folder, ignore_errors=True)
    released = json.loads((generate(demo, lab) / f"{lab}.ipynb").read_text(encoding="utf-8"))
    reference = answers_of(json.loads(course.source(lab).read_text(encoding="utf-8")))
    for example, (student, _, _) in CLASS.items():
        text = (EXAMPLES / lab / f"{example}.py").read_text(encoding="utf-8")
        answers = parse(text) if "# starts from: release" in text else {**reference, **parse(text)}
        path = demo.submitted(lab, student) / f"{lab}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(
            json.dumps(with_answers(released, answers), indent=1, ensure_ascii=False),
            encoding="utf-8",
        )
    with gradebook(demo) as book:
        for student, first, last in CLASS.values():
            about: dict[str, Any] = {"email": f"{student}@example.org"}
            about |= {"first_name": first, "last_name": last}
            book.update_or_create_student(student, **about)
    return demo, lab


def parse(text: str) -> dict[str, str]:
    """The answers of an example file by grade id."""
    parts = re.split(r"^# %% (\S+)[^\n]*\n", text, flags=re.MULTILINE)
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def answers_of(solution: Notebook) -> dict[str, str]:
    """The answers in a lab's source by grade id, without nbgrader's marks."""
    cells = [
        cell for cell in solution["cells"] if cell["metadata"].get("nbgrader", {}).get("solution")
    ]
    return {
        grade_id(cell): re.sub(
            r"^.*### (BEGIN|END) SOLUTION.*\n?", "", text(cell), flags=re.MULTILINE
        )
        for cell in cells
    }


def with_answers(released: Notebook, answers: dict[str, str]) -> Notebook:
    """A copy of the released notebook with these answers; GradingError for an answer that no cell
    asks for."""
    notebook = json.loads(json.dumps(released))
    asked = {
        grade_id(cell): cell
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("solution")
    }
    if unknown := sorted(set(answers) - set(asked)):
        raise GradingError(f"An example answers {', '.join(unknown)}, which is not in the lab.")
    for name, answer in answers.items():
        text = (
            re.sub(r"^# ?", "", answer, flags=re.MULTILINE)
            if asked[name]["cell_type"] == "markdown" and answer.startswith("#")
            else answer
        )
        asked[name]["source"] = text
    return notebook
