"""The exercises of lab 04: the check, a right answer and the wrong ones of each."""

from tests.checks.lab04 import wrong_answers as wrong
from utils.checks import lab04 as checks
from utils import pruning

EXERCISES = {
    "prune_by_rate": (checks.check_prune_by_rate, wrong.prune_by_rate, wrong.PRUNE),
    "rewind": (checks.check_rewind, pruning.rewind, wrong.REWIND),
    "reinitialize": (
        checks.check_reinitialize,
        lambda model: pruning.reinitialize(model, {}),
        wrong.REINITIALIZE,
    ),
    "random_mask_like": (checks.check_random_mask_like, pruning.random_mask_like, wrong.RANDOM),
    "find_ticket": (checks.check_find_ticket, wrong.find_ticket, wrong.TICKET),
    "jaccard": (checks.check_jaccard, pruning.jaccard, wrong.JACCARD),
    "supermask_scores": (checks.check_supermask_scores, wrong.supermask_scores, wrong.SUPERMASK),
}
