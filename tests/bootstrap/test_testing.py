"""`test` starts pytest on what was asked for, and says beforehand what some tests will lack."""

import pytest

from bootstrap import testing


def test_tests_run_on_every_core_unless_asked_otherwise():
    assert "loadgroup" in testing.pytest_command(["tests/pruning", "-k", "ties"])
    for by_hand in (["-n", "3"], ["-n0"], ["--numprocesses=2"], ["--pdb"], ["-s"]):
        assert "loadgroup" not in testing.pytest_command(by_hand)


@pytest.mark.parametrize("there", [True, False])
def test_before_the_tests_it_is_said_what_they_will_lack(monkeypatch, capsys, there):
    monkeypatch.setattr(testing, "set_up", lambda extra: None)
    monkeypatch.setattr(testing, "hand_over", lambda argv, env: 0)
    monkeypatch.setattr(testing.platform, "system", lambda: "Linux")
    monkeypatch.setattr(testing.shutil, "which", lambda name: "/usr/bin/" + name if there else None)
    assert testing.test([]) == 0
    said = capsys.readouterr().out
    assert (
        ("sudo apt install bubblewrap" in said)
        == ("sudo apt install chromium" in said)
        == (not there)
    )


def test_the_summary_of_the_tests_says_what_was_skipped():
    assert "-rs" in testing.pytest_command([])


@pytest.mark.parametrize(
    "arguments, found",
    [
        ([], (False, None, [])),
        (["--fast", "-k", "ties"], (True, None, ["-k", "ties"])),
        (["--changed"], (False, "HEAD", [])),
        (["-x", "--changed=main~2", "--fast"], (True, "main~2", ["-x"])),
    ],
)
def test_its_options_are_taken_and_all_others_are_pytests(arguments, found):
    assert testing.options(arguments) == found


def started(monkeypatch, *arguments, chosen=(["tests/a.py"], "One of two.")):
    """The command that `test` hands over to; None where it hands over to none."""
    commands = []
    monkeypatch.setattr(testing.affected, "choice", lambda root, fast, since: chosen)
    monkeypatch.setattr(testing, "set_up", lambda extra: None)
    monkeypatch.setattr(testing, "hand_over", lambda argv, env: commands.append(argv) or 0)
    assert testing.test(list(arguments)) == 0
    return commands[0] if commands else None


def test_what_is_chosen_is_said_and_run(monkeypatch, capsys):
    assert started(monkeypatch, "--changed", "-x")[-2:] == ["tests/a.py", "-x"]
    assert "One of two." in capsys.readouterr().out


def test_where_nothing_is_chosen_nothing_is_run(monkeypatch):
    assert started(monkeypatch, "--changed", chosen=(None, "Nothing.")) is None
