"""The set-up: when pip runs, what an interruption leaves, and what the next run does."""

import os
import signal
import subprocess
import sys

import pytest

from bootstrap.console import NoNetwork, Stop
from bootstrap.lock import is_being_set_up
from bootstrap.setup import set_up
from bootstrap.venv import installed_names, is_installed, marker_file, write_json

from .folder import HANGS_IN_DOWNLOAD, HANGS_IN_INSTALL, HAS_NO_NETWORK, free_space

posix = pytest.mark.skipif(os.name == "nt", reason="signals are different on Windows")


# --- when pip runs ------------------------------------------------------------------------------


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
    for extra, calls in [("student", 1), ("test", 2), ("student", 2)]:
        folder.set_up(extra)
        assert len(folder.calls) == calls


def test_what_was_installed_once_stays_when_the_list_changes(folder):
    folder.set_up("test")
    folder.needs("torch==2.14.0")
    folder.set_up("student")
    assert folder.calls[-1].endswith(".[test]")


def test_a_repair_makes_venv_again(folder):
    folder.set_up()
    folder.plant()
    folder.set_up(again=True)
    assert folder.was_rebuilt() and is_installed(folder.path, "student")


def test_a_folder_with_spaces_and_letters_beyond_ascii_in_its_path_is_set_up(folder, tmp_path):
    folder.path = tmp_path / "my course ü"
    folder.path.mkdir()
    folder.needs("torch==2.13.0")
    folder.set_up()
    assert is_installed(folder.path, "student")


# --- interruptions ------------------------------------------------------------------------------


@posix
def test_ctrl_c_in_the_download_ends_with_a_sentence_and_the_next_run_goes_on(folder):
    process = folder.start(HANGS_IN_DOWNLOAD)
    folder.wait_until_pip_hangs()
    process.send_signal(signal.SIGINT)
    # at once, by asking pip, and not by killing it after 10 s
    output, _ = process.communicate(timeout=8)
    assert process.returncode == 130
    assert "same command again" in output and "Traceback" not in output
    folder.plant()
    folder.set_up()
    assert not folder.was_rebuilt() and is_installed(folder.path, "student")


@posix
def test_a_polite_kill_stops_pip_too(folder):
    process = folder.start(HANGS_IN_DOWNLOAD)
    folder.wait_until_pip_hangs()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert not is_being_set_up(folder.path)


@posix
def test_a_kill_in_the_install_makes_the_next_run_build_venv_again(folder, capsys):
    process = folder.start(HANGS_IN_INSTALL)
    folder.wait_until_pip_hangs()
    folder.plant()
    process.kill()
    process.wait()  # the pip that is left over has its output still open
    assert is_being_set_up(folder.path)  # by that pip
    os.kill(int((folder.path / "pid.txt").read_text()), signal.SIGKILL)
    process.communicate()
    folder.set_up()
    assert folder.was_rebuilt() and is_installed(folder.path, "student")
    assert "interrupted half-way; building it again" in capsys.readouterr().out


def test_a_failure_in_the_install_makes_the_next_run_build_venv_again(folder):
    with pytest.raises(Stop):
        folder.set_up(pip_does='print("Installing collected packages: torch"); sys.exit(1)')
    folder.plant()
    folder.set_up()
    assert folder.was_rebuilt() and is_installed(folder.path, "student")


def test_an_earlier_install_in_the_log_is_not_taken_for_this_one(folder):
    folder.set_up()
    folder.plant()
    folder.needs("torch==2.14.0")
    with pytest.raises(Stop, match="What was installed before still works"):
        folder.set_up(pip_does="print('something odd'); sys.exit(1)")
    folder.set_up()
    assert not folder.was_rebuilt()


def test_an_interrupted_making_of_venv_is_begun_again(folder):
    folder.set_up()
    (folder.path / ".venv" / "pyvenv.cfg").unlink()
    write_json(marker_file(folder.path), {"names": None})
    folder.plant()
    folder.set_up()
    assert folder.was_rebuilt() and is_installed(folder.path, "student")


# --- a .venv that is not ours, or has no pip ----------------------------------------------------


def test_a_venv_without_pip_gets_one(folder, monkeypatch):
    """uv makes such a .venv."""
    venv = str(folder.path / ".venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    folder.plant()
    for name, value in [
        ("PIP_NO_INDEX", "1"),
        ("PIP_FIND_LINKS", str(folder.path)),
        ("PIP_CONFIG_FILE", os.devnull),
    ]:
        monkeypatch.setenv(name, value)
    with pytest.raises(Stop, match="no build of a package"):  # that is pip speaking
        set_up("student", course=folder.path)
    assert "pip" in installed_names(folder.path) and not folder.was_rebuilt()


def test_somebody_elses_folder_called_venv_is_not_touched(folder):
    (folder.path / ".venv").mkdir()
    (folder.path / ".venv" / "thesis.tex").touch()
    with pytest.raises(Stop, match="not a virtual environment"):
        folder.set_up()
    assert (folder.path / ".venv" / "thesis.tex").exists() and folder.calls == []


# --- failures that one can foresee --------------------------------------------------------------


def test_a_full_disk_is_noticed_before_the_install(folder, monkeypatch):
    free_space(monkeypatch, 0.3)
    with pytest.raises(Stop, match=r"0\.3 GB free, the course needs about 2\.5 GB"):
        folder.set_up()
    assert folder.calls == []


def test_without_network_the_first_set_up_stops_and_the_next_one_goes_on(folder):
    with pytest.raises(NoNetwork, match="Check the connection"):
        folder.set_up(pip_does=HAS_NO_NETWORK)
    folder.plant()
    folder.set_up()
    assert not folder.was_rebuilt()


def test_without_network_an_older_install_stays_usable(folder):
    folder.set_up("student")
    with pytest.raises(NoNetwork, match="What was installed before still works"):
        folder.set_up("test", pip_does=HAS_NO_NETWORK)
    folder.set_up("student", pip_does="raise SystemExit('pip must not be called')")


def test_without_network_a_changed_list_does_not_keep_one_from_working(folder, capsys):
    folder.set_up()
    folder.needs("torch==2.14.0")
    folder.set_up(pip_does=HAS_NO_NETWORK)
    assert "Continuing with it" in capsys.readouterr().out
    assert not is_installed(folder.path, "student")  # the next run tries again


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything is writable for root")
def test_a_folder_one_may_not_write_into_is_explained(folder):
    folder.path.chmod(0o500)
    try:
        with pytest.raises(Stop, match="place of your own"):
            folder.set_up()
    finally:
        folder.path.chmod(0o700)
