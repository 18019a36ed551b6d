"""The lists of wrong answers of the rooms that are not tables yet: the proof that nothing is lost on the way."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from utils.checks.exercise import Exercise
from utils.checks.report import CheckFailed

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


def by_name(cases, arguments):
    return pytest.mark.parametrize(arguments, cases.values(), ids=cases.keys())


@by_name(EXERCISES, "check, right, answers")
def test_the_right_answer_is_accepted(check, right, answers):
    for _ in range(20):  # fresh inputs each time
        check(right)


@by_name(WRONG, "check, answer, words")
def test_a_wrong_answer_is_rejected_and_its_mistake_named(check, answer, words):
    if isinstance(check, Exercise):  # for those who count and walk where there is a formula
        check = replace(check, seconds=check.seconds and 0.2)
    for _ in range(3):
        with pytest.raises(CheckFailed) as failure:
            check(answer)
        assert words in str(failure.value)
