"""What lies in a student's folder: nothing is followed, opened or run that is not a plain file."""

import os
import shutil
import socket
import stat
import time

import pytest

from grader.intake import folder as folders
from grader.intake import submitted
from grader.intake.folder import timestamp
from grader.intake.submitted import read
from tests.grader.intake.handed_in import is_full
from tests.grader.tiny import RIGHT, submit, write

posix = pytest.mark.skipif(os.name == "nt", reason="needs links and pipes")

pytestmark = pytest.mark.xdist_group("intake")


def test_an_empty_folder_and_no_folder_are_said(take, folder):
    assert take().problem == "no notebook named tiny.ipynb in the folder (found: nothing)"
    folder.rmdir()
    assert take().problem == "tiny is missing: it must be a folder"
    folder.write_text("x")
    assert take().problem == "tiny is a file: it must be a folder"


def test_other_files_are_listed_when_there_is_no_notebook(take, folder):
    for number in range(12):
        (folder / f"{number:02}.txt").touch()
    assert take().problem == (
        "no notebook named tiny.ipynb in the folder (found: "
        f"{', '.join(f'{number:02}.txt' for number in range(10))} and 2 more)"
    )


def test_a_folder_that_nbgrader_takes_for_a_pattern_is_refused(course, source):
    submit(course, "[a-z]", RIGHT)
    assert (
        read(course, "tiny", "[a-z]", source).problem
        == "nbgrader cannot read a folder named [a-z]: rename it without * ? [ ]"
    )
    shutil.rmtree(course.submitted("tiny", "[a-z]").parent)


def test_harmless_leftovers_are_passed_over(take, right, folder):
    for name in (".ipynb_checkpoints", "__MACOSX", ".git"):
        (folder / name).mkdir()
        (folder / name / "torch.py").touch()
    for name in (
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
        "._tiny.ipynb",
        "timestamp.txt",
        ".gitignore",
    ):
        (folder / name).touch()
    submission = take(right)
    assert (is_full(submission), submission.warnings, submission.remarks) == (True, (), ())


def test_data_and_pictures_are_not_looked_at(take, right, folder):
    (folder / "data").mkdir()
    for name in ("data/numbers.csv", "picture.png", "LICENSE", "data/tiny.ipynb"):
        (folder / name).touch()
    submission = take(right)
    assert (
        is_full(submission)
        and submission.warnings == ()
        and submission.remarks == ("ignored: LICENSE, data/numbers.csv and 2 more",)
    )


@pytest.mark.parametrize(
    "path, named",
    [
        ("torch.py", "torch.py"),
        ("TORCH.PY", "TORCH.PY"),
        ("sitecustomize.py", "sitecustomize.py"),
        ("torch/__init__.py", "torch/__init__.py"),
        ("a/b/c.so", "a/b/c.so"),
        ("x.pth", "x.pth"),
        (".ipython/profile_default/startup/x.py", ".ipython/"),
        (".pythonrc", ".pythonrc"),
        ("__pycache__/torch.pyc", "__pycache__/torch.pyc"),
        ("evil\n\x1b[31m.py", "evil??[31m.py"),
    ],
)
def test_what_could_be_imported_is_refused_by_name_and_the_notebook_graded(
    take, right, folder, path, named
):
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text("raise SystemExit")
    submission = take(right)
    assert is_full(submission) and submission.warnings == (f"refused: {named}",)


def test_many_files_are_named_in_short_and_a_flood_is_not_counted(take, right, folder):
    for number in range(1500):
        (folder / f"m{number:04}.py").touch()
    (warning,) = take(right).warnings
    assert (
        warning.startswith("refused: m0000.py, m0001.py and ") and int(warning.split()[-2]) < 1000
    )


@posix
def test_deep_folders_are_not_too_deep(take, right, folder):
    place = os.getcwd()
    os.chdir(folder)
    for _ in range(1100):
        os.mkdir("d")
        os.chdir("d")
    os.chdir(place)
    assert take(right).problem is None
    os.system(f'rm -rf "{folder}"')


@posix
@pytest.mark.parametrize(
    "name", ["other.csv", "sub/other.csv", ".DS_Store", "timestamp.txt", "picture.png"]
)
def test_a_link_beside_the_notebook_is_refused(course, take, right, folder, name):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).symlink_to(course.source("tiny"))
    submission = take(right)
    assert is_full(submission) and submission.warnings == (f"refused: {name} (a link)",)


