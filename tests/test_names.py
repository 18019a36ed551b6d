"""Each module has tests under its own name, or a reason stands here; each folder of experiments
belongs to a lecture.
"""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
READS = ("utils", "grader", "bootstrap", "tests", "lectures")
LIBRARY = [
    "experiments",
    "formats",
    "importance",
    "model",
    "plots",
    "pruning",
    "sparse_training",
    "widgets",
]
FROM_INSIDE = "selftest/test_canaries.py tries from inside a box what it forbids"
PART_OF_A_TRIAL = (
    "selftest/test_canaries.py runs trials: with boxes that hold, with holes, and bare"
)
WITHOUT_TESTS = {
    "bootstrap/console.py": "what the others print with",
    "grader/box/landlock.py": FROM_INSIDE,
    "grader/box/program.py": "every test with a box starts it",
    "grader/box/rights.py": FROM_INSIDE,
    "grader/box/wall.py": FROM_INSIDE,
    "grader/box/warm.py": "speed alone: benchmarks/grading.py measures it",
    "grader/course/limits.py": "a dataclass",
    "grader/run/one.py": "run/test_grade.py and all that grade a class use it",
    "grader/selfcheck/plain.py": "selfcheck/test_running.py starts it",
    "grader/selftest/attacks/amounts.py": PART_OF_A_TRIAL,
    "grader/selftest/attacks/leaving.py": PART_OF_A_TRIAL,
    "grader/selftest/attacks/reaching.py": PART_OF_A_TRIAL,
    "grader/selftest/attacks/reading.py": PART_OF_A_TRIAL,
    "grader/selftest/attacks/rights.py": PART_OF_A_TRIAL,
    "grader/selftest/attacks/tools.py": PART_OF_A_TRIAL,
    "grader/selftest/bait.py": PART_OF_A_TRIAL,
    "grader/selftest/canary.py": "a dataclass",
    "grader/selftest/trial.py": PART_OF_A_TRIAL,
    "grader/selftest/watching.py": PART_OF_A_TRIAL,
}
OF_THE_WHOLE = {
    "tests/grader/lms/test_whole_class.py": "from three platforms' archives to their gradebooks",
    "tests/grader/run/test_cases.py": "a class of bad submissions, graded in one run",
    "tests/grader/run/test_cluster.py": "the workers of a Dask cluster",
    "tests/grader/run/test_resume.py": "runs that are killed and started again",
    "tests/grader/test_as_user.py": "how tests become an ordinary user",
}


def python_files(folder):
    return [path for path in folder.rglob("*.py") if path.name != "__init__.py"]


def files_of_tests(folder):
    return [path for path in python_files(folder) if path.name.startswith("test_")]


@pytest.mark.parametrize("room", LIBRARY)
def test_each_module_has_tests_of_its_name(room):
    modules = {path.relative_to(ROOT / "utils") for path in python_files(ROOT / "utils" / room)}
    named = {
        path.relative_to(ROOT / "tests").with_name(path.name.removeprefix("test_"))
        for path in files_of_tests(ROOT / "tests" / room)
    }
    assert named == modules


@pytest.mark.parametrize("package", ["grader", "bootstrap"])
def test_each_module_has_tests_of_its_name_or_a_reason(package):
    modules = {
        path.relative_to(ROOT).as_posix()
        for path in python_files(ROOT / package)
        if "examples" not in path.parts
    }
    without = {path for path in WITHOUT_TESTS if path.startswith(package)}
    named = {
        path.relative_to(ROOT / "tests").with_name(module_of(path)).as_posix()
        for path in files_of_tests(ROOT / "tests" / package)
        if path.relative_to(ROOT).as_posix() not in OF_THE_WHOLE
    }
    assert named == modules - without
    assert without <= modules


def module_of(path):
    name = path.name.removeprefix("test_")
    return "__main__.py" if name == "main.py" else name


def test_each_test_of_the_whole_is_there():
    assert [path for path in OF_THE_WHOLE if not (ROOT / path).is_file()] == []


def test_each_folder_of_experiments_is_named_after_one_lecture():
    lectures = [path.stem for path in (ROOT / "lectures").glob("*.ipynb")]
    experiments = ROOT / "utils" / "experiments"
    folders = {path.parent.name for path in python_files(experiments)} - {experiments.name}
    for folder in folders:
        assert len([lecture for lecture in lectures if folder in lecture]) == 1, folder
