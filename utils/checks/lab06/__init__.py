"""Checks of lab 06, one file an exercise.

None uses the library's sparse training: they rank, count and compute with torch.
"""

from utils.checks.lab06.cosine_drop import check_cosine_drop
from utils.checks.lab06.deep_r_step import check_deep_r_step
from utils.checks.lab06.drop import check_drop
from utils.checks.lab06.dsr_share import check_dsr_share
from utils.checks.lab06.dsr_threshold import check_dsr_threshold
from utils.checks.lab06.grow import check_grow
from utils.checks.lab06.rigl_update import check_rigl_update
from utils.checks.lab06.set_drop import check_set_drop
from utils.checks.lab06.training_memory import check_training_memory
from utils.wall import raise_at_home

raise_at_home(__name__)

__all__ = [
    "check_cosine_drop",
    "check_deep_r_step",
    "check_drop",
    "check_dsr_share",
    "check_dsr_threshold",
    "check_grow",
    "check_rigl_update",
    "check_set_drop",
    "check_training_memory",
]
