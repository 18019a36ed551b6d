"""What `test --fast` and `test --changed` run, on a small course made up for it."""

import json
import subprocess

import pytest

from bootstrap.affected import SLOW, choice
from bootstrap.console import Stop

FILES = {
    "pyproject.toml": "[project]",
    "course.py": "",
    "course.toml": "[[lecture]]",
    "README.md": "# A course",
    "docs/guide.md": "# A guide",
    "utils/__init__.py": "",
    "utils/model/__init__.py": "",
    "utils/model/data.py": "import torch",
    "utils/importance/__init__.py": "",
    "utils/importance/magnitude.py": "from utils.model import data",
    "utils/pruning/__init__.py": "",
    "utils/pruning/masks.py": "from utils.importance.magnitude import magnitude",
    "utils/plots/__init__.py": "",
    "utils/plots/bars.py": "import plotly",
    "utils/plots/style.css": "p {}",
    "grader/__init__.py": "",
    "grader/__main__.py": "from grader.box import program",
    "grader/box/__init__.py": "",
    "grader/box/program.py": "",
    "grader/examples/lab01/right.py": "not Python on purpose",
    "benchmarks/speed.py": "from utils.plots import bars",
    "tests/__init__.py": "",
    "tests/conftest.py": "",
    "tests/helper.py": "from utils.pruning import masks",
    "tests/model/test_data.py": '"""As utils.plots.bars."""\nfrom utils.model.data import digits',
    "tests/pruning/test_masks.py": "from .. import helper",
    "tests/plots/conftest.py": "",
    "tests/plots/test_bars.py": "from utils import plots",
    "tests/grader/test_box.py": 'run(["python", "-m", "grader.box.program", "warm"])',
    "tests/grader/test_commands.py": 'run([sys.executable, "-m", "grader", "grade"])',
    "tests/test_text.py": 'PROGRAM = """\n    from utils.plots import bars\n    bars()\n"""',
    "tests/test_words.py": 'WORDS = "python3 course.py lab"',
    "tests/test_docs.py": 'READS = ("README.md", "docs")',
    "tests/test_arrows.py": 'READS = ("utils",)',
    "tests/test_text_of_notebooks.py": 'READS = HERE = ("lectures",)',
    "tests/test_notebooks.py": 'RUNS = ("lectures", "solutions", "course.toml")',
}
NOTEBOOKS = {
    "lectures/01_bars.ipynb": ["%matplotlib inline\nfrom utils.plots import bars"],
    "lectures/02_masks.ipynb": ["from utils.pruning.masks import keep_top", "x ="],
    "solutions/lab01/lab01.ipynb": ["from utils.model.data import digits"],
}


def git(folder, *arguments):
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def course(tmp_path):
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    for path, sources in NOTEBOOKS.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        cells = [{"cell_type": "code", "source": source} for source in sources]
        (tmp_path / path).write_text(json.dumps({"cells": cells}))
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "all")
    return tmp_path


def chosen(course, *changed, since="HEAD"):
    """(the chosen tests, pytest's option -k, the line) after a line more in each of these files."""
    for path in changed:
        with (course / path).open("a") as file:
            file.write("\n")
    arguments, line = choice(course, since=since)
    arguments = arguments or []
    cut = arguments.index("-k") if "-k" in arguments else len(arguments)
    return arguments[:cut], arguments[cut + 1 :], line


def test_fast_leaves_out_every_slow_mark(course):
    arguments, line = choice(course, fast=True)
    assert arguments == ["-m", "not (box or browser or notebook or slow)"]
    assert all(mark in line for mark in SLOW)


def test_all_tests_run_without_an_option_and_nothing_is_said(course):
    assert choice(course) == ([], "")


def test_where_nothing_changed_nothing_runs_and_it_is_said(course):
    message = "Nothing differs from HEAD, so there is no test to run."
    assert choice(course, since="HEAD") == (None, message)


