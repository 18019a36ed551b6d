"""Checks of lab 05, one file an exercise.

They compare with gates, the exact Hessian, what a weight's absence changes and a bisection, and
import none of the library's methods.
"""

from utils.checks.lab05.erdos_renyi import check_erdos_renyi
from utils.checks.lab05.exponential import check_exponential
from utils.checks.lab05.gradient_flow import check_gradient_flow
from utils.checks.lab05.grasp import check_grasp
from utils.checks.lab05.prune_iteratively import check_prune_iteratively
from utils.checks.lab05.snip import check_snip
from utils.checks.lab05.synflow import check_synflow
from utils.wall import raise_at_home

raise_at_home(__name__)

__all__ = [
    "check_erdos_renyi",
    "check_exponential",
    "check_gradient_flow",
    "check_grasp",
    "check_prune_iteratively",
    "check_snip",
    "check_synflow",
]
