"""The door: set-up, its interruptions and failures, and what each command starts.

pip is played by a few lines of Python, so nothing is downloaded; the virtual environments are real but empty.
"""

import ast
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
import tomllib
from collections import namedtuple
from pathlib import Path

import pytest

import course

ROOT = Path(course.__file__).parent
posix = pytest.mark.skipif(os.name == "nt", reason="signals are different on Windows")

PIP_BEGINS = """
import pathlib, sys, time
def call(text): open("calls.txt", "a").write(text + "\\n")
call(" ".join(sys.argv[1:]))
site = next(pathlib.Path(".venv").glob("[Ll]ib/**/site-packages"))
print("Collecting torch==2.13.0 (from course)")
"""
SUCCEEDS = """
print("Installing collected packages: torch")
(site / "torch-2.13.0.dist-info").mkdir(exist_ok=True)
print("Successfully installed torch-2.13.0")
"""
HAS_NO_NETWORK = """
print("WARNING: Retrying ... NewConnectionError: Temporary failure in name resolution")
print("ERROR: Could not find a version that satisfies the requirement torch==2.13.0")
sys.exit(1)
"""
HANGS_IN_DOWNLOAD = """
print("  Downloading torch-2.13.0-cp311-none-any.whl (200 MB)", flush=True)
call("hangs"); time.sleep(60)
"""
HANGS_IN_INSTALL = """
print("Installing collected packages: torch", flush=True)
(site / "torch").mkdir()
time.sleep(0.5); open("pid.txt", "w").write(str(__import__("os").getpid()))
call("hangs"); time.sleep(60)
"""


class Folder:
    """A course folder whose pip does what a test says."""

    def __init__(self, path):
        self.path = path
        self.needs("torch==2.13.0")

    def needs(self, requirement):
        (self.path / "pyproject.toml").write_text(
            '[project]\ndependencies = ["{}"]\n'.format(requirement)
        )

    def options(self, pip_does):
        (self.path / "pip.py").write_text(PIP_BEGINS + pip_does)
        return {
            "course": self.path,
            "pip": [sys.executable, str(self.path / "pip.py")],
            "make_venv": lambda venv: [sys.executable, "-m", "venv", "--without-pip", str(venv)],
        }

    def set_up(self, extra="student", pip_does=SUCCEEDS, anew=False):
        course.set_up(extra, anew=anew, **self.options(pip_does))

    def start(self, pip_does):
        """`course.py lab` on this folder, in a process of its own that a test can interrupt."""
        self.options(pip_does)
        driver = """
            import sys; sys.path.insert(0, {root!r})
            import course, signal
            from pathlib import Path
            signal.signal(signal.SIGINT, signal.default_int_handler)  # however the tests were started
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            course.COMMANDS["lab"] = lambda arguments: course.set_up("student", course=Path({path!r}),
                pip=[sys.executable, {path!r} + "/pip.py"],
                make_venv=lambda venv: [sys.executable, "-m", "venv", "--without-pip", str(venv)])
            course.shutil.disk_usage = lambda path: type("Usage", (), {{"free": 1e12}})
            sys.exit(course.main(["lab"]))
        """
        code = textwrap.dedent(driver).format(root=str(ROOT), path=str(self.path))
        return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)

    @property
    def calls(self):
        file = self.path / "calls.txt"
        return file.read_text().splitlines() if file.exists() else []

    def wait_until_pip_hangs(self):
        deadline = time.monotonic() + 30
        while "hangs" not in self.calls:
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def plant(self):
        """A file in .venv that a rebuild would remove."""
        (self.path / ".venv" / "planted").touch()

    def was_rebuilt(self):
        return not (self.path / ".venv" / "planted").exists()


def free_space(monkeypatch, gigabytes):
    usage = namedtuple("Usage", "total used free")(0, 0, gigabytes * 1e9)
    monkeypatch.setattr(course.shutil, "disk_usage", lambda path: usage)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    free_space(monkeypatch, 100)
    return Folder(tmp_path)


# ---------------------------------------------------------------- when pip runs


def test_the_first_set_up_installs_the_course_with_its_extra(folder):
    folder.set_up("student")
    assert len(folder.calls) == 1 and folder.calls[0].endswith("--editable .[student]")


