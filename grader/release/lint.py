"""What in a grade cell could be forged by an answer, found by reading the cell."""

import ast

from grader.course import cells

OF_SHAPE = {"shape", "size", "dim", "ndim", "numel", "dtype", "len", "isinstance", "type"}


def complaints(source):
    """Sentences about the grade cells of a lab's source; empty when there is nothing to say."""
    asked, found = cells.asked(source), []
    for cell in source["cells"]:
        if cells.is_check(cell):
            found += [
                f"{cells.grade_id(cell)}, line {line}: {text}"
                for line, text in of_cell(cells.text(cell), asked)
            ]
    return found


def of_cell(text, asked):
    """(line, sentence) pairs for one grade cell. asked: the names that students define."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        return [
            (
                error.lineno or 1,
                "not plain Python (a grade cell runs without IPython: no %magic, no !command)",
            )
        ]
    theirs, found = tainted(tree, asked), []
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Compare)
            and len(node.ops) == 1
            and isinstance(node.ops[0], (ast.Eq, ast.Is))
        ):
            if speaks_of(node.left, theirs) and speaks_of(node.comparators[0], theirs):
                found.append(
                    (
                        node.lineno,
                        "compares two values of the student's with each other: two wrong ones can be equal",
                    )
                )
        if (
            isinstance(node, ast.UnaryOp)
            and isinstance(node.op, ast.Not)
            and isinstance(node.operand, ast.Compare)
            and speaks_of(node, theirs)
        ):
            if any(isinstance(op, (ast.Lt, ast.Gt, ast.LtE, ast.GtE)) for op in node.operand.ops):
                found.append((node.lineno, "`not (a > b)` holds for NaN: write `a <= b`"))
    asserts = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    if asserts and all(only_shape(node.test) for node in asserts) and not any(checks_called(tree)):
        found.append(
            (
                asserts[0].lineno,
                "looks at shapes, lengths and types alone: any values of that shape pass",
            )
        )
    return found


def tainted(tree, asked):
    """The names in a cell whose values come from the student: `asked`, and what is computed from them."""
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


def speaks_of(node, names):
    return any(isinstance(inner, ast.Name) and inner.id in names for inner in ast.walk(node))


def only_shape(test):
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


def checks_called(tree):
    """Calls of the course's own checks, which look at values."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id.startswith("check_")
    ]
