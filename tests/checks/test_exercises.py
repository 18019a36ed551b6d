"""The check of every exercise accepts the right answer, and rejects every plausible wrong one with the right words.

A new lab joins as a folder here, named as its room in `utils/checks`, and is found by its `wrong_answers.py`:
1. `wrong_answers.py` has a dictionary for each exercise, {name: (answer, what the check must say of it)}, eight or more;
2. `__init__.py` has EXERCISES = {exercise: (check, right answer, wrong answers)};
3. `test_<lab>.py`, if there is something to say of this lab alone: right answers in other forms, a drawing, a helper;
4. a check that takes no function, as `check_sparsity_dict`, is named in OTHERS below and tested in 3.
"""

from importlib import import_module
from pathlib import Path

import pytest

from utils import checks
from utils.checks.lab01 import in_time

LABS = sorted(path.parent.name for path in Path(__file__).parent.glob("*/wrong_answers.py"))
EXERCISES = {
    f"{lab}: {name}": exercise
    for lab in LABS
    for name, exercise in import_module(f"tests.checks.{lab}").EXERCISES.items()
}
WRONG = {
    f"{exercise}: {name}": (check, answer, words)
    for exercise, (check, _, answers) in EXERCISES.items()
    for name, (answer, words) in answers.items()
}
OTHERS = {"check_sparsity_dict"}


def by_name(cases, arguments):
    return pytest.mark.parametrize(arguments, cases.values(), ids=cases.keys())


@by_name(EXERCISES, "check, right, answers")
def test_the_right_answer_is_accepted(check, right, answers):
    for _ in range(20):  # fresh inputs each time
        check(right)


@by_name(WRONG, "check, answer, words")
def test_a_wrong_answer_is_rejected_and_its_mistake_named(check, answer, words, monkeypatch):
    monkeypatch.setattr(
        in_time, "SECONDS", 0.2
    )  # for those who count and walk where there is a formula
    for _ in range(3):
        with pytest.raises(checks.CheckFailed) as failure:
            check(answer)
        assert words in str(failure.value)


@by_name(EXERCISES, "check, right, answers")
def test_a_check_meets_at_least_eight_wrong_answers(check, right, answers):
    assert len(answers) >= 8


def test_every_check_belongs_to_an_exercise():
    met = {check.__name__ for check, _, _ in EXERCISES.values()} | OTHERS
    assert met == {name for name in checks.__all__ if name.startswith("check_")}


def test_every_room_of_checks_is_a_lab_here():
    rooms = Path(checks.__file__).parent.glob("*/__init__.py")
    assert LABS == sorted(room.parent.name for room in rooms)
