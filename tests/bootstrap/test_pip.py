"""pip speaks for itself while it works; when it fails, one sentence says why."""

import pytest

from bootstrap.console import Stop
from bootstrap.pip import log_file
from bootstrap.setup import set_up


@pytest.mark.parametrize(
    "pip_says, sentence",
    [
        ("OSError: [Errno 28] No space left on device", "no space left"),
        ("ERROR: No matching distribution found for torch==2.13.0", "no build of a package"),
        ("PermissionError: [Errno 13] Permission denied", "cannot be written"),
        ("Max retries exceeded (Caused by SSLError(CERTIFICATE_VERIFY_FAILED))", "certificate"),
        ("something unforeseen", "the lines above"),
    ],
)
def test_a_failure_of_pip_is_explained(folder, capfd, pip_says, sentence):
    with pytest.raises(Stop, match=sentence):
        folder.set_up(pip_does=f"print({pip_says!r}); sys.exit(1)")
    assert pip_says in capfd.readouterr().out
    assert pip_says in log_file(folder.path).read_text()


def test_a_venv_that_cannot_be_made_is_explained_from_its_own_words(folder):
    words = "The virtual environment was not created because ensurepip is not available"
    options = folder.options("")
    options["make_venv"] = lambda venv: [
        options["pip"][0],
        "-c",
        f"import sys; print({words!r}); sys.exit(1)",
    ]
    with pytest.raises(Stop, match=r"sudo apt install python3\.\d+-venv"):
        set_up("student", **options)


def test_one_sees_what_pip_is_doing_also_without_a_terminal(folder, capfd):
    folder.set_up()
    said = capfd.readouterr().out
    for line in ("Setting up the course in", "Collecting torch", "Installing collected", "Done in"):
        assert line in said
