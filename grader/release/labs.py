"""solutions/LAB to labs/LAB, through nbgrader's generate_assignment."""

import shutil
from pathlib import Path

from grader.course.folders import Course, GradingError
from grader.gradebook.assignment import generate
from grader.release import complete, proof


def release(course: Course, lab: str, always_proved: bool = False) -> bool:
    """Writes labs/LAB, once it is seen that it can be graded. Returns True when it changed.

    always_proved: also where it did not change; its hidden tests or its reference, which it does
    not show, may have.
    """
    course.read(lab)
    if lacking := complete.of_lab(course.root, course.manifest, lab):
        raise GradingError("Not released:\n" + "\n".join(f"- {text}" for text in lacking))
    made = generate(course, lab)
    target = course.root / "labs" / lab
    unchanged = same_files(made, target)
    if always_proved or not unchanged:
        proof.of_lab(course, lab, made)
    if unchanged:
        return False
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(made, target)
    return True


def same_files(one: Path, other: Path) -> bool:
    """True when two folders hold the same files, byte for byte."""
    return contents(one) == contents(other)


def contents(folder: Path) -> dict[str, bytes]:
    """The bytes of every file in a folder, by its path in it; .ipynb_checkpoints is left out."""
    files = (
        path
        for path in Path(folder).rglob("*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    )
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