def test_pip_is_never_told_where_to_look(folder):
    folder.set_up()
    assert "index" not in folder.calls[0] and "find-links" not in folder.calls[0]


def test_a_second_run_does_not_call_pip(folder):
    folder.set_up()
    folder.set_up()
    assert len(folder.calls) == 1


def test_a_changed_pyproject_calls_pip_again_in_the_same_venv(folder):
    folder.set_up()
    folder.plant()
    folder.needs("torch==2.14.0")
    folder.set_up()
    assert len(folder.calls) == 2 and not folder.was_rebuilt()


def test_a_larger_extra_calls_pip_and_a_smaller_one_does_not(folder):
    for extra, calls in [("student", 1), ("test", 2), ("instructor", 2), ("student", 2)]:
        folder.set_up(extra)
        assert len(folder.calls) == calls


def test_what_was_installed_once_stays_when_the_list_changes(folder):
    folder.set_up("test")
    folder.needs("torch==2.14.0")
    folder.set_up("student")
    assert folder.calls[-1].endswith(".[test]")


def test_a_repair_makes_venv_anew(folder):
    folder.set_up()
    folder.plant()
    folder.set_up(anew=True)
    assert folder.was_rebuilt() and course.is_installed(folder.path, "student")


def test_each_extra_contains_the_ones_before_it():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    assert [name for name in extras if name in course.EXTRAS] == course.EXTRAS
    for smaller, larger in zip(course.EXTRAS, course.EXTRAS[1:]):
        assert "{}[{}]".format(project["name"], smaller) in extras[larger]


# ---------------------------------------------------------------- interruptions


@posix
def test_ctrl_c_in_the_download_ends_with_a_sentence_and_the_next_run_goes_on(folder):
    process = folder.start(HANGS_IN_DOWNLOAD)
    folder.wait_until_pip_hangs()
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(
        timeout=8
    )  # at once, by asking pip, and not by killing it after 10 s
    assert process.returncode == 130
    assert "same command again" in output and "Traceback" not in output
    folder.plant()
    folder.set_up()
    assert not folder.was_rebuilt() and course.is_installed(folder.path, "student")


@posix
def test_a_polite_kill_stops_pip_too(folder):
    process = folder.start(HANGS_IN_DOWNLOAD)
    folder.wait_until_pip_hangs()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert not course.is_being_set_up(folder.path)


@posix
def test_a_kill_in_the_install_makes_the_next_run_build_venv_again(folder, capsys):
    process = folder.start(HANGS_IN_INSTALL)
    folder.wait_until_pip_hangs()
    folder.plant()
    process.kill()
    process.communicate()
    assert course.is_being_set_up(folder.path)  # by the pip that is left over
    os.kill(int((folder.path / "pid.txt").read_text()), signal.SIGKILL)
    folder.set_up()
    assert folder.was_rebuilt() and course.is_installed(folder.path, "student")
    assert "interrupted half-way; it is built again" in capsys.readouterr().out


def test_a_failure_in_the_install_makes_the_next_run_build_venv_again(folder):
    with pytest.raises(course.Stop):
        folder.set_up(pip_does='print("Installing collected packages: torch"); sys.exit(1)')
    folder.plant()
    folder.set_up()
    assert folder.was_rebuilt() and course.is_installed(folder.path, "student")


def test_an_interrupted_making_of_venv_is_begun_again(folder):
    folder.set_up()
    (folder.path / ".venv" / "pyvenv.cfg").unlink()
    course.write_json(course.marker_file(folder.path), {"names": None})
    folder.plant()
    folder.set_up()
    assert folder.was_rebuilt() and course.is_installed(folder.path, "student")


@posix
def test_a_second_course_py_waits_and_then_finds_the_work_done(folder):
    folder.set_up()
    stamp = course.stamp_file(folder.path).read_text()
    course.stamp_file(folder.path).unlink()
    with course.alone(folder.path):
        process = folder.start(SUCCEEDS)
        assert "waiting" in process.stdout.readline()
        course.stamp_file(folder.path).write_text(stamp)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 0 and len(folder.calls) == 1


