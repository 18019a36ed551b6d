"""Finds patterns in a grade cell that let an answer cheat, by reading the cell."""

import ast
from collections.abc import Iterator

from grader.course import cells
from grader.course.cells import Notebook

OF_SHAPE = {"shape", "size", "dim", "ndim", "numel", "dtype", "len", "isinstance", "type"}


def complaints(source: Notebook) -> list[str]:
    """Problems in the grade cells of a lab's source, one sentence each; empty when there are
    none."""
    asked, found = cells.asked(source), []
    for cell in source["cells"]:
        if cells.is_check(cell):
            found += [
                f"{cells.grade_id(cell)}, line {line}: {text}"
                for line, text in of_cell(cells.text(cell), asked)
            ]
    return found


def of_cell(text: str, asked: set[str]) -> list[tuple[int, str]]:
    """(line, sentence) pairs for one grade cell. asked: the names that students define."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        why = "not plain Python (a grade cell runs without IPython: no %magic, no !command)"
        return [(error.lineno or 1, why)]
    theirs = tainted(tree, asked)
    found = [pair for node in ast.walk(tree) for pair in of_node(node, theirs)]
    asserts = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    if asserts and all(only_shape(node.test) for node in asserts) and not any(checks_called(tree)):
        why = "compares only shapes, lengths and types: any values of that shape pass"
        found.append((asserts[0].lineno, why))
    return found


def of_node(node: ast.AST, theirs: set[str]) -> Iterator[tuple[int, str]]:
    """theirs: the names whose values come from the student."""
    match node:
        case ast.Compare(left, [ast.Eq() | ast.Is()], [right]):
            if speaks_of(left, theirs) and speaks_of(right, theirs):
                yield (
                    node.lineno,
                    "compares two of the student's values: two wrong ones can be equal",
                )
        case ast.UnaryOp(ast.Not(), ast.Compare(ops=ops)):
            ordered = any(isinstance(op, (ast.Lt, ast.Gt, ast.LtE, ast.GtE)) for op in ops)
            if ordered and speaks_of(node, theirs):
                yield node.lineno, "`not (a > b)` holds for NaN: write `a <= b`"


def tainted(tree: ast.AST, asked: set[str]) -> set[str]:
    """The names in a cell whose values come from the student: `asked`, and what is computed from
    them."""
    theirs = set(asked)
    for _ in range(5):
        before = len(theirs)
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and speaks_of(node.value, theirs):
                theirs |= {
                    name.id
                    for target in node.targets
                    for name in ast.walk(target)
                    if isinstance(name, ast.Name)
                }
        if len(theirs) == before:
            break
    return theirs


def speaks_of(node: ast.AST, names: set[str]) -> bool:
    return any(isinstance(inner, ast.Name) and inner.id in names for inner in ast.walk(node))


def only_shape(test: ast.expr) -> bool:
    parts = test.values if isinstance(test, ast.BoolOp) else [test]
    return all(
        any(
            isinstance(inner, ast.Attribute)
            and inner.attr in OF_SHAPE
            or isinstance(inner, ast.Name)
            and inner.id in OF_SHAPE
            for inner in ast.walk(part)
        )
        for part in parts
    )


def checks_called(tree: ast.AST) -> list[ast.Call]:
    """Calls of the course's own checks, which look at values."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id.startswith("check_")
    ]
