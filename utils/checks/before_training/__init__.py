"""Checks of lab 05, one file an exercise. They compare with gates, the exact Hessian, what a weight's absence changes and a
bisection, and import none of the library's methods.
"""

from utils.checks.before_training.erdos_renyi import check_erdos_renyi
from utils.checks.before_training.exponential import check_exponential
from utils.checks.before_training.gradient_flow import check_gradient_flow
from utils.checks.before_training.grasp import check_grasp
from utils.checks.before_training.prune_iteratively import check_prune_iteratively
from utils.checks.before_training.snip import check_snip
from utils.checks.before_training.synflow import check_synflow

__all__ = [
    "check_erdos_renyi",
    "check_exponential",
    "check_gradient_flow",
    "check_grasp",
    "check_prune_iteratively",
    "check_snip",
    "check_synflow",
]
