"""The exercises of lab 05: the check, a right answer and the wrong ones of each."""

from tests.checks.lab05 import wrong_answers as wrong
from utils.checks import lab05 as checks
from utils import importance, pruning

EXERCISES = {
    "snip": (checks.check_snip, importance.snip, wrong.SNIP),
    "grasp": (checks.check_grasp, importance.grasp, wrong.GRASP),
    "synflow": (checks.check_synflow, importance.synflow, wrong.SYNFLOW),
    "exponential": (checks.check_exponential, pruning.exponential, wrong.EXPONENTIAL),
    "prune_iteratively": (
        checks.check_prune_iteratively,
        pruning.prune_iteratively,
        wrong.ITERATIVE,
    ),
    "erdos_renyi": (checks.check_erdos_renyi, wrong.erdos_renyi, wrong.ERDOS_RENYI),
    "gradient_flow": (checks.check_gradient_flow, importance.gradient_flow, wrong.GRADIENT_FLOW),
}