# ---------------------------------------------------------------- a .venv that cannot be used


def test_a_venv_without_a_working_python_is_built_again(folder, capsys):
    folder.set_up()
    folder.plant()
    Path(course.python_of(folder.path)).unlink()
    folder.set_up()
    assert folder.was_rebuilt() and "does not run" in capsys.readouterr().out


def test_a_venv_of_another_python_version_is_built_again(folder, capsys):
    folder.set_up()
    folder.plant()
    settings = folder.path / ".venv" / "pyvenv.cfg"
    settings.write_text("version = 3.10.4\n")
    folder.set_up()
    assert folder.was_rebuilt() and "made by Python 3.10" in capsys.readouterr().out


def test_a_venv_without_pip_gets_one(folder, monkeypatch):
    """uv makes such a .venv."""
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(folder.path / ".venv")], check=True
    )
    folder.plant()
    for name, value in [
        ("PIP_NO_INDEX", "1"),
        ("PIP_FIND_LINKS", str(folder.path)),
        ("PIP_CONFIG_FILE", os.devnull),
    ]:
        monkeypatch.setenv(name, value)
    with pytest.raises(course.Stop, match="no build of a package"):  # that is pip speaking
        course.set_up("student", course=folder.path)
    assert "pip" in course.installed_names(folder.path) and not folder.was_rebuilt()


def test_somebody_elses_folder_called_venv_is_not_touched(folder):
    (folder.path / ".venv").mkdir()
    (folder.path / ".venv" / "thesis.tex").touch()
    with pytest.raises(course.Stop, match="not a virtual environment"):
        folder.set_up()
    assert (folder.path / ".venv" / "thesis.tex").exists() and folder.calls == []


# ---------------------------------------------------------------- failures that one can foresee


def test_an_old_python_is_told_which_one_is_needed():
    with pytest.raises(course.Stop, match=r"needs Python 3\.11 or newer, this is 3\.8\.18"):
        course.check_python((3, 8, 18))


def test_the_oldest_python_is_the_one_in_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">={}.{}".format(*course.OLDEST_PYTHON)


def test_an_old_python_can_read_the_file():
    ast.parse((ROOT / "course.py").read_text(), feature_version=(3, 6))


def test_a_full_disk_is_noticed_before_the_install(folder, monkeypatch):
    free_space(monkeypatch, 0.3)
    with pytest.raises(course.Stop, match=r"0\.3 GB free, the course needs about 2\.5 GB"):
        folder.set_up()
    assert folder.calls == []


@pytest.mark.parametrize(
    "pip_says, sentence",
    [
        ("OSError: [Errno 28] No space left on device", "no space left"),
        ("ERROR: No matching distribution found for torch==2.13.0", "no build of a package"),
        ("PermissionError: [Errno 13] Permission denied", "may not be written"),
        ("Max retries exceeded (Caused by SSLError(CERTIFICATE_VERIFY_FAILED))", "certificate"),
        ("something nobody foresaw", "the lines above"),
    ],
)
def test_a_failure_of_pip_is_explained(folder, capsys, pip_says, sentence):
    with pytest.raises(course.Stop, match=sentence):
        folder.set_up(pip_does="print({!r}); sys.exit(1)".format(pip_says))
    if "nobody" in pip_says:
        assert pip_says in capsys.readouterr().out
    assert pip_says in course.log_file(folder.path).read_text()


def test_without_network_the_first_set_up_stops_and_the_next_one_goes_on(folder):
    with pytest.raises(course.NoNetwork, match="Check the connection"):
        folder.set_up(pip_does=HAS_NO_NETWORK)
    folder.plant()
    folder.set_up()
    assert not folder.was_rebuilt()


def test_without_network_an_older_install_stays_usable(folder):
    folder.set_up("student")
    with pytest.raises(course.NoNetwork, match="What was installed before still works"):
        folder.set_up("test", pip_does=HAS_NO_NETWORK)
    folder.set_up("student", pip_does="raise SystemExit('pip must not be called')")


