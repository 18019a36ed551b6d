"""The arrows of the house: who may import whom."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {
    "bootstrap": set(),
    "utils.formats": set(),
    "utils.model": set(),
    "utils.importance": {"utils.model"},
    "utils.pruning": {"utils.model", "utils.importance"},
    "utils.sparse_training": {"utils.model", "utils.importance", "utils.pruning"},
    "utils.experiments": {
        "utils.formats",
        "utils.model",
        "utils.importance",
        "utils.pruning",
        "utils.sparse_training",
    },
    "utils.plots": set(),
    "utils.widgets": {"utils.plots"},
    "utils.wall": {"bootstrap"},
    "utils.checks": {"utils.model", "utils.wall"},
    "grader.wire": set(),
    "grader.box": {"grader.wire", "utils.wall"},
    "grader.selftest": {"grader.wire", "grader.box"},
    "grader.course": {"bootstrap"},
    "grader.checker": {"grader.wire", "grader.box", "grader.course", "utils.checks"},
    "grader.intake": {"grader.course"},
    "grader.gradebook": {"grader.course"},
    "grader.feedback": {"grader.course", "grader.gradebook", "utils.plots"},
    "grader.lms": {"grader.course", "grader.intake", "grader.gradebook"},
    "grader.run": {
        "grader.box",
        "grader.course",
        "grader.intake",
        "grader.gradebook",
        "grader.feedback",
    },
    "grader.release": {
        "bootstrap",
        "grader.box",
        "grader.course",
        "grader.gradebook",
        "grader.run",
        "utils.checks",
    },
    "grader.selfcheck": {
        "bootstrap",
        "grader.box",
        "grader.checker",
        "grader.course",
        "grader.intake",
        "grader.gradebook",
        "grader.feedback",
        "grader.run",
        "utils.wall",
    },
    "grader.options": {"grader.box"},
    "grader.__main__": {
        "bootstrap",
        "grader.options",
        "grader.selftest",
        "grader.course",
        "grader.gradebook",
        "grader.feedback",
        "grader.intake",
        "grader.lms",
        "grader.run",
        "grader.release",
    },
}
ONLY_IN = {
    "plotly": {"utils.plots", "utils.widgets", "bootstrap"},  # the doctor tries whether it works
    "ipywidgets": {"utils.widgets"},
    "anywidget": {"utils.widgets", "bootstrap"},
    "nbgrader": {
        "grader.intake",
        "grader.gradebook",
        "grader.feedback",
        "grader.run",
        "grader.selfcheck",
    },
}


def room_of(name):
    """The room of a module, or of something in it: `utils.model` of `utils.model.training.fit`.

    `bootstrap` is one room.
    """
    return ".".join(name.split(".")[: 1 if name.startswith("bootstrap") else 2])


READS = HOUSES = ("utils", "grader", "bootstrap")
FILES = {  # examples are answers
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for house in HOUSES
    for path in sorted((ROOT / house).rglob("*.py"))
    if "examples" not in path.parts
}
IN_ROOMS = [name for name in FILES if name not in ("utils", "utils.doctor", "grader")]


def imports(tree):
    """The full names that an import of this file speaks of, each with its own node."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: write the import in full"
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def at_once(tree):
    """The full names that are imported when the file is: those in functions come later."""
    later = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for inner in ast.walk(node)
    }
    return [name for node, name in imports(tree) if node not in later]


def tree_of(name):
    return ast.parse(FILES[name].read_text(encoding="utf-8"))


def module_of(name):
    """The module that a full name is, or is in; None for what is not of this house."""
    while name and name not in FILES:
        name = name.rpartition(".")[0]
    return name or None


@pytest.mark.parametrize("name", IN_ROOMS)
def test_imports_point_one_way(name):
    room = room_of(name)
    for _, other in imports(tree_of(name)):
        top = other.partition(".")[0]
        if top in HOUSES and module_of(other) not in ("utils", "grader"):
            assert room_of(other) in {room, *ROOMS[room]}, f"{room} imports {other}"
        assert room in ONLY_IN.get(top, {room}), f"{room} imports {top}"


def test_every_room_is_known():
    assert {room_of(name) for name in IN_ROOMS} == set(ROOMS)


def test_no_room_is_above_itself():
    TopologicalSorter(ROOMS).prepare()


def test_no_module_imports_itself_by_way_of_others():
    graph = {
        name: {module_of(other) for other in at_once(tree_of(name))} - {name, None}
        for name in FILES
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))
