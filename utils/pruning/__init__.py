"""From scores to zeros: masks, pruners, schedules."""
from .fine_grained import FineGrainedPruner, fine_grained_prune
from .iterative import GradualPruner
from .layerwise import sensitivity_scan, uniform
from .masks import apply_masks, keep_top
from .schedules import cubic, linear, one_shot

__all__ = ["FineGrainedPruner", "GradualPruner", "apply_masks", "cubic", "fine_grained_prune", "keep_top", "linear",
           "one_shot", "sensitivity_scan", "uniform"]
