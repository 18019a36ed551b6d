"""One list of dependencies: conda and course.py lead to pyproject.toml and to nothing else."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]


@pytest.fixture(scope="module")
def conda():
    return yaml.safe_load((ROOT / "environment.yml").read_text())


def by_pip(conda):
    (lines,) = [entry["pip"] for entry in conda["dependencies"] if isinstance(entry, dict)]
    return lines


def by_conda(conda):
    return [entry for entry in conda["dependencies"] if isinstance(entry, str)]


def all_of(extra):
    """Every requirement of an extra, with the lists it refers to written out."""
    found = set()
    for text in PROJECT["dependencies"] + EXTRAS[extra]:
        requirement = Requirement(text)
        if requirement.name == PROJECT["name"]:
            (inner,) = requirement.extras
            found |= all_of(inner)
        else:
            found.add(str(requirement))
    return found


def test_conda_itself_installs_only_python_and_pip(conda):
    assert {re.split("[<>=~! ]", entry)[0] for entry in by_conda(conda)} == {"python", "pip"}
    assert conda["channels"] == ["conda-forge"] and conda["name"] == PROJECT["name"]


def test_conda_takes_the_python_versions_that_pyproject_allows(conda):
    (python,) = [entry for entry in by_conda(conda) if entry.startswith("python")]
    assert SpecifierSet(python.removeprefix("python")) == SpecifierSet(PROJECT["requires-python"])


def test_condas_pip_part_is_the_course_with_one_of_its_extras(conda):
    (line,) = by_pip(conda)
    extra = re.fullmatch(r"-e \.\[(\w+)\]", line).group(1)
    assert extra in EXTRAS


def test_what_condas_pip_step_installs_is_exactly_our_list(conda):
    (line,) = by_pip(conda)
    extra = re.search(r"\[(\w+)\]", line).group(1)
    ours = PROJECT["dependencies"] + EXTRAS["student"]
    assert all_of(extra) == {str(Requirement(text)) for text in ours}


@pytest.mark.skipif(
    "COURSE_TEST_NETWORK" not in os.environ, reason="set COURSE_TEST_NETWORK=1: it asks the index"
)
def test_pip_can_resolve_what_conda_asks_for(conda):
    file = ROOT / "condaenv.test.requirements.txt"  # conda too writes it next to environment.yml
    file.write_text("\n".join(by_pip(conda)))
    try:
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--dry-run", "-U", "-r", file.name],
            cwd=ROOT,
            check=True,
        )
    finally:
        file.unlink()


def test_torch_is_pinned_exactly():
    (torch,) = [
        Requirement(text) for text in PROJECT["dependencies"] if Requirement(text).name == "torch"
    ]
    (version,) = torch.specifier
    assert version.operator == "==" and "*" not in version.version


def test_no_package_is_asked_for_twice():
    for extra in EXTRAS:
        names = [Requirement(text).name for text in all_of(extra)]
        assert len(names) == len(set(names))


def test_what_runs_before_the_set_up_needs_only_the_standard_library():
    """The doctor tries packages, where a missing one is a row: nothing else is imported."""
    modules = [f"bootstrap.{path.stem}" for path in (ROOT / "bootstrap").glob("*.py")]
    code = f"import sys; sys.path.append({str(ROOT)!r}); import course, {', '.join(modules)}"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)
