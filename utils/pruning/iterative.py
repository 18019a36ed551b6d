"""Pruning in many steps: a schedule says how sparse to be, the weights of the moment say which ones go."""
from torch import nn

from ..importance.magnitude import magnitude
from ..model.parameters import Tensors
from .masks import apply_masks, keep_top
from .schedules import Schedule


class GradualPruner:
    """Magnitude pruning along a schedule, while the network trains (Zhu and Gupta, 2017).

    Use `lambda: pruner.apply(model)` as a training callback, as with FineGrainedPruner: each call is one optimizer step.
    Every `every` steps more weights go, until step `steps`; in between and afterwards the masks are put back.
    All layers are ranked together. What is gone stays gone.
    """

    def __init__(self, model: nn.Module, schedule: Schedule, steps: int, every: int = 10):
        self.schedule, self.steps, self.every = schedule, steps, every
        self.step = 0
        self.masks: Tensors = keep_top(magnitude(model), schedule(0))
        apply_masks(model, self.masks)

    def apply(self, model: nn.Module) -> None:
        """One optimizer step has been made: prune further if it is time to, and put the zeros back."""
        self.step += 1
        if self.step <= self.steps and (self.step % self.every == 0 or self.step == self.steps):
            self.masks = keep_top(magnitude(model), self.schedule(self.step / self.steps), within=self.masks)
        apply_masks(model, self.masks)
