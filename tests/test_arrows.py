"""The arrows of the house: who may import whom."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {
    "formats": set(),
    "model": set(),
    "importance": {"model"},
    "pruning": {"model", "importance"},
    "sparse_training": {"model", "importance", "pruning"},
    "experiments": {"formats", "model", "importance", "pruning", "sparse_training"},
    "plots": set(),
    "widgets": {"plots"},
    "checks": {"model"},
    "grader": {"checks", "plots"},
    "bootstrap": set(),
}
HOUSES = {"utils": set(), "grader": {"utils", "bootstrap"}, "bootstrap": set()}
ONLY_IN = {
    "plotly": {"plots", "widgets"},
    "ipywidgets": {"widgets"},
    "anywidget": {"widgets"},
    "nbgrader": {"grader"},
}
FILES = [
    path
    for house in HOUSES
    for path in sorted((ROOT / house).rglob("*.py"))
    if path.parent != ROOT / "utils" and "examples" not in path.parts
]  # examples are answers


def room_of(path):
    """The room of a file of `utils`; `grader` and `bootstrap` are houses of their own."""
    house, room, *_ = path.relative_to(ROOT).parts
    return room if house == "utils" else house


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the import in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_point_one_way(path):
    room, house = room_of(path), path.relative_to(ROOT).parts[0]
    for name in imported(path):
        top, _, rest = name.partition(".")
        assert top in {house, *HOUSES[house]} or top not in HOUSES, f"{house} imports {top}"
        if top == "utils":
            other = rest.partition(".")[0]
            assert other in {room, "", *ROOMS[room]}, f"{room} imports {other}"
        assert room in ONLY_IN.get(top, {room}), f"{room} imports {top}"


def test_every_room_is_known():
    assert {room_of(path) for path in FILES} <= set(ROOMS)
