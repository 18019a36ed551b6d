"""Which names of a notebook lead to which: found in the source of its cells, which is not run."""

import ast
import symtable
from collections.abc import Iterable, Mapping

from grader.course import cells

Uses = dict[str, set[str]]  # a name that cells define -> the names that it needs

UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)  # what ast has of a bad cell


def of_cells(texts: Iterable[str]) -> Uses:
    """What each name uses that one of these cells defines at its top level. A cell that cannot be
    read defines nothing."""
    found: Uses = {}
    for text in texts:
        for names, needed in statements(text):
            for name in names:
                found.setdefault(name, set()).update(needed)
    return found


def statements(text: str) -> list[tuple[set[str], set[str]]]:
    """(what it defines or changes, what it uses) of each statement of a cell."""
    try:
        return [(changed(node), used(node)) for node in ast.parse(cells.plain(text)).body]
    except UNREADABLE:
        return []


def changed(node: ast.stmt) -> set[str]:
    """The names that a statement defines, and those of objects whose parts it sets: `A.f = g`."""
    parts = (
        part
        for part in ast.walk(node)
        if isinstance(part, (ast.Attribute, ast.Subscript)) and isinstance(part.ctx, ast.Store)
    )
    inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    return cells.names_of(node) | (set() if inside else {base(part) for part in parts} - {""})


def base(part: ast.expr) -> str:
    while isinstance(part, (ast.Attribute, ast.Subscript)):
        part = part.value
    return part.id if isinstance(part, ast.Name) else ""


def used(node: ast.stmt) -> set[str]:
    """The names of the notebook that a statement uses, inside its functions too; not their own."""
    return outside(symtable.symtable(ast.unparse(node), "<cell>", "exec"))


def outside(table: symtable.SymbolTable) -> set[str]:
    top = table.get_type() == "module"
    here = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (top or symbol.is_global())
    }
    return here.union(*map(outside, table.get_children()))


def reached(names: Iterable[str], uses: Mapping[str, set[str]], ends: set[str]) -> set[str]:
    """These names and all that they lead to. ends: names that lead no further."""
    found, left = set(), list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += [] if name in ends else uses.get(name, ())
    return found
