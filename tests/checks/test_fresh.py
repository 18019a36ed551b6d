"""Where the random inputs of a check come from."""

import torch

from utils.checks.fresh import fresh_generator


def test_graded_inputs_depend_on_the_seed_of_the_submission_alone(monkeypatch):
    def numbers():
        return torch.rand(3, generator=fresh_generator()).tolist()

    assert numbers() != numbers()
    monkeypatch.setenv("COURSE_SEED", "ab" * 32)
    first = numbers()
    assert numbers() == first
    monkeypatch.setenv("COURSE_SEED", "cd" * 32)
    assert numbers() != first
