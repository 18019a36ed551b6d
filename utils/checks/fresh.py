"""Fresh random inputs for the checks: an answer that remembers the inputs of yesterday fails."""

import os
import secrets

import torch


def fresh_generator() -> torch.Generator:
    """A torch generator for the random inputs of one check.

    At home its seed comes from the system and differs every time. In grading the environment
    variable COURSE_SEED (hexadecimal, made from the course's secret and the submission) decides, so
    grading again gives the same marks.
    """
    graded = os.environ.get("COURSE_SEED")
    seed = int(graded, 16) if graded else secrets.randbits(63)
    return torch.Generator().manual_seed(seed % 2**63)
