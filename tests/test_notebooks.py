"""Every notebook in git: no outputs and unique ids; the reference of each lab earns full marks."""

import ast
import json
import subprocess
import symtable
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
RUNS = ("lectures", "solutions", "labs")
NOTEBOOKS = sorted(
    path
    for folder in RUNS
    for path in (ROOT / folder).rglob("*.ipynb")
    if ".ipynb_checkpoints" not in path.parts
)


def committed(path):
    """The notebook as git has it: a student's edits never fail a test. Without git, the file."""
    name = path.relative_to(ROOT).as_posix()
    shown = subprocess.run(
        ["git", "show", f"HEAD:{name}"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
    )
    return json.loads(shown.stdout if shown.returncode == 0 else path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem + "@" + path.parts[-2])
def test_a_notebook_is_valid_and_carries_no_outputs_and_unique_ids(path):
    notebook = committed(path)
    nbformat.validate(nbformat.from_dict(notebook))
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook["cells"])
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    "path", [p for p in NOTEBOOKS if "lectures" in p.parts], ids=lambda path: path.stem
)
def test_a_lecture_makes_one_point_a_cell_and_its_code_fits_the_page(path):
    for cell in committed(path)["cells"]:
        lines = "".join(cell["source"]).splitlines()
        if cell["cell_type"] == "code":
            assert len(lines) <= 25 and max(map(len, lines)) <= 100, cell["id"]


@pytest.mark.parametrize(
    "path", [p for p in NOTEBOOKS if "lectures" in p.parts], ids=lambda path: path.stem
)
def test_no_later_cell_of_a_lecture_takes_a_name_that_a_slider_needs(path):
    """A slider calls its function after all cells ran, with what the last left under a name."""
    taken, needs, explored = (
        {},
        {},
        [],
    )  # name: last cell that assigns it; function: the globals it reads
    for number, cell in enumerate(
        cell for cell in committed(path)["cells"] if cell["cell_type"] == "code"
    ):
        source = "".join(cell["source"])
        table = symtable.symtable(source, cell["id"], "exec")
        for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
            if getattr(call.func, "id", "") == "explore":
                explored.append((cell["id"], number, call.args[0].id, dict(needs) | reads(table)))
        needs |= reads(table)
        taken |= {
            symbol.get_name(): number for symbol in table.get_symbols() if symbol.is_assigned()
        }
    for name, number, function, needs in explored:
        todo, needed = [function], set()
        while todo:
            new = needs.get(todo.pop(), set()) - needed
            needed |= new
            todo += new
        later = {other for other in needed if taken.get(other, -1) > number}
        assert not later, f"the slider of {name} needs {later}, which a later cell assigns again"


def reads(table):
    """{function defined at the top of a cell: the global names that it reads, also inside}"""

    def inside(scope):
        own = {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global()}
        return own.union(*(inside(child) for child in scope.get_children()))

    return {
        scope.get_name(): inside(scope)
        for scope in table.get_children()
        if scope.get_type() == "function"
    }


@pytest.mark.notebook
@pytest.mark.parametrize(
    "path", [p for p in NOTEBOOKS if "solutions" in p.parts], ids=lambda path: path.stem
)
def test_the_reference_of_a_lab_passes_every_check(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}
    ).execute()  # raises on any error
    for cell in notebook.cells:
        settings = cell.metadata.get("nbgrader", {})
        results = [
            output.data["text/plain"]
            for output in cell.get("outputs", [])
            if output.output_type == "execute_result"
        ]
        if settings.get("grade") and not settings["solution"] and results:
            assert float(results[-1]) == settings["points"], cell.id  # partial credit: all of it
