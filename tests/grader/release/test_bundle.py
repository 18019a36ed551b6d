"""What a class is handed: it works, and nothing that students must not have is in it."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.course import cells
from grader.course.folders import Course, GradingError
from grader.release.bundle import bundle, never_run
from grader.run.seed import course_secret
from tests.browser.jupyterlab import Server, answers, free_port, stop, wait_for
from tests.grader.tiny import HERE, release_unproved

pytestmark = pytest.mark.xdist_group("bundle")
LAB = "lab03_magnitude_pruning"
READS = ("README.md", "lectures", "labs", "solutions", "settings")
LEFT_BEHIND = shutil.ignore_patterns(
    ".venv", ".git", ".course", "__pycache__", "build", "*.egg-info", ".pytest_cache"
)
WORDS = 25  # a line longer than this is no coincidence


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course, with what lies about in the folder of somebody who teaches it."""
    root = tmp_path_factory.mktemp("course") / "course"
    shutil.copytree(
        HERE,
        root,
        ignore=lambda folder, names: {
            *LEFT_BEHIND(folder, names),
            *({"grading"} if Path(folder) == HERE else ()),
        },
    )
    course = Course(root.resolve())
    for lab in course.labs():
        shutil.rmtree(course.root / "labs" / lab)
        release_unproved(course, lab)
    course_secret(course)
    for name in [
        ".git/config",
        ".venv/pyvenv.cfg",
        "grading/submitted/ada/notes.ipynb",
        "grading/lab03.csv",
        "lectures/.ipynb_checkpoints/a.ipynb",
        "lectures/marks.csv",
        "utils/model/__pycache__/data.py",
        "utils/my.env",
        "labs/old/old.ipynb",
        "settings/student/token.txt",
        "notes.ipynb",
    ]:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            '{"cells": [], "what": "private words of the instructor"}', encoding="utf-8"
        )
    os.symlink(root / "notes.ipynb", root / "lectures" / "link.ipynb")
    return course


