"""A lab as the checker sees it: which cells are the student's, which are its own, and what runs
where."""

import ast
import re
from collections.abc import Iterable
from typing import Any

Cell = dict[str, Any]  # of nbformat 4
Notebook = dict[str, Any]

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def text(cell: Cell) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def marks(cell: Cell) -> dict[str, Any]:
    return cell.get("metadata", {}).get("nbgrader", {})


def grade_id(cell: Cell) -> Any:
    return marks(cell).get("grade_id")


def is_code(cell: Cell) -> bool:
    return cell["cell_type"] == "code"


def is_check(cell: Cell) -> bool:
    """A grade cell: its outcome is worth points, and the machine decides it."""
    return is_code(cell) and bool(marks(cell).get("grade")) and not marks(cell).get("solution")


def is_own(cell: Cell) -> bool:
    """A locked code cell that is worth nothing: set-up, which runs on both sides."""
    return (
        is_code(cell)
        and bool(marks(cell).get("locked"))
        and not marks(cell).get("grade")
        and not marks(cell).get("solution")
    )


def is_answer(cell: Cell) -> bool:
    return is_code(cell) and bool(marks(cell).get("solution"))


def opening(source: Notebook) -> list[Cell]:
    """The lab's own code cells before the first that a student can change: they run once, before
    any answer."""
    found = []
    for cell in source["cells"]:
        if is_code(cell) and not is_own(cell):
            break
        if is_code(cell):
            found.append(cell)
    return found


def named(notebook: Notebook) -> list[tuple[str, Cell]]:
    """Every cell with words to call it by: the cell check_cubic, a cell after check_cubic."""
    last, pairs = "the start", []
    for cell in notebook["cells"]:
        pairs.append(
            (f"the cell {grade_id(cell)}" if grade_id(cell) else f"a cell after {last}", cell)
        )
        last = grade_id(cell) or last
    return pairs


def defined(sources: Iterable[str]) -> set[str]:
    """The names that pieces of code define at their top level: functions, classes, assignments and
    imports."""
    found = set()
    for source in sources:
        for node in ast.parse(plain(source)).body:
            found |= names_of(node)
    return found


def plain(source: str) -> str:
    """The source without IPython's own lines (%magic, !command)."""
    return re.sub(r"^[ \t]*[%!].*$", "pass", source, flags=re.MULTILINE)


def names_of(node: ast.AST) -> set[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    if isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        return set()  # their own names
    here = {node.id} if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else set()
    return here.union(*map(names_of, ast.iter_child_nodes(node)))


def used(source: str) -> set[str]:
    """The names that a piece of code reads or sets."""
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


def asked(source: Notebook) -> set[str]:
    """The names that a lab asks students to define: those of its solution cells that its own cells
    do not define."""
    own = defined(text(cell) for cell in source["cells"] if is_own(cell))
    return defined(text(cell) for cell in source["cells"] if is_answer(cell)) - own
