"""`lab` starts JupyterLab on the right page, with the course's settings, at a port that is free."""

import os
import socket
from pathlib import Path

import pytest

from bootstrap.console import Stop
from bootstrap.jupyter import START_PAGE, at_that_port, jupyter_command

from .folder import ROOT


def test_jupyterlab_opens_the_start_page_of_the_root_it_is_given(tmp_path):
    page = tmp_path / START_PAGE
    page.parent.mkdir()
    page.touch()
    argv, _ = jupyter_command(tmp_path, False, ["--no-browser"])
    assert argv[1:3] == ["-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={tmp_path.resolve()}" in argv
    assert f"--LabApp.default_url=/lab/tree/{START_PAGE}" in argv and argv[-1] == "--no-browser"


@pytest.mark.parametrize("absolute", [False, True])
def test_jupyterlab_opens_the_notebook_that_is_asked_for(tmp_path, absolute):
    for name in ("my work.ipynb", START_PAGE):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    asked = str(tmp_path / "my work.ipynb") if absolute else "my work.ipynb"
    argv, _ = jupyter_command(tmp_path, False, [asked])
    assert [argument for argument in argv if "ipynb" in argument] == [
        "--LabApp.default_url=/lab/tree/my%20work.ipynb"
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no root")
@pytest.mark.parametrize("user, allowed", [(0, True), (1000, False)])
def test_only_root_gets_allow_root(monkeypatch, user, allowed):
    monkeypatch.setattr(os, "geteuid", lambda: user)
    argv, _ = jupyter_command(ROOT, False, [])
    assert ("--allow-root" in argv) == allowed


def test_unknown_arguments_are_passed_on():
    argv, _ = jupyter_command(ROOT, False, ["--no-browser", "--ServerApp.token=abc"])
    assert argv[-2:] == ["--no-browser", "--ServerApp.token=abc"]


@pytest.mark.parametrize("instructor, settings", [(False, "student"), (True, "instructor")])
def test_our_settings_come_before_the_users(monkeypatch, instructor, settings):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "theirs")
    _, env = jupyter_command(Path("/somewhere/else"), instructor, [])
    assert env["JUPYTER_CONFIG_PATH"].split(os.pathsep) == [
        str(ROOT / "settings" / settings),
        "theirs",
    ]
    assert env["JUPYTER_PREFER_ENV_PATH"] == "1"


def test_nothing_jupyterlab_remembers_goes_into_the_users_home(tmp_path, monkeypatch):
    monkeypatch.delenv("JUPYTERLAB_SETTINGS_DIR", raising=False)
    monkeypatch.delenv("JUPYTERLAB_WORKSPACES_DIR", raising=False)
    _, env = jupyter_command(tmp_path, False, [])
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
    with pytest.raises(Stop, match=f"Port {busy_port} is in use"):
        at_that_port(form.format(busy_port).split())


def test_without_a_port_the_next_free_one_is_taken(busy_port):
    """JupyterLab does that itself, unless our settings or arguments forbid it."""
    from jupyter_server.serverapp import ServerApp

    server = ServerApp(port=busy_port, ip="127.0.0.1")
    assert at_that_port([]) == [] and server.port_retries > 0
    for settings in (ROOT / "settings").rglob("*.json"):
        assert "port" not in settings.read_text(encoding="utf-8"), settings


def test_a_port_that_is_asked_for_is_not_replaced_by_another():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        free = server.getsockname()[1]
    assert at_that_port(["--port", str(free)])[-1] == "--ServerApp.port_retries=0"
