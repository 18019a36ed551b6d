"""Each lecture in a real JupyterLab: it runs, each of its controls changes its figure, nothing goes
wrong and nothing leaves this machine."""

import ast
import json

import pytest

from bootstrap import manifest
from utils.model.remember import HERE

from .jupyterlab import (
    ROOT,
    answer_predictions,
    assert_no_troubles,
    run_all,
    screenshot,
    use_every_control,
)

RUNS = ("lectures",)
LECTURES = [lecture.file for lecture in manifest.read(ROOT).lectures]


def controls(name):
    """How many controls the calls of `explore` in a lecture ask for."""
    cells = json.loads((ROOT / "lectures" / name).read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    calls = [
        node
        for source in sources
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "explore"
    ]
    return sum(keyword.arg != "labels" for call in calls for keyword in call.keywords)


@pytest.mark.parametrize("name", LECTURES)
def test_a_lecture_runs_and_each_of_its_controls_changes_the_figure(name, open_notebook):
    page = open_notebook(f"lectures/{name}")
    run_all(page)
    assert_no_troubles(page)
    stale = page.get_by_text(HERE).all_text_contents()
    assert not stale, (
        "a shipped result is not this program's: run `python -m utils.experiments.ship`"
    )
    answer_predictions(page)
    assert use_every_control(page) == controls(name) >= 1
    screenshot(page, name.removesuffix(".ipynb"))
    assert_no_troubles(page)
