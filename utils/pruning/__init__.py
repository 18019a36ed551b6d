"""From scores to zeros: masks, pruners, schedules."""

from utils.pruning.brute_force import best_mask
from utils.pruning.fine_grained import FineGrainedPruner, fine_grained_prune
from utils.pruning.isometry import isometry_gap, restore_isometry
from utils.pruning.iterative import GradualPruner, prune_iteratively
from utils.pruning.layerwise import erdos_renyi, sensitivity_scan, uniform
from utils.pruning.lottery import (
    find_ticket,
    jaccard,
    random_mask_like,
    reinitialize,
    retain,
    rewind,
)
from utils.pruning.masks import apply_masks, dense_masks, keep_top
from utils.pruning.schedules import cubic, exponential, linear, one_shot
from utils.pruning.supermask import learned_masks, supermask_scores, with_learned_masks

__all__ = [
    "FineGrainedPruner",
    "GradualPruner",
    "apply_masks",
    "best_mask",
    "cubic",
    "dense_masks",
    "erdos_renyi",
    "exponential",
    "find_ticket",
    "fine_grained_prune",
    "isometry_gap",
    "jaccard",
    "keep_top",
    "learned_masks",
    "linear",
    "one_shot",
    "prune_iteratively",
    "random_mask_like",
    "reinitialize",
    "restore_isometry",
    "retain",
    "rewind",
    "sensitivity_scan",
    "supermask_scores",
    "uniform",
    "with_learned_masks",
]
