"""A gradebook on a PostgreSQL server: the marks are those of the file, also with two graders at
once."""

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from grader.box.backends import possible
from grader.course.folders import Course, GradingError
from grader.gradebook.database import gradebook
from grader.gradebook.rows import all_rows, csv_path
from grader.run.grade import grade
from tests.grader.resuming import copy_of, finished, graded_class, patient, started
from tests.grader.tiny import quiet

PASSWORD = "50%/of:it@all"
IN_ADDRESS = "50%25%2Fof%3Ait%40all"
NUMBER = 9


def program(name):
    """The path of one of PostgreSQL's programs; Debian does not put them on PATH."""
    places = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda path: [int(part) for part in path.parts if part.isdigit()],
    )
    return shutil.which(name) or (str(places[-1]) if places else None)


def missing():
    """What a server for the tests lacks here; None when there is all."""
    if not (program("initdb") and program("pg_ctl")):
        return "no PostgreSQL server is installed: apt install postgresql"
    if not importlib.util.find_spec("psycopg"):
        return "psycopg is not installed: pip install -e .[postgresql]"
    return possible("warm")


pytestmark = [
    pytest.mark.xdist_group("postgresql"),
    pytest.mark.box,
    pytest.mark.needs,
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]


class Server:
    """A server on a free port of this machine's loopback, with its files in `folder`."""

    def __init__(self, folder):
        self.folder = folder
        # the server does not run as root
        self.user = (
            {"user": "postgres", "group": "postgres", "extra_groups": []}
            if os.getuid() == 0
            else {}
        )
        if self.user:
            shutil.chown(folder, "postgres", "postgres")
        with contextlib.closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        secret = folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        self.run(
            "initdb",
            "-D",
            folder / "data",
            "-U",
            "grader",
            "-A",
            "scram-sha-256",
            "--pwfile",
            secret,
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
        )

    def run(self, name, *arguments):
        # no pipes: the server would keep them open
        with open(self.folder / "log", "ab") as log:
            done = subprocess.run(
                [program(name), *map(str, arguments)],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self.user,
            )
        assert done.returncode == 0, (self.folder / "log").read_text()

    def start(self):
        settings = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c "
            f"unix_socket_directories={self.folder} -c fsync=off"
        )
        self.run("pg_ctl", "-D", self.folder / "data", "-o", settings, "-w", "start")

    def stop(self):
        self.run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop")

    def address(self, database):
        return f"postgresql+psycopg://grader:{IN_ADDRESS}@127.0.0.1:{self.port}/{database}"

    def empty_database(self, name):
        """The address of a new database."""
        import psycopg

        with psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="grader",
            password=PASSWORD,
            dbname="postgres",
            autocommit=True,
        ) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.address(name)


@pytest.fixture(scope="module")
def server():
    with tempfile.TemporaryDirectory(prefix="pg_") as folder:
        server = Server(Path(folder))
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="module")
def in_a_file(tmp_path_factory):
    """The course graded into a file."""
    return graded_class(tmp_path_factory.mktemp("file") / "course", NUMBER)


def table_of(course):
    """The marks of a course as a table: rows, CSV."""
    return all_rows(course, "tiny"), csv_path(course, "tiny").read_bytes()


def rows_in(course):
    """How many rows each table of the gradebook has."""
    from sqlalchemy import MetaData, func, select

    with gradebook(course) as book:
        tables = MetaData()
        tables.reflect(book.engine)
        return {
            name: book.db.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in tables.tables.items()
        }


def test_marks_are_the_same_as_in_a_file(in_a_file, server, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_GRADEBOOK", server.empty_database("one"))
    course = copy_of(in_a_file, tmp_path / "one")
    grade(course, "tiny", patient(), quiet())
    assert table_of(course) == table_of(in_a_file)
    assert not (course.folder / "gradebook.db").exists()


def test_marks_by_hand_and_regrading_are_as_in_a_file(in_a_file, server, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_GRADEBOOK", server.empty_database("byhand"))
    course = copy_of(in_a_file, tmp_path / "byhand")
    grade(course, "tiny", patient(), quiet(), "student000")
    with gradebook(course) as book:
        mark = book.find_grade("explanation", "tiny", "tiny", "student000")
        mark.manual_score, mark.needs_manual_grade = 3, False
        book.db.commit()
    row = grade(course, "tiny", patient(fresh=True), quiet(), "student000")[0]
    assert (row.total, row.pending) == (9, False)


@pytest.mark.parametrize("folders", ["one folder", "two folders"])
def test_two_graders_at_once_on_an_empty_database_give_the_same_marks(
    in_a_file, server, tmp_path, monkeypatch, folders
):
    monkeypatch.setenv("COURSE_GRADEBOOK", server.empty_database(folders.replace(" ", "_")))
    courses = [copy_of(in_a_file, tmp_path / "first")]
    courses.append(
        courses[0] if folders == "one folder" else copy_of(in_a_file, tmp_path / "second")
    )
    runs = [
        started(course, tmp_path / f"temporary{number}", "--jobs", "1")
        for number, course in enumerate(courses)
    ]
    for run in runs:
        finished(run)
    expected = all_rows(in_a_file, "tiny")
    for course in courses:
        without = [row.outcome.sentence for row in all_rows(course, "tiny")]
        assert without == [row.outcome.sentence for row in expected]
        assert [
            (row.student, row.points, row.total, row.pending) for row in all_rows(course, "tiny")
        ] == [(row.student, row.points, row.total, row.pending) for row in expected]
    found = rows_in(courses[0])
    assert found == rows_in(in_a_file)
    assert found["alembic_version"] == found["assignment"] == 1
    assert (
        found["submitted_assignment"]
        == found["submitted_notebook"]
        == sum(row.outcome.graded for row in expected)
    )


def test_a_server_that_does_not_answer_is_named(in_a_file, tmp_path):
    course = copy_of(in_a_file, tmp_path / "down")
    with contextlib.closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        run = started(
            course,
            tmp_path / "temporary",
            COURSE_GRADEBOOK=f"postgresql+psycopg://grader@127.0.0.1:{free.getsockname()[1]}/none",
        )
        said, _ = run.communicate(timeout=120)
    assert run.returncode == 1 and "Traceback" not in said
    assert "The gradebook's database cannot be used: " in said and "refused" in said


@pytest.mark.parametrize("address", ["postgresql+nothing://host/name", "no address"])
def test_an_address_that_cannot_be_used_is_named_with_what_to_write(
    in_a_file, monkeypatch, address
):
    monkeypatch.setenv("COURSE_GRADEBOOK", address)
    with pytest.raises(GradingError, match=r"COURSE_GRADEBOOK.*postgresql\+psycopg://USER"):
        gradebook(Course(in_a_file.root))
