"""Submissions run by a Dask cluster: a real scheduler and real workers on this machine's
loopback."""

import importlib.util
import json
import signal
import subprocess
import sys
import time

import psutil
import pytest

from grader.box.backends import possible
from grader.course.folders import GradingError
from grader.run.grade import grade
from tests.grader.resuming import (
    GONE_IN,
    copy_of,
    finished,
    graded,
    graded_class,
    outliving,
    patient,
    picture,
    started,
)
from tests.grader.tiny import quiet

MISSING = (
    possible("warm")
    if importlib.util.find_spec("distributed")
    else "Dask is not installed: pip install -e .[cluster]"
)
pytestmark = [
    pytest.mark.xdist_group("cluster"),
    pytest.mark.box,
    pytest.mark.skipif(MISSING is not None, reason=str(MISSING)),
]


class Cluster:
    """A scheduler, and workers that are started one by one."""

    def __init__(self, folder):
        self.folder, self.workers = folder, []
        self.scheduler = self.start(
            "scheduler", "--port", "0", "--scheduler-file", str(folder / "address")
        )
        self.wait_for(lambda: (folder / "address").exists() and (folder / "address").stat().st_size)

    def start(self, *arguments):
        with open(self.folder / "log", "ab") as log:
            command = [
                sys.executable,
                "-m",
                "distributed.cli.dask_" + arguments[0],
                "--host",
                "127.0.0.1",
                "--no-dashboard",
                *arguments[1:],
            ]
            return subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def wait_for(self, true, seconds=600):
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def said(self):
        return (self.folder / "log").read_text()

    def worker(self):
        """One more worker that the scheduler knows, with one thread and no nanny that would start
        it again."""
        self.workers.append(
            self.start(
                "worker",
                "--no-nanny",
                "--nthreads",
                "1",
                "--scheduler-file",
                str(self.folder / "address"),
            )
        )
        self.wait_for(lambda: self.said().count("Registered to: ") >= len(self.workers))
        return self.workers[-1]

    @property
    def address(self):
        return json.loads((self.folder / "address").read_text())["address"]

    def close(self):
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.close()


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A class that was graded on this machine."""
    return graded_class(tmp_path_factory.mktemp("here") / "course", 8)


def checkers(worker):
    """The checkers that a worker has started."""
    return [
        child
        for child in psutil.Process(worker.pid).children()
        if "grader.checker.program" in child.cmdline()
    ]


def test_a_cluster_gives_the_same_and_keeps_one_checker_for_each_thread(here, cluster, tmp_path):
    course, worker = copy_of(here, tmp_path / "course"), cluster.worker()
    grade(course, "tiny", patient(scheduler=cluster.address), quiet())
    assert picture(course) == picture(here)
    (checker,) = checkers(worker)
    grade(course, "tiny", patient(scheduler=cluster.address, fresh=True), quiet())
    assert checkers(worker) == [checker]
    family = [checker, *checker.children(recursive=True)]
    assert len(family) > 2
    worker.send_signal(signal.SIGTERM)
    worker.wait(60)
    assert outliving(family, GONE_IN) == []


def test_what_a_dead_worker_had_begun_is_done_by_another(here, cluster, tmp_path):
    course = copy_of(here, tmp_path / "course")
    cluster.worker()
    run = started(course, tmp_path / "temporary", "--scheduler", cluster.address)
    cluster.wait_for(lambda: graded(course) >= 2)
    family = [
        child
        for checker in checkers(cluster.workers[0])
        for child in [checker, *checker.children(recursive=True)]
    ]
    cluster.workers[0].kill()
    cluster.worker()
    finished(run)
    assert outliving(family, GONE_IN) == []
    assert picture(course) == picture(here)


def test_a_scheduler_that_does_not_answer_is_named_quickly(here, tmp_path):
    start = time.monotonic()
    with pytest.raises(GradingError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        grade(
            copy_of(here, tmp_path / "course"),
            "tiny",
            patient(scheduler="tcp://127.0.0.1:9"),
            quiet(),
        )
    assert time.monotonic() - start < 60


def test_a_scheduler_without_workers_is_named(here, cluster, tmp_path, monkeypatch):
    monkeypatch.setattr("grader.run.workers.ANSWERS_IN", 1)
    with pytest.raises(GradingError, match="has no workers. Start one with: dask worker tcp://"):
        grade(
            copy_of(here, tmp_path / "course"), "tiny", patient(scheduler=cluster.address), quiet()
        )
