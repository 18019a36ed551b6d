"""Checks of lab 03, one file an exercise. None uses the library's own pruning."""

from utils.checks.lab03.cubic import check_cubic
from utils.checks.lab03.fine_grained_prune import check_fine_grained_prune
from utils.checks.lab03.fine_grained_pruner import check_fine_grained_pruner
from utils.checks.lab03.fine_tune import check_fine_tune
from utils.checks.lab03.sensitivity_scan import check_sensitivity_scan
from utils.checks.lab03.sparsity_dict import check_sparsity_dict
from utils.wall import raise_at_home

raise_at_home(__name__)

__all__ = [
    "check_cubic",
    "check_fine_grained_prune",
    "check_fine_grained_pruner",
    "check_fine_tune",
    "check_sensitivity_scan",
    "check_sparsity_dict",
]
