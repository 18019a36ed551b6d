"""A box of every back-end: it runs a cell, ends with everything in it, and leaves nothing. And
control groups, on a tree of plain files."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

pytest.importorskip("resource", reason="boxes are for Linux and macOS")

from grader.box import backends, bubblewrap, cgroup, plan, process, rights, seccomp, stage, tree
from grader.selftest.trial import texts
from grader.wire.frames import Closed
from tests.grader import as_user
from tests.grader.conftest import ISOLATING, requires

pytestmark = pytest.mark.xdist_group("boxes")
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has them")
COURSE = Path(__file__).resolve().parents[3]
HOLDER = """
import sys, tempfile, time
from pathlib import Path
from grader.box import backends, plan, stage
folder = Path(tempfile.mkdtemp(dir=sys.argv[2]))
stage.build(folder, (), plan.own_user(), plan.HOME)
box = backends.starter(sys.argv[1], plan.Plan(folder, plan.own_user())).box()
print(*box.pids(), flush=True)
time.sleep(60)
"""


@contextlib.contextmanager
def starter(backend, folder):
    """The starter of a back-end, on a stage without rooms. This process adopts orphans meanwhile,
    as a checker does."""
    user = plan.own_user()
    stage.build(folder, (), user, plan.HOME)
    rights.adopt_orphans()
    made = backends.starter(backend, plan.Plan(folder, user, memory=1 << 30, seconds=60))
    try:
        yield made
    finally:
        made.close()
        rights.prctl(rights.PR_SET_CHILD_SUBREAPER, 0)


@pytest.fixture(scope="module", params=ISOLATING)
def boxes(request, tmp_path_factory):
    """A starter of each isolating back-end that this machine has."""
    requires(request.param)
    with starter(request.param, tmp_path_factory.mktemp("stage")) as made:
        yield made


def run(box, source):
    """The texts that a cell shows."""
    box.wire.send({"do": "cell", "source": source})
    return "".join(texts(box.wire.receive()[0]))


def test_a_box_runs_cells_one_after_the_other_and_ends_with_code_0(boxes):
    box = boxes.box()
    run(box, "six = 2 * 3")
    assert "<7>" in run(box, "print(f'<{six + 1}>')")
    assert box.close() == 0


def test_the_next_box_knows_nothing_of_the_last(boxes):
    first = boxes.box()
    run(first, "import builtins; builtins.left = open('left', 'w').write('here') or 'in memory'")
    first.close()
    second = boxes.box()
    assert "<False False>" in run(
        second,
        'import builtins, os; print(f\'<{hasattr(builtins, "left")} {os.path.exists("left")}>\')',
    )
    second.close()


@pytest.mark.parametrize(
    "end, code",
    [
        ("import os; os._exit(7)", 7),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 128 + signal.SIGKILL),
    ],
)
def test_the_exit_code_comes_out(boxes, end, code):
    box = boxes.box()
    box.wire.send({"do": "cell", "source": end})
    with pytest.raises(Closed):
        box.wire.receive()
    assert box.close() == code


def test_after_a_box_no_process_and_no_folder_is_left(boxes):
    box = boxes.box()
    run(box, "import subprocess, time; subprocess.Popen(['sleep', '60']); time.sleep(0.1)")
    pids = box.pids()
    assert len(pids) >= 2
    box.close()
    assert [pid for pid in pids if not tree.dead(pid)] == []
    assert box.folder is None or not box.folder.exists()


def test_a_box_ends_with_the_process_that_made_it(backend, tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-P", "-c", HOLDER, backend, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(COURSE), "TMPDIR": str(tmp_path)},
    )
    pids = [int(pid) for pid in holder.stdout.readline().split()]
    holder.kill()
    holder.communicate()
    process.wait_until(lambda: all(map(tree.dead, pids)), 5)
    assert pids and [pid for pid in pids if not tree.dead(pid)] == []


def test_a_box_that_does_not_start_says_why(backend, tmp_path):
    (tmp_path / "utils").mkdir()  # a stage without the program
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "passwd").touch()
    with pytest.raises(plan.BoxError, match="did not start"):
        backends.starter(backend, plan.Plan(tmp_path)).box()


def test_files_of_package_installers_beside_the_interpreter_are_known(monkeypatch, tmp_path):
    (tmp_path / "pip.conf").touch()
    monkeypatch.setattr(bubblewrap, "interpreter", lambda: [tmp_path, tmp_path / "none"])
    assert bubblewrap.credentials() == [tmp_path / "pip.conf"]


@pytest.mark.parametrize("backend", ["warm", "cold"])
def test_such_a_file_cannot_be_read_in_a_box(backend, tmp_path, monkeypatch):
    requires(backend)
    stands_for_one = Path(os.__file__).with_name("antigravity.py")
    monkeypatch.setattr(bubblewrap, "credentials", lambda: [stands_for_one])
    with starter(backend, tmp_path) as boxes:
        box = boxes.box()
        shown = run(box, f"print('<', open({str(stands_for_one)!r}).read(), '>')")
        box.close()
    assert "PermissionError" in shown or "<  >" in shown


# --- what a machine has


def test_a_machine_without_bubblewrap_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(backends, "bubblewrap", lambda: None)
    monkeypatch.setattr(backends.platform, "system", lambda: "Linux")
    assert "apt install bubblewrap" in backends.possible(
        "warm"
    ) and "apt install bubblewrap" in backends.possible("cold")


@pytest.mark.parametrize("version, there", [(0, False), (2, False), (3, True), (7, True)])
@linux
def test_landlock_is_used_from_the_version_on_that_keeps_files_whole(monkeypatch, version, there):
    monkeypatch.setattr(backends.landlock, "version", lambda: version)
    assert (backends.possible("landlock") is None) == there


@pytest.mark.parametrize(
    "release, root, namespace, counted",
    [
        ("6.8.0-45-generic", False, True, False),
        ("5.14.0", False, True, False),
        ("5.10.0-30-amd64", False, True, True),
        ("6.8.0", False, False, True),
        ("5.10.0", True, True, False),
    ],
)
@linux
def test_where_the_kernel_counts_all_processes_of_a_user_they_are_added(
    monkeypatch, release, root, namespace, counted
):
    monkeypatch.setattr(plan.platform, "release", lambda: release)
    monkeypatch.setattr(plan, "is_root", lambda: root)
    monkeypatch.setattr(tree, "tasks_of", lambda user: 1000)
    assert plan.most_processes(namespace) == plan.PROCESSES + 1000 * counted


@linux
def test_the_tasks_of_a_user_are_counted_with_their_threads():
    mine = [
        one
        for one in psutil.process_iter(["uids"])
        if one.info["uids"] and one.info["uids"].real == os.getuid()
    ]
    assert tree.tasks_of(os.getuid()) >= 0.5 * len(mine) and tree.tasks_of(4_000_000) == 0


@pytest.mark.parametrize(
    "ranges, user",
    [
        ("0 0 4294967295\n", (1 << 20) + 7),
        ("0 100000 65536\n", 61184 + 7),
        ("0 1000 1\n1 100000 65536\n", 61184 + 7),
    ],
)
def test_the_student_gets_a_user_that_this_namespace_knows(monkeypatch, ranges, user):
    monkeypatch.setattr(plan.os, "getpid", lambda: 7)
    monkeypatch.setattr(plan.Path, "read_text", lambda path: ranges)
    assert plan.own_user() == user


@linux
def test_the_numbers_of_system_calls_are_those_of_the_kernels_headers():
    """Where the headers are installed."""
    header = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
    if not header.exists():
        pytest.skip("the kernel's headers are not installed: apt install linux-libc-dev")
    numbers = dict(
        line.split()[1:]
        for line in header.read_text().splitlines()
        if line.startswith("#define __NR_")
    )
    ours = {
        name: call[0]
        for calls in (
            seccomp.REFUSED,
            seccomp.REFUSED_BESIDE_OTHERS,
            seccomp.SIGNALS,
            seccomp.FOR_ITSELF,
            seccomp.PRETENDED,
        )
        for name, call in calls.items()
    }
    assert {name: int(numbers[f"__NR_{name}"]) for name in ours if f"__NR_{name}" in numbers} == {
        name: number for name, number in ours.items() if f"__NR_{name}" in numbers
    }


# --- control groups


@pytest.fixture
def groups(tmp_path):
    """A tree as the kernel has it, of plain files: slice (which hands on both controllers) / scope
    (this process)."""
    for path, handed_on in (
        (tmp_path, "cpu memory pids"),
        (tmp_path / "slice", "memory pids"),
        (tmp_path / "slice" / "scope", ""),
    ):
        path.mkdir(exist_ok=True)
        (path / "cgroup.subtree_control").write_text(f"{handed_on}\n")
        (path / "cgroup.procs").touch()
    return tmp_path


def test_a_group_is_made_in_the_nearest_that_hands_on_memory_and_pids(groups):
    assert cgroup.base(groups, "/slice/scope") == groups / "slice"


def test_without_both_controllers_there_is_no_group(groups):
    for path in (groups, groups / "slice"):
        (path / "cgroup.subtree_control").write_text("memory hugetlb\n")
    assert cgroup.base(groups, "/slice/scope") is None


def test_nothing_is_made_above_what_may_be_written(groups, monkeypatch):
    real = os.access
    monkeypatch.setattr(
        cgroup.os, "access", lambda path, mode: Path(path) != groups / "slice" and real(path, mode)
    )
    assert cgroup.base(groups, "/slice/scope") is None


def test_a_group_bounds_memory_without_swap_and_processes(groups):
    group = cgroup.Group(groups / "slice")
    group.limit(2 << 30, 96)
    group.add([11, 12])
    written = {path.name: path.read_text().strip() for path in group.path.iterdir()}
    assert written == {
        "memory.max": str(2 << 30),
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "pids.max": "96",
        "cgroup.procs": "12",
    }


def test_a_group_is_ended_at_once_and_says_whether_memory_ran_out(groups):
    group = cgroup.Group(groups / "slice")
    assert not group.ran_out()
    (group.path / "memory.events").write_text("low 0\nmax 3\noom 1\noom_kill 1\n")
    assert group.ran_out()
    group.kill()
    assert (group.path / "cgroup.kill").read_text().strip() == "1"


@pytest.mark.box
def test_a_box_is_put_into_a_group_whole(groups, monkeypatch, tmp_path_factory):
    requires("landlock")
    monkeypatch.setattr(cgroup, "base", lambda: groups / "slice")
    with starter("landlock", tmp_path_factory.mktemp("stage")) as boxes:
        box = boxes.box()
        assert (box.group.path / "cgroup.procs").read_text().strip() in map(str, box.pids())
        box.close()
        assert (box.group.path / "cgroup.kill").read_text().strip() == "1"


def test_a_tree_that_cannot_be_written_after_all_leaves_the_watchdog_alone(monkeypatch, tmp_path):
    monkeypatch.setattr(cgroup, "base", lambda: tmp_path / "gone")
    assert cgroup.around(lambda: [1], 1 << 30, 96) is None


# --- how the tests become an ordinary user


def test_only_what_is_needed_below_a_closed_folder_is_opened(tmp_path):
    (tmp_path / "home" / "python" / "bin").mkdir(parents=True)
    (tmp_path / "home").chmod(0o700)
    folders = [*reversed(tmp_path.parents), tmp_path, tmp_path / "home"]
    top = next(path for path in folders if not path.stat().st_mode & 0o001)
    assert as_user.closed([tmp_path / "home" / "python", tmp_path / "home" / "python" / "bin"]) == {
        top: [tmp_path / "home" / "python"]
    }


@linux
def test_an_ordinary_user_has_no_right_left():
    if missing := as_user.why_not():
        pytest.skip(missing)
    done = subprocess.run(
        [sys.executable, as_user.__file__, "cat", "/proc/self/status"],
        capture_output=True,
        text=True,
    )
    fields = dict(line.split(":\t") for line in done.stdout.splitlines() if ":\t" in line)
    assert fields["Uid"].split() == [str(as_user.USER)] * 4 and fields["Groups"].strip() == ""
    assert {
        int(fields[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
    } == {0}
