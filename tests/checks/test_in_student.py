"""The source of a probe is all that it needs: nothing else of the checks goes into a box."""

import builtins
import inspect
import pkgutil
import symtable
import textwrap
from importlib import import_module

import pytest

from utils import checks
from utils.checks.in_student import in_student

MODULES = [
    import_module(each.name)
    for each in pkgutil.walk_packages(checks.__path__, "utils.checks.")
    if not each.ispkg
]
PROBES = [
    pytest.param(value, id=f"{module.__name__.removeprefix('utils.checks.')}.{name}")
    for module in MODULES
    for name, value in vars(module).items()
    if hasattr(value, "probe") and value.__module__ == module.__name__
]


def outside(probe):
    """The names that the source of a probe takes from its module."""
    source = textwrap.dedent(inspect.getsource(probe))
    known, tables = {"in_student", probe.__name__, *dir(builtins)}, []

    def walk(table):
        tables.append(table)
        for inner in table.get_children():
            walk(inner)

    walk(symtable.symtable(source, "<probe>", "exec"))
    used = {each.get_name() for table in tables for each in table.get_symbols() if glob(each)}
    return used - known


def glob(symbol):
    return symbol.is_global() and symbol.is_referenced()


@pytest.mark.parametrize("probe", PROBES)
def test_a_probe_names_nothing_outside_itself(probe):
    assert outside(probe) == set()


def test_a_name_of_the_module_is_found_however_deep():
    def probe(answer: pytest.Module):
        def inner():
            return [PROBES for _ in range(answer)]

        return inner

    assert outside(probe) == {"pytest", "PROBES"}


def test_at_home_a_probe_is_the_function_itself():
    assert in_student(lambda answer, x: answer(x))(abs, -1) == 1
