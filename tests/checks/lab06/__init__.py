"""The exercises of lab 06: the check, a right answer and the wrong ones of each."""

from tests.checks.lab06 import wrong_answers as wrong
from utils.checks import lab06 as checks
from utils import sparse_training
from utils.sparse_training import dsr, memory


def training_memory(weights, density, method):
    return sum(memory.training_memory(weights, density, method).values())


EXERCISES = {
    "drop": (checks.check_drop, sparse_training.drop_smallest, wrong.DROP),
    "grow": (checks.check_grow, sparse_training.grow, wrong.GROW),
    "set_drop": (checks.check_set_drop, wrong.set_drop, wrong.SET_DROP),
    "deep_r_step": (checks.check_deep_r_step, wrong.deep_r_step, wrong.DEEP_R),
    "dsr_threshold": (checks.check_dsr_threshold, dsr.next_threshold, wrong.THRESHOLD),
    "dsr_share": (checks.check_dsr_share, sparse_training.apportion, wrong.SHARE),
    "cosine_drop": (checks.check_cosine_drop, sparse_training.cosine_drop, wrong.COSINE),
    "rigl_update": (checks.check_rigl_update, wrong.rigl_update, wrong.RIGL),
    "training_memory": (checks.check_training_memory, training_memory, wrong.MEMORY),
}
