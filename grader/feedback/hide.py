"""Hidden checks in the feedback: their result and their message, not their code."""

import os
import re
from typing import Any

from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from grader import HOME

BEGIN, END = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"
FAILED = (
    "AssertionError",
    "CheckFailed",
)  # what a check raises; its message is meant for the student


class HideTests(NbGraderPreprocessor):
    """Takes hidden tests out of the cells, and out of the tracebacks, which quote the failing
    line."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if cell.cell_type != "code":
            return cell, resources
        hidden = BEGIN in cell.source
        checks = cell.metadata.get("nbgrader", {}).get("grade", False)
        if hidden:
            cell.source = without_hidden(cell.source)
            # what the student's code printed here speaks of hidden inputs
            cell.outputs = [output for output in cell.outputs if output.output_type == "error"]
        for output in cell.outputs:
            if output.output_type == "error" and (hidden or checks and output.ename in FAILED):
                output.traceback = [message(output)]
            if output.output_type == "error":  # hides where the course is on the grader's computer
                output.traceback = [
                    line.replace(f"{HOME}{os.sep}", "") for line in output.traceback
                ]
        return cell, resources


def without_hidden(source: str) -> str:
    """The source without its hidden regions."""
    lines, inside = [], False
    for line in source.splitlines():
        if BEGIN in line:
            inside = True
        elif END in line:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines).rstrip()


def message(output: NotebookNode) -> str:
    """What an error says, without the lines of code that led to it."""
    text = strip_ansi(output.evalue).strip()
    if output.ename in FAILED:
        return text or "Your answer does not pass this check."
    if output.ename == "CellTimeoutError":
        return "Your code did not finish here."
    if output.ename == "KeyboardInterrupt":
        return "Your code was interrupted here."
    return re.sub(r"\s*\n.*", "", f"{output.ename}: {text}", flags=re.DOTALL)
