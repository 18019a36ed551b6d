"""What a run showed, as it is kept: in a notebook, and without what differs from run to run."""

import copy
import re
from typing import Any

from grader.course import cells
from grader.course.cells import Notebook
from grader.gradebook.results import Result

# what only a terminal obeys; colours stay
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]|\x1b(?!\[[0-9;]*m)")
ADDRESS = re.compile(r" at 0x[0-9a-f]{6,16}\b")


def with_outputs(notebook: Notebook, result: Result) -> Notebook:
    """The notebook with what its cells showed, for formgrader and feedback."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook["cells"]:
        if cells.is_code(cell):
            cell["outputs"], cell["execution_count"] = result["cells"].get(cell["id"], []), None
    return notebook


def clean(tree: Any) -> Any:
    """Texts without what UTF-8 cannot hold or a terminal obeys, and without addresses in memory,
    which are others every time."""
    if isinstance(tree, str):
        return ADDRESS.sub(" at 0x…", CONTROL.sub("", tree.encode("utf-8", "replace").decode()))
    if isinstance(tree, list):
        return [clean(item) for item in tree]
    if isinstance(tree, dict):
        return {clean(key): clean(item) for key, item in tree.items()}
    return tree
