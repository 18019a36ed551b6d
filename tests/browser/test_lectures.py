"""Each lecture in a real JupyterLab: it runs, each control changes its figure, nothing goes wrong and nothing leaves
this machine. A new lecture is one line here: its name and how many controls it has at least."""

import pytest

from .jupyterlab import (
    ROOT,
    answer_predictions,
    assert_no_troubles,
    run_all,
    screenshot,
    use_every_control,
)

LECTURES = [
    ("00_start_here", 2),
    ("01_dense_storage", 9),
    ("02_sparse_formats", 11),
    ("03_what_pruning_is", 7),
    ("04_taylor_and_hessian", 8),
    ("05_loss_based_pruning", 6),
    ("06_magnitude_pruning", 6),
    ("07_schedules_and_layerwise_sparsity", 2),
    ("08_lottery_tickets", 5),
    ("09_pruning_at_initialization", 9),
    ("10_sparse_training", 12),
]


@pytest.mark.parametrize(("name", "controls"), LECTURES)
def test_a_lecture_runs_and_each_of_its_controls_changes_the_figure(name, controls, open_notebook):
    page = open_notebook(f"lectures/{name}.ipynb")
    run_all(page)
    assert_no_troubles(page)
    answer_predictions(page)
    assert use_every_control(page) >= controls
    screenshot(page, name)
    assert_no_troubles(page)


def test_every_lecture_is_in_the_list():
    assert [name for name, _ in LECTURES] == sorted(
        path.stem for path in (ROOT / "lectures").glob("*.ipynb")
    )
