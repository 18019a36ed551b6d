"""From scores to zeros: masks, pruners, schedules."""
from utils.pruning.brute_force import best_mask
from utils.pruning.fine_grained import FineGrainedPruner, fine_grained_prune
from utils.pruning.iterative import GradualPruner
from utils.pruning.layerwise import sensitivity_scan, uniform
from utils.pruning.masks import apply_masks, keep_top
from utils.pruning.schedules import cubic, linear, one_shot

__all__ = ["FineGrainedPruner", "GradualPruner", "apply_masks", "best_mask", "cubic", "fine_grained_prune", "keep_top", "linear",
           "one_shot", "sensitivity_scan", "uniform"]