def test_what_imports_a_changed_module_over_any_number_of_steps_runs(course):
    tests, only, line = chosen(course, "utils/importance/magnitude.py")
    assert tests == [
        "tests/pruning/test_masks.py",
        "tests/test_arrows.py",
        "tests/test_notebooks.py",
    ]
    assert only == ["not ((test_notebooks.py) and (01_bars or lab01))"]
    assert line == (
        "3 of 11 test files and 1 of 3 notebooks depend on utils/importance/magnitude.py."
    )


@pytest.mark.parametrize(
    "changed, tests",
    [
        ("utils/plots/bars.py", "text arrows notebooks"),
        ("utils/plots/__init__.py", "plots/bars text arrows notebooks"),
        ("utils/plots/style.css", "plots/bars text arrows notebooks"),
        ("grader/box/program.py", "grader/box grader/commands"),
        ("grader/__main__.py", "grader/commands"),
        ("grader/examples/lab01/right.py", "grader/box grader/commands"),
        ("course.py", ""),
        ("tests/helper.py", "pruning/masks"),
        ("tests/plots/conftest.py", "plots/bars"),
        ("tests/model/test_data.py", "model/data"),
        ("tests/model/test_new.py", "model/new"),
        ("docs/guide.md", "docs"),
        ("lectures/02_masks.ipynb", "notebooks text_of_notebooks"),
    ],
)
def test_a_change_reaches_these_tests_and_no_others(course, changed, tests):
    found = [
        path[len("tests/") : -len(".py")].replace("test_", "")
        for path in chosen(course, changed)[0]
    ]
    assert sorted(found) == sorted(tests.split())


def test_a_changed_notebook_runs_its_own_tests_alone(course):
    assert chosen(course, "lectures/02_masks.ipynb")[1] == [
        "not ((test_notebooks.py or test_text_of_notebooks.py) and (01_bars or lab01))"
    ]


def test_where_the_reader_of_notebooks_changed_itself_all_of_them_run(course):
    tests, only, _ = chosen(course, "lectures/02_masks.ipynb", "tests/test_notebooks.py")
    assert "tests/test_notebooks.py" in tests
    assert only == ["not ((test_text_of_notebooks.py) and (01_bars or lab01))"]


@pytest.mark.parametrize("path", ["pyproject.toml", "settings.json"])
def test_what_is_no_module_of_a_package_concerns_all_tests(course, path):
    arguments, _, line = chosen(course, path, "utils/plots/bars.py")
    assert (arguments, line) == ([], f"All tests: everything depends on {path}.")


def test_an_entry_of_the_manifest_concerns_the_tests_that_read_it(course):
    tests, _, _ = chosen(course, "course.toml")
    assert "tests/test_notebooks.py" in tests and "tests/pruning/test_masks.py" not in tests


def test_a_script_that_nothing_imports_has_no_tests(course):
    with (course / "benchmarks/speed.py").open("a") as file:
        file.write("\n")
    assert choice(course, since="HEAD") == (None, "No test depends on benchmarks/speed.py.")


def test_the_users_of_a_deleted_module_run(course):
    (course / "utils/pruning/masks.py").unlink()
    assert "tests/pruning/test_masks.py" in chosen(course)[0]


def test_a_revision_counts_what_was_committed_since(course):
    (course / "utils/plots/bars.py").write_text("import plotly.express")
    git(course, "commit", "-q", "-a", "-m", "bars")
    assert chosen(course)[0] == []
    assert "tests/plots/test_bars.py" not in chosen(course, since="HEAD~1")[0]
    assert "tests/test_text.py" in chosen(course, since="HEAD~1")[0]


def test_fast_and_changed_go_together(course):
    (course / "docs/guide.md").write_text("changed")
    assert choice(course, fast=True, since="HEAD")[0][:2] == ["tests/test_docs.py", "-m"]


def test_an_unknown_revision_is_said_in_gits_words(course):
    with pytest.raises(Stop, match="git cannot say what has changed: .*no-such"):
        choice(course, since="no-such")


def test_many_changed_files_are_named_by_three_and_a_number(course):
    changed = sorted(path for path in FILES if path.startswith("utils/"))
    line = chosen(course, *changed)[2]
    assert line.endswith(f"depend on {', '.join(changed[:3])} and {len(changed) - 3} more.")
