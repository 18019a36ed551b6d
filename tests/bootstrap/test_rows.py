"""A row is a line; what is not in order is marked and has the line that fixes it."""

import sys

from bootstrap import rows
from bootstrap.rows import Row


def test_rows_are_printed_with_their_fix_and_the_wrong_ones_returned(capsys):
    wrong = Row("numpy", "1.0", False, "pip install numpy")
    assert rows.show([Row("Python", "3.11"), wrong]) == [wrong]
    first, second, fix = capsys.readouterr().out.splitlines()
    assert first.split() == ["ok", "Python", "3.11"]
    assert second.split() == ["!!", "numpy", "1.0"]
    assert fix.strip() == "-> pip install numpy" and fix.index("->") == second.index("1.0")


def test_outside_the_courses_venv_the_running_python_installs(monkeypatch):
    monkeypatch.setattr(rows, "in_venv", lambda: False)
    monkeypatch.setattr(sys, "executable", "/my python/python3")
    line = rows.how_to_install("numpy>=2", again=True)
    assert line == ('"/my python/python3" -m pip install --force-reinstall --no-deps "numpy>=2"')


def test_inside_it_a_repair_does(monkeypatch):
    monkeypatch.setattr(rows, "in_venv", lambda: True)
    assert rows.how_to_install("numpy>=2").endswith("course.py doctor --repair")
