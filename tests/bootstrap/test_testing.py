"""`test` starts pytest, and says beforehand what some tests will lack."""

import pytest

from bootstrap import testing


def test_tests_run_on_every_core_unless_asked_otherwise():
    assert "auto" in testing.pytest_command(["tests/pruning", "-k", "ties"])
    for by_hand in (["-n", "3"], ["-n0"], ["--numprocesses=2"], ["--pdb"], ["-s"]):
        assert "auto" not in testing.pytest_command(by_hand)


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