@pytest.fixture(scope="module")
def archive(course):
    """The bytes of every entry by its name, without the folder at the top."""
    with zipfile.ZipFile(bundle(course, course.root.parent / "class.zip")) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def unpacked(course, archive, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(course.root.parent / "class.zip") as archive:
        archive.extractall(folder)
    (top,) = folder.iterdir()
    return top


def texts(name, data):
    """What an entry says, as it is and as a reader of the notebook sees it."""
    text = data.decode("utf-8", "replace")
    return (
        text + "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
        if name.endswith(".ipynb")
        else text
    )


def lines_between(course, begin, end):
    """The long lines in the regions between these marks, of every solution."""
    for lab in course.labs():
        for cell in json.loads(course.source(lab).read_text(encoding="utf-8"))["cells"]:
            for region in re.findall(f"{begin}\n(.*?){end}", "".join(cell["source"]), re.DOTALL):
                yield from (
                    line.strip() for line in region.splitlines() if len(line.strip()) > WORDS
                )


def public(course):
    """What anybody may read: the rooms of the library but grading, the lectures, and the cells of
    the labs that are no answers."""
    paths = [
        path
        for path in (course.root / "utils").rglob("*.py")
        if "grading" not in path.parts[len(course.root.parts) :]
    ]
    text = "".join(path.read_text(encoding="utf-8") for path in paths)
    for path in (course.root / "lectures").glob("*.ipynb"):
        text += texts(path.name, path.read_bytes())
    for lab in course.labs():
        for cell in json.loads(course.source(lab).read_text(encoding="utf-8"))["cells"]:
            text += (
                re.sub("### BEGIN.*?### END", "", "".join(cell["source"]), flags=re.DOTALL) + "\n"
            )
    return text


@pytest.mark.parametrize("region, at_least", [("HIDDEN TESTS", 50), ("SOLUTION", 15)])
def test_no_line_of_a_hidden_test_or_of_an_answer_is_in_it(course, archive, region, at_least):
    known = public(course)
    secret = {
        line
        for line in lines_between(course, f"### BEGIN {region}", f"### END {region}")
        if line not in known
    }
    assert len(secret) >= at_least
    for name, data in archive.items():
        text = texts(name, data)
        assert not [line for line in secret if line in text], name


def test_nothing_of_solutions_grading_tests_and_what_lies_about_is_in_it(course, archive):
    forbidden = (
        "solutions/",
        "grading/",
        "grader/run/examples",
        "grader/run/demo",
        "grader/release",
        "grader/lms",
        "grader/selftest",
        "grader/__main__",
        "tests/",
        "benchmarks/",
        "settings/instructor",
        ".git/",
        ".venv/",
        ".ci/",
        "labs/old",
    )
    assert not [
        name
        for name in archive
        if name.startswith(forbidden) or "__pycache__" in name or "checkpoints" in name
    ]
    secret = course_secret(course)
    for name, data in archive.items():
        assert b"private words" not in data, name
        assert secret not in data and secret.hex().encode() not in data, name
        marks = re.search(rb"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)", data)
        assert not marks or name.startswith("grader/"), name


def test_every_file_of_lectures_labs_and_library_is_in_it(archive):
    known = subprocess.run(
        ["git", "-C", str(HERE), "ls-files", "lectures", "labs", "utils", "settings/student"],
        capture_output=True,
        text=True,
        check=False,
    )
    if known.returncode:
        pytest.skip("not a git checkout")
    wanted = {
        name
        for name in known.stdout.split()
        if not name.startswith("grader/") and (HERE / name).exists()
    }
    assert wanted <= set(archive)


def test_the_same_course_makes_the_same_bytes(course, archive, tmp_path):
    for path in (course.root / "lectures").iterdir():
        os.utime(path, (1e9, 1e9), follow_symlinks=False)
    again = bundle(course, tmp_path / "again.zip")
    assert again.read_bytes() == (course.root.parent / "class.zip").read_bytes()
    with zipfile.ZipFile(again) as opened:
        assert opened.namelist() == sorted(opened.namelist())
        assert opened.testzip() is None


def test_each_lab_is_in_it_as_it_was_released_too(course, archive):
    for lab in course.labs():
        assert archive[f"labs/.released/{lab}.ipynb"] == archive[f"labs/{lab}/{lab}.ipynb"]


def test_its_readme_speaks_of_nothing_that_is_not_there(archive):
    readme = archive["README.md"].decode()
    links = re.findall(r"\]\(([^):]+)\)", readme)
    assert "LICENSE" in links and set(links) <= set(archive)
    assert not re.search(
        r"solutions/|grading/|benchmarks/|course.py (test|grade|release|lab --instructor)", readme
    )
    assert "python3 course.py lab" in readme


def test_notebooks_go_out_without_outputs(course, tmp_path):
    path = course.root / "lectures" / "00_start_here.ipynb"
    before = path.read_bytes()
    notebook = json.loads(before)
    code = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    code.update(
        execution_count=7,
        outputs=[{"output_type": "stream", "name": "stdout", "text": "from the home folder"}],
    )
    path.write_text(json.dumps(notebook), encoding="utf-8")
    try:
        with zipfile.ZipFile(bundle(course, tmp_path / "class.zip")) as archive:
            assert json.loads(
                archive.read("sparsity-course/lectures/00_start_here.ipynb")
            ) == json.loads(before)
    finally:
        path.write_bytes(before)


@contextlib.contextmanager
def changed(path, data):
    """A file with these bytes for a while; None takes it away."""
    before = path.read_bytes() if path.exists() else None
    path.unlink(missing_ok=True) if data is None else path.write_bytes(data)
    try:
        yield
    finally:
        path.unlink(missing_ok=True) if before is None else path.write_bytes(before)


@pytest.mark.parametrize(
    "name, data, message",
    [
        (f"labs/{LAB}/{LAB}.ipynb", b"{}", f"labs/{LAB} is not what solutions/{LAB} generates"),
        (f"labs/{LAB}/answers.py", b"x = 1", f"labs/{LAB} is not what solutions/{LAB} generates"),
        (
            "lectures/07_copy.ipynb",
            b'{"cells": [{"source": "### BEGIN HIDDEN TESTS"}]}',
            "lectures/07_copy.ipynb would go to students",
        ),
        ("environment.yml", None, "environment.yml is missing from"),
    ],
)
def test_what_must_not_go_out_or_is_not_finished_is_refused(course, tmp_path, name, data, message):
    with changed(course.root / name, data), pytest.raises(GradingError, match=message):
        bundle(course, tmp_path / "class.zip")
    assert not list(tmp_path.iterdir())


def test_the_command_says_where_it_is(course, tmp_path, capsys):
    assert (
        main(["--course", str(course.root), "release", "--bundle", str(tmp_path / "class.zip")])
        == 0
    )
    assert str(tmp_path / "class.zip") in capsys.readouterr().out
    assert main(["--course", str(course.root), "release", "--bundle"]) == 0
    assert (course.folder / "class.zip").exists()
    assert main(["--course", str(course.root), "release", "--bundle", LAB]) == 1
    assert ".zip" in capsys.readouterr().err


# --- a student unpacks it ------------------------------------------------------------------------

VALIDATE = """
import json, sys, utils
from pathlib import Path
from grader.selfcheck import validate
print(json.dumps({"library": utils.__file__, "said": validate.answer(Path(sys.argv[1]))}))
"""


def surroundings(folder):
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COURSE_", "JUPYTER"))
    } | {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"}


def run(folder, *arguments):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=surroundings(folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def answer(course, unpacked):
    """Writes the reference answer of the first exercise into the student's lab. Returns the name of
    the exercise."""
    source = json.loads(course.source(LAB).read_text(encoding="utf-8"))["cells"]
    right = next(cell for cell in source if cell["metadata"].get("nbgrader", {}).get("solution"))
    path = unpacked / "labs" / LAB / f"{LAB}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    next(cell for cell in notebook["cells"] if cell["id"] == right["id"])["source"] = right[
        "source"
    ]
    kept = (cells.is_answer, cells.is_own, cells.is_check)
    notebook["cells"] = [  # without those that only look, which train networks
        one for one in notebook["cells"] if not cells.is_code(one) or any(f(one) for f in kept)
    ]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return right["metadata"]["nbgrader"]["grade_id"]


@pytest.mark.box
def test_validate_and_check_need_nothing_that_is_not_in_it(course, unpacked):
    exercise = answer(course, unpacked)
    path = unpacked / "labs" / LAB / f"{LAB}.ipynb"
    ran = run(unpacked, "-c", VALIDATE, str(path))
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["library"] == str(unpacked / "utils" / "__init__.py")
    assert found["said"]["success"], found["said"]["value"]
    named = [entry["source"].split()[4].rstrip(":") for entry in found["said"]["value"]["failed"]]
    visible = [
        grade_id for grade_id, _, _ in course.checks(LAB) if not grade_id.startswith("hidden_")
    ]
    assert named == [name for name in visible if name != f"check_{exercise}"]
    ran = run(unpacked, "-m", "grader.selfcheck", "lab03", "--no-page")
    assert ran.returncode == 1 and ran.stderr == ""
    assert re.search(rf"^1 +{exercise} +4 of 4 ", ran.stdout, re.MULTILINE)
    assert "points are for checks that you do not see" in ran.stdout


def test_the_door_opens_and_the_doctor_looks(unpacked):
    assert "course.py lab " in run(unpacked, "course.py", "--help").stdout
    ran = run(unpacked, "-c", "from bootstrap.doctor import inside; inside()")
    assert "torch works" in ran.stdout and "Traceback" not in ran.stderr


COMMAND = """
import json, sys
from pathlib import Path
from bootstrap.jupyter import jupyter_command
print(json.dumps(jupyter_command(Path.cwd(), False, sys.argv[1:])))
"""


def command(folder, arguments):
    """(argv, environment) that the course.py of a folder starts JupyterLab with."""
    ran = run(folder, "-c", COMMAND, *arguments)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.browser
def test_a_students_lab_starts_with_validate_and_without_formgrader(unpacked):
    port, token = free_port(), "t" * 32
    arguments = [
        "--no-browser",
        "--ip=127.0.0.1",
        f"--port={port}",
        f"--IdentityProvider.token={token}",
        "--ServerApp.port_retries=0",
    ]
    argv, env = command(unpacked, arguments)
    argv[0] = sys.executable  # the packages of this test; a student's course.py makes .venv first
    log = unpacked / "jupyterlab.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            argv,
            env=surroundings(unpacked)
            | {name: env[name] for name in env if name.startswith("JUPYTER")},
            cwd=unpacked,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            server = Server(unpacked, port, token)
            wait_for(lambda: answers(server, process, log), 60, "JupyterLab did not start")
            assert server.ask(f"api/contents/labs/{LAB}/{LAB}.ipynb")["type"] == "notebook"
            assert reached(server, "nbgrader_version", version="0") and not reached(
                server, "formgrader/api/assignments"
            )
        finally:
            stop(process)


def reached(server, path, **query):
    """Whether the server has something at this path."""
    try:
        with urllib.request.urlopen(server.url(path, **query), timeout=10):
            return True
    except urllib.error.HTTPError as error:
        assert error.code == 404
        return False


def test_it_can_be_installed_with_all_of_its_library(unpacked, archive, tmp_path):
    pytest.importorskip("setuptools")
    folder = tmp_path / "course"
    shutil.copytree(unpacked, folder, ignore=LEFT_BEHIND)
    ran = run(folder, "-c", "from setuptools import build_meta; print(build_meta.build_wheel('.'))")
    assert ran.returncode == 0, ran.stderr
    with zipfile.ZipFile(folder / ran.stdout.split()[-1]) as wheel:
        installed = {name for name in wheel.namelist() if name.startswith("utils/")}
    assert installed == {name for name in archive if name.startswith("utils/")}


def test_a_lecture_that_was_run_and_saved_goes_out_as_if_it_never_ran():
    clean = {"cells": [{"cell_type": "markdown", "source": "x"}], "metadata": {"a": 1}}
    ran = {**clean, "metadata": {"a": 1, "widgets": {"state": "17"}}}
    data = json.dumps(clean).encode()
    assert never_run(data) == data
    assert json.loads(never_run(json.dumps(ran).encode())) == clean
