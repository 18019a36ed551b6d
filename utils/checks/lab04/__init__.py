"""Checks of lab 04, one file an exercise. None uses the library's lottery tickets."""

from utils.checks.lab04.find_ticket import check_find_ticket
from utils.checks.lab04.jaccard import check_jaccard
from utils.checks.lab04.prune_by_rate import check_prune_by_rate
from utils.checks.lab04.random_mask_like import check_random_mask_like
from utils.checks.lab04.reinitialize import check_reinitialize
from utils.checks.lab04.rewind import check_rewind
from utils.checks.lab04.supermask_scores import check_supermask_scores
from utils.wall import raise_at_home

raise_at_home(__name__)

__all__ = [
    "check_find_ticket",
    "check_jaccard",
    "check_prune_by_rate",
    "check_random_mask_like",
    "check_reinitialize",
    "check_rewind",
    "check_supermask_scores",
]