@posix
def test_a_linked_folder_is_refused_and_not_entered(take, right, folder, tmp_path):
    (tmp_path / "secret.py").touch()
    (folder / "data").symlink_to(tmp_path)
    submission = take(right)
    assert is_full(submission) and submission.warnings == ("refused: data (a link)",)


@posix
def test_a_link_in_place_of_the_notebook_is_not_followed(course, take, folder):
    (folder / "tiny.ipynb").symlink_to(course.source("tiny"))
    submission = take()
    assert (
        submission.problem == "tiny.ipynb is a link to another file: submit the file itself"
        and submission.content == b""
    )


@posix
def test_a_link_in_place_of_a_folder_is_not_followed(course, take, right, folder, tmp_path):
    write(tmp_path / "tiny" / "tiny.ipynb", right["cells"])
    folder.rmdir()
    folder.symlink_to(tmp_path / "tiny")
    assert take().problem == "tiny is a link: it must be a folder"
    folder.unlink()
    folder.parent.rmdir()
    folder.parent.symlink_to(tmp_path)
    assert take().problem == "ada is a link: it must be a folder"
    folder.parent.unlink()


@posix
@pytest.mark.parametrize("name", ["tiny.ipynb", "other.csv", "tiny (1).ipynb", "timestamp.txt"])
def test_a_pipe_is_not_opened(take, folder, name):
    os.mkfifo(folder / name)
    start = time.monotonic()
    assert "a pipe" in take().problem and timestamp(folder) == ""
    assert time.monotonic() - start < 30


@posix
def test_a_pipe_that_takes_the_files_place_is_not_waited_for(folder, monkeypatch):
    os.mkfifo(folder / "tiny.ipynb")
    monkeypatch.setattr(folders, "kind_of", lambda path: folders.FILE)
    assert submitted.open_file(folder / "tiny.ipynb").problem == "tiny.ipynb is empty"


@posix
def test_a_link_that_takes_the_files_place_is_not_followed(course, folder, monkeypatch):
    (folder / "tiny.ipynb").symlink_to(course.source("tiny"))
    monkeypatch.setattr(folders, "kind_of", lambda path: folders.FILE)
    assert submitted.open_file(folder / "tiny.ipynb").problem.startswith(
        "tiny.ipynb cannot be read: "
    )


@posix
def test_sockets_and_devices_are_not_opened(take, folder):
    place = os.getcwd()
    os.chdir(folder)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("tiny.ipynb")
    os.chdir(place)
    assert take().problem == "tiny.ipynb is a socket, not a file"
    (folder / "tiny.ipynb").unlink()
    if os.geteuid() == 0:
        os.mknod(folder / "tiny.ipynb", stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero
        assert take().problem == "tiny.ipynb is a device, not a file"


def test_a_folder_named_like_the_notebook_is_said(take, folder):
    (folder / "tiny.ipynb").mkdir()
    assert take().problem == "tiny.ipynb is a folder, not a file"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything may be read by root")
def test_a_file_without_the_right_to_read_it_is_said(take, right, folder):
    take(right)
    (folder / "tiny.ipynb").chmod(0)
    assert take().problem == "tiny.ipynb cannot be read: Permission denied"


def test_the_timestamp_is_read_from_a_small_regular_file(folder):
    assert timestamp(folder) == ""
    (folder / "timestamp.txt").write_text("2026-01-02 03:04:05.000000 UTC\n")
    assert timestamp(folder) == "2026-01-02 03:04:05.000000 UTC"
    (folder / "timestamp.txt").write_bytes(b"\xff")
    assert timestamp(folder) == ""
    (folder / "timestamp.txt").write_text("0" * 2000)
    assert timestamp(folder) == ""


def test_what_nbgraders_exchange_puts_beside_a_notebook_is_no_further_file(course, folder, take):
    submit(course, "ada", RIGHT)
    texts = {"timestamp.txt": "2027-05-03 09:00:00 UTC", "submission_secret.txt": "s"}
    for name, text in texts.items():
        (folder / name).write_text(text)
    assert folders.companions(folder) == texts
    assert take().remarks == ()
