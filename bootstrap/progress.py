"""A learner's own progress: what `check` and Validate found last, and lecture 00 shows.

It is kept in .course/progress, a file for each lab: git does not see it, and it is yours to delete.
"""

import json
import os
from pathlib import Path

from bootstrap.manifest import Lab
from bootstrap.manifest import read as read_manifest
from bootstrap.process import HERE

Points = dict[str, list[float]]  # by exercise: the points earned, and of how many


def folder(course: Path = HERE) -> Path:
    return course / ".course" / "progress"


def keep(course: Path, lab: str, points: Points) -> None:
    """Stores what was found in a lab, in the place of what was found before."""
    path = folder(course) / f"{lab}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.write_text(json.dumps(points), encoding="utf-8")
    os.replace(new, path)


def last(course: Path, lab: str) -> Points:
    """What was found last; empty before the first time, or when the file is not ours."""
    try:
        found = json.loads((folder(course) / f"{lab}.json").read_text(encoding="utf-8"))
        return {name: [float(points), float(most)] for name, (points, most) in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def rows(course: Path = HERE) -> list[dict[str, str]]:
    """A row for each lab: exercises that are right, points, what comes next."""
    return [row(lab, last(course, lab.name)) for lab in read_manifest(course).labs]


def row(lab: Lab, found: Points) -> dict[str, str]:
    right = [name for name, (points, most) in found.items() if points >= most]
    open_ones = [
        number for name, number in lab.exercises.items() if name in found and name not in right
    ]
    if not found:
        after = f"lecture {lab.follows[-1]}, then this lab" if lab.follows else "this lab"
    else:
        after = f"exercise {open_ones[0]}" if open_ones else "done"
    return {
        "lab": f"{lab.number} {lab.title}",
        "exercises": f"{len(right)} of {len(found)}" if found else "",
        "points": "{:g} of {:g}".format(*map(sum, zip(*found.values()))) if found else "",
        "next": after,
    }
