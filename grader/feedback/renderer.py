"""The process in which pages are made, as students' texts may end it: it has limits, and is started
again when it has ended.

python -m grader.feedback.renderer     a line of JSON for each page, answered with one
"""

import json
import math
import os
import sys
import time
from pathlib import Path
from typing import Any

from nbformat import reads

from grader.course.folders import Course
from grader.feedback.exporter import exporter

CPU = 5  # seconds of processor time for a page; one of an honest submission takes a fifth of one
MEMORY, STACK = 2 << 30, 8 << 20  # bytes


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    limit("RLIMIT_AS", MEMORY)
    limit("RLIMIT_STACK", STACK)
    limit("RLIMIT_CORE", 0)
    for line in sys.stdin:
        limit("RLIMIT_CPU", math.ceil(time.process_time()) + CPU)
        answers.write(json.dumps(answer(json.loads(line))) + "\n")
        answers.flush()


def limit(name: str, most: int) -> None:
    """Lowers one of this process's limits, where the system has such limits."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return
    which = getattr(resource, name)
    hardest = resource.getrlimit(which)[1]
    most = most if hardest == resource.RLIM_INFINITY else min(most, hardest)
    resource.setrlimit(which, (most, hardest))


def answer(message: dict[str, Any]) -> dict[str, str]:
    """{"page": its HTML}, or {"failed": why}."""
    try:
        return {"page": page(**message)}
    except Exception as error:
        return {"failed": f"{type(error).__name__}: {error}"[:300]}


def page(
    root: str,
    grading: str,
    template: str,
    path: str,
    resources: dict[str, Any],
    plain: str,
    gradebook: str,
) -> str:
    """A submission as HTML. path: of its notebook; plain: why its texts are shown as they are,
    empty where they are laid out; gradebook: its address, empty for the course's own file."""
    os.environ["COURSE_GRADEBOOK"] = gradebook
    notebook = reads(Path(path).read_text(encoding="utf-8"), as_version=4)
    make = exporter(Course(Path(root), grading), template, plain)
    return make.from_notebook_node(notebook, resources)[0]


if __name__ == "__main__":
    main()