def test_without_network_a_changed_list_does_not_keep_one_from_working(folder, capsys):
    folder.set_up()
    folder.needs("torch==2.14.0")
    folder.set_up(pip_does=HAS_NO_NETWORK)
    assert "Going on with it" in capsys.readouterr().out
    assert not course.is_installed(folder.path, "student")  # the next run tries again


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything is writable for root")
def test_a_folder_one_may_not_write_into_is_explained(folder):
    folder.path.chmod(0o500)
    try:
        with pytest.raises(course.Stop, match="place of your own"):
            folder.set_up()
    finally:
        folder.path.chmod(0o700)


def test_a_python_without_venv_names_the_package_to_install(folder, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(course.Stop, match=r"sudo apt install python3\.\d+-venv"):
        folder.set_up()
    assert not (folder.path / ".venv").exists()


# ---------------------------------------------------------------- what the commands start


def run_bare(*arguments):
    """course.py on a Python that finds nothing but its standard library."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "course.py"), *arguments],
        capture_output=True,
        text=True,
        timeout=30,
    )


@pytest.mark.parametrize("command", course.COMMANDS)
def test_every_command_has_help(command):
    assert "usage: " + course.CALL + " " + command in course.help_for(course.COMMANDS[command])


@pytest.mark.parametrize("command", ["lab", "test", "doctor"])
def test_help_needs_nothing_installed(command):
    done = run_bare(command, "--help")
    assert done.returncode == 0 and "usage: " in done.stdout and done.stderr == ""


def test_alone_it_prints_a_short_help_that_names_every_command():
    done = run_bare()
    assert done.returncode == 0 and all(
        " {} ".format(name) in done.stdout for name in course.COMMANDS
    )


def test_an_unknown_command_gets_one_sentence():
    done = run_bare("labs")
    assert (
        done.returncode == 1 and "The commands are: lab, test" in done.stdout and done.stderr == ""
    )


def test_jupyterlab_opens_the_start_page_of_the_root_it_is_given(tmp_path):
    page = tmp_path / course.START_PAGE
    page.parent.mkdir()
    page.touch()
    argv, _ = course.jupyter_command(tmp_path, False, ["--no-browser"])
    assert argv[1:3] == ["-m", "jupyterlab"]
    assert "--ServerApp.root_dir={}".format(tmp_path.resolve()) in argv
    assert (
        "--LabApp.default_url=/lab/tree/" + course.START_PAGE in argv and argv[-1] == "--no-browser"
    )


@pytest.mark.parametrize("absolute", [False, True])
def test_jupyterlab_opens_the_notebook_that_is_asked_for(tmp_path, absolute):
    for name in ("my work.ipynb", course.START_PAGE):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    asked = str(tmp_path / "my work.ipynb") if absolute else "my work.ipynb"
    argv, _ = course.jupyter_command(tmp_path, False, [asked])
    assert [argument for argument in argv if "ipynb" in argument] == [
        "--LabApp.default_url=/lab/tree/my%20work.ipynb"
    ]


@posix
@pytest.mark.parametrize("user, allowed", [(0, True), (1000, False)])
def test_only_root_gets_allow_root(monkeypatch, user, allowed):
    monkeypatch.setattr(os, "geteuid", lambda: user)
    argv, _ = course.jupyter_command(ROOT, False, [])
    assert ("--allow-root" in argv) == allowed


def test_unknown_arguments_are_passed_on():
    argv, _ = course.jupyter_command(ROOT, False, ["--no-browser", "--ServerApp.token=abc"])
    assert argv[-2:] == ["--no-browser", "--ServerApp.token=abc"]


@pytest.mark.parametrize("instructor, settings", [(False, "student"), (True, "instructor")])
def test_our_settings_come_before_the_users(monkeypatch, instructor, settings):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "theirs")
    _, env = course.jupyter_command(Path("/somewhere/else"), instructor, [])
    assert env["JUPYTER_CONFIG_PATH"].split(os.pathsep) == [
        str(ROOT / "settings" / settings),
        "theirs",
    ]
    assert env["JUPYTER_PREFER_ENV_PATH"] == "1"


def test_the_environment_has_one_thread_and_the_programs_of_venv(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    env = course.environment()
    assert env["OMP_NUM_THREADS"] == "1" and env["OMP_WAIT_POLICY"] == "passive"
    assert env["PATH"].split(os.pathsep)[0] == str(Path(course.python_of()).parent)
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    assert course.environment()["OMP_NUM_THREADS"] == "4"


def test_nothing_jupyterlab_remembers_goes_into_the_users_home(tmp_path, monkeypatch):
    monkeypatch.delenv("JUPYTERLAB_SETTINGS_DIR", raising=False)
    monkeypatch.delenv("JUPYTERLAB_WORKSPACES_DIR", raising=False)
    _, env = course.jupyter_command(tmp_path, False, [])
    for name in ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"):
        assert tmp_path.resolve() in Path(env[name]).parents


@pytest.fixture
def busy_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.mark.parametrize("form", ["--port={}", "--port {}", "--ServerApp.port={}"])
def test_a_port_in_use_is_one_sentence(busy_port, form):
    with pytest.raises(course.Stop, match="Port {} is in use".format(busy_port)):
        course.with_port(form.format(busy_port).split())


def test_without_a_port_the_next_free_one_is_taken_and_named(busy_port, monkeypatch, capsys):
    monkeypatch.setattr(course, "FIRST_PORT", busy_port)
    (argument,) = course.with_port([])
    chosen = int(argument.partition("=")[2])
    assert busy_port < chosen and "using {}".format(chosen) in capsys.readouterr().out


def test_a_port_that_is_asked_for_is_not_replaced_by_another(busy_port):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        free = server.getsockname()[1]
    assert course.with_port(["--port", str(free)])[-1] == "--ServerApp.port_retries=0"


def test_tests_run_on_every_core_unless_asked_otherwise():
    assert "auto" in course.pytest_command(["tests/pruning", "-k", "ties"])
    for by_hand in (["-n", "3"], ["-n0"], ["--numprocesses=2"], ["--pdb"], ["-s"]):
        assert "auto" not in course.pytest_command(by_hand)


@pytest.mark.parametrize("there", [True, False])
def test_before_the_tests_it_is_said_what_they_will_lack(monkeypatch, capsys, there):
    monkeypatch.setattr(course, "set_up", lambda extra: None)
    monkeypatch.setattr(course, "hand_over", lambda argv, env: 0)
    monkeypatch.setattr(course.platform, "system", lambda: "Linux")
    monkeypatch.setattr(course.shutil, "which", lambda name: "/usr/bin/" + name if there else None)
    assert course.test([]) == 0
    said = capsys.readouterr().out
    assert (
        ("sudo apt install bubblewrap" in said)
        == ("sudo apt install chromium" in said)
        == (not there)
    )


def test_the_summary_of_the_tests_says_what_was_skipped():
    assert "-rs" in course.pytest_command([])


def test_paths_keep_their_meaning_in_the_course_folder(tmp_path, monkeypatch):
    (tmp_path / "my.ipynb").touch()
    monkeypatch.chdir(tmp_path)  # and back again afterwards
    assert course.go_home(["my.ipynb", "--no-browser"]) == [
        str(tmp_path / "my.ipynb"),
        "--no-browser",
    ]
    assert Path.cwd() == ROOT


def test_passwords_of_an_index_are_not_shown(monkeypatch):
    reply = subprocess.CompletedProcess(
        [], 0, stdout=b"global.index-url='https://me:secret@example.org/simple'"
    )
    monkeypatch.setattr(course.subprocess, "run", lambda *_, **__: reply)
    assert course.pip_configuration() == ["global.index-url='https://***@example.org/simple'"]


# ---------------------------------------------------------------- what one sees meanwhile


def test_progress_says_what_pip_is_doing(folder):
    progress = course.Progress(folder.path)
    for line, words in [
        ("Collecting numpy>=2 (from course)", "packages found: 1; looking for what numpy needs"),
        (
            "  Downloading torch-2.13.0-cp311-cp311-win_amd64.whl (865.1 MB)",
            "downloading torch (865.1 MB)",
        ),
        ("Processing /wheels/plotly-7.0-py3-none-any.whl", "packages found: 3; reading plotly"),
    ]:
        assert not progress.read(line)
        assert words in progress.text()
    assert progress.read("Installing collected packages: a, b, c")
    assert "installing 3 packages [....................] 0" in progress.text()
