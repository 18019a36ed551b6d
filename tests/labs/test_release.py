"""labs/ is the image of solutions/, as committed: a student's own edits never make this fail."""

import io
import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from grader.course.folders import Course
from grader.gradebook.assignment import generate
from grader.release.labs import contents

HERE = Path(__file__).resolve().parents[2]
READS = ("nbgrader_config.py", "course.toml", "solutions", "labs")


def git(*arguments):
    try:
        return subprocess.run(
            ["git", "-C", str(HERE), *arguments], capture_output=True, check=False
        )
    except FileNotFoundError:
        pytest.skip("git is not installed, so there is no commit to compare with")


@pytest.fixture(scope="module")
def committed(tmp_path_factory):
    """The course as committed, in a folder of its own."""
    if git("rev-parse", "--verify", "--quiet", "HEAD").returncode:
        pytest.skip("not in a git checkout: nothing is committed that could be compared")
    known = [name for name in READS if git("cat-file", "-e", f"HEAD:{name}").returncode == 0]
    if known != list(READS):
        pytest.skip(f"not committed yet: {', '.join(sorted(set(READS) - set(known)))}")
    folder = tmp_path_factory.mktemp("committed")
    with tarfile.open(fileobj=io.BytesIO(git("archive", "HEAD", *READS).stdout)) as archive:
        archive.extractall(folder, filter="data")
    return Course(folder.resolve())


@pytest.fixture(scope="module")
def notebooks(committed):
    """The released notebooks, by name of the lab."""
    return {
        lab: json.loads(committed.released(lab).read_text(encoding="utf-8"))
        for lab in committed.labs()
    }


def test_labs_are_what_solutions_generate(committed):
    made = {
        f"{lab}/{name}": text
        for lab in committed.labs()
        for name, text in contents(generate(committed, lab)).items()
    }
    released = contents(committed.root / "labs")
    assert sorted(made) == sorted(released)
    different = [name for name in made if made[name] != released[name]]
    assert not different, f"run `python3 course.py release` and commit labs/: {different}"


def test_no_solution_and_no_hidden_test_is_released(committed):
    for name, text in contents(committed.root / "labs").items():
        for mark in (b"BEGIN SOLUTION", b"END SOLUTION", b"HIDDEN TESTS", b"MARK SCHEME"):
            assert mark not in text, f"{mark.decode()} in labs/{name}"


def test_released_notebooks_have_no_outputs_and_were_never_run(notebooks):
    for lab, notebook in notebooks.items():
        for cell in notebook["cells"]:
            assert not cell.get("outputs") and cell.get("execution_count") is None, (
                f"{lab}: {cell['id']}"
            )


def test_every_cell_has_an_id_of_its_own(committed, notebooks):
    for lab, notebook in notebooks.items():
        ids = [cell["id"] for cell in notebook["cells"]]
        assert len(set(ids)) == len(ids)
        source = json.loads(committed.source(lab).read_text(encoding="utf-8"))
        assert ids == [cell["id"] for cell in source["cells"]]


def test_an_answer_of_the_source_is_not_in_the_release(committed, notebooks):
    for lab, notebook in notebooks.items():
        source = json.loads(committed.source(lab).read_text(encoding="utf-8"))
        released = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
        for cell in source["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("solution"):
                assert "".join(cell["source"]) != released[cell["id"]]
                assert (
                    cell["cell_type"] != "code"
                    or "raise NotImplementedError" in released[cell["id"]]
                ), f"{lab}: {cell['id']}"
