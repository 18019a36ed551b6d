"""The exercises of lab 03: the check, a right answer and the wrong ones of each."""

from tests.checks.lab03 import wrong_answers as wrong
from utils.checks import lab03 as checks
from utils import pruning

EXERCISES = {
    "fine_grained_prune": (
        checks.check_fine_grained_prune,
        pruning.fine_grained_prune,
        wrong.PRUNE,
    ),
    "fine_grained_pruner": (
        checks.check_fine_grained_pruner,
        pruning.FineGrainedPruner,
        wrong.PRUNER,
    ),
    "sensitivity_scan": (checks.check_sensitivity_scan, pruning.sensitivity_scan, wrong.SCAN),
    "fine_tune": (checks.check_fine_tune, wrong.tune_with(), wrong.FINE_TUNE),
    "cubic": (checks.check_cubic, pruning.cubic, wrong.CUBIC),
}
