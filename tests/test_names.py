"""Each module of the teaching library has tests under its own name, and each folder of experiments
belongs to a lecture.
"""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
READS = ("utils", "tests", "lectures")
ROOMS = [
    "experiments",
    "formats",
    "importance",
    "model",
    "plots",
    "pruning",
    "sparse_training",
    "widgets",
]


def python_files(folder):
    return [path for path in folder.rglob("*.py") if path.name != "__init__.py"]


@pytest.mark.parametrize("room", ROOMS)
def test_each_module_has_tests_of_its_name(room):
    modules = {path.relative_to(ROOT / "utils") for path in python_files(ROOT / "utils" / room)}
    named = {
        path.relative_to(ROOT / "tests").with_name(path.name.removeprefix("test_"))
        for path in python_files(ROOT / "tests" / room)
        if path.name.startswith("test_")
    }
    assert named == modules


def test_each_folder_of_experiments_is_named_after_one_lecture():
    lectures = [path.stem for path in (ROOT / "lectures").glob("*.ipynb")]
    folders = {path.parent.name for path in python_files(ROOT / "utils" / "experiments")}
    for folder in folders:
        assert len([lecture for lecture in lectures if folder in lecture]) == 1, folder
