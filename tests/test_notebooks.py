"""Every notebook in git: no outputs, stable ids, nothing of one machine; lab solutions run to full marks and the release to none."""
import json
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted(path for folder in ("lectures", "solutions", "labs") for path in (ROOT / folder).rglob("*.ipynb")
                   if ".ipynb_checkpoints" not in path.parts)


def committed(path):
    """The notebook as git has it, so that a student's own edits never fail a test; the file where there is no git."""
    name = path.relative_to(ROOT).as_posix()
    shown = subprocess.run(["git", "show", f"HEAD:{name}"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    return json.loads(shown.stdout if shown.returncode == 0 else path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem + "@" + path.parts[-2])
def test_a_notebook_is_valid_and_carries_no_outputs_and_unique_ids(path):
    notebook = committed(path)
    nbformat.validate(nbformat.from_dict(notebook))
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook["cells"])
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("path", [p for p in NOTEBOOKS if "lectures" in p.parts], ids=lambda path: path.stem)
def test_a_lecture_makes_one_point_a_cell_and_its_code_fits_the_page(path):
    for cell in committed(path)["cells"]:
        lines = "".join(cell["source"]).splitlines()
        if cell["cell_type"] == "code":
            assert len(lines) <= 25 and max(map(len, lines)) <= 100, cell["id"]


@pytest.mark.parametrize("path", [p for p in NOTEBOOKS if "solutions" in p.parts], ids=lambda path: path.stem)
def test_the_reference_of_a_lab_passes_every_check(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()     # raises on any error
    for cell in notebook.cells:
        settings = cell.metadata.get("nbgrader", {})
        results = [output.data["text/plain"] for output in cell.get("outputs", []) if output.output_type == "execute_result"]
        if settings.get("grade") and not settings["solution"] and results:
            assert float(results[-1]) == settings["points"], cell.id          # partial credit: all of it
