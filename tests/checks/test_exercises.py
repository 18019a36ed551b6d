"""Every exercise is a table: its check accepts the right answer, and rejects each mistake in the
table by its sentence."""

import contextlib
import dataclasses
import inspect
import os
from importlib import import_module
from pathlib import Path

import pytest
import torch

from tests.checks import stub
from utils import checks
from utils.checks import exercise as engine
from utils.checks.exercise import Exercise
from utils.checks.report import CheckFailed

ROOMS = sorted(path.name for path in Path(checks.__file__).parent.glob("lab*"))
LABS = {room: import_module(f"utils.checks.{room}") for room in ROOMS}
SEEDS = int(os.environ.get("COURSE_SEEDS", "1"))  # each mistake meets the inputs of so many
APART = {"check_sparsity_dict"}  # takes no function, and earns a part of the points
EXERCISES = [
    pytest.param(exercise, id=f"{room}-{exercise.name}")
    for room, lab in LABS.items()
    for exercise in vars(lab).values()
    if isinstance(exercise, Exercise)
]
MISTAKES = [
    pytest.param(exercise, words, mistake, id=f"{param.id}-{number}")
    for param in EXERCISES
    for exercise in param.values
    for number, (words, mistake) in enumerate(exercise.mistakes)
]


def verdict(exercise, answer):
    """What a check says of an answer; nothing when it accepts it. Where time is short, it is
    shorter."""
    exercise = dataclasses.replace(exercise, seconds=exercise.seconds and 0.2)
    with contextlib.suppress(RuntimeError):
        torch.manual_seed(0)
    try:
        exercise(answer)
    except CheckFailed as failed:
        return str(failed)
    return ""


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_right_answer_is_accepted(exercise, monkeypatch):
    for seed in range(10):
        monkeypatch.setenv("COURSE_SEED", f"{seed:x}")  # other inputs each time
        exercise(exercise.right)


@pytest.mark.parametrize("exercise, words, mistake", MISTAKES)
def test_a_mistake_is_rejected_and_named(exercise, words, mistake, monkeypatch):
    monkeypatch.setattr(engine, "PATIENCE", 60.0)  # a busy machine changes no diagnosis
    for seed in range(SEEDS):
        monkeypatch.setenv("COURSE_SEED", f"{seed:x}")
        told = verdict(exercise, mistake)
        assert told, f"this answer passes every case, so it is not a mistake: {words}"
        assert words in told, (
            "another mistake gives the same result, or this one shows on one case alone: "
            f"merge them, or add a case that tells them apart.\n{told}"
        )


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_check_meets_at_least_eight_mistakes(exercise):
    assert len(exercise.mistakes) >= 8
    assert all(words.strip().endswith((".", "?", "!", ")")) for words, _ in exercise.mistakes)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_exercise_without_an_answer_is_told_apart_from_a_wrong_one(exercise):
    assert "there is no answer yet" in verdict(exercise, stub)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_answer_that_returns_nothing_is_rejected(exercise):
    if not inspect.isclass(exercise.right):
        assert verdict(exercise, lambda *arguments: None)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_answer_that_changes_an_argument_is_rejected(exercise):
    """Each tensor among the arguments is set to zero in turn, after the right answer was found."""
    cases = list(exercise.cases(torch.Generator().manual_seed(0)))
    for place, (name, value) in enumerate(cases[0].arguments.items()):
        if not isinstance(value, torch.Tensor) or name in exercise.changes:
            continue

        def spoiled(*arguments, place=place):
            returned = exercise.right(*arguments)
            arguments[place].zero_()
            return returned

        assert f"`{name}` changed" in verdict(exercise, spoiled)


def test_every_file_with_a_check_is_named_in_its_room():
    for room, lab in LABS.items():
        made = Path(checks.__file__).parent.joinpath(room).glob("*.py")
        names = {path.stem for path in made if f"check_{path.stem} = " in path.read_text()}
        assert names <= {name.removeprefix("check_") for name in vars(lab)}, room


def test_every_check_of_a_room_is_an_exercise():
    for lab in LABS.values():
        for name, check in vars(lab).items():
            if name.startswith("check_") and name not in APART:
                assert isinstance(check, Exercise) and check.check == name
