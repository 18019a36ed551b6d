"""Pruning in many steps: a schedule says how sparse to be, the current weights
say which ones go.
"""

from collections.abc import Callable

from torch import nn

from utils.importance.magnitude import magnitude
from utils.model.copies import copy_of
from utils.model.data import Batch
from utils.model.parameters import Tensors
from utils.pruning.masks import apply_masks, dense_masks, keep_top
from utils.pruning.schedules import Schedule


class GradualPruner:
    """Pruning along a schedule, while the network trains (Zhu and Gupta, 2017, who prune
    each layer by itself, by magnitude).

    Use `lambda: pruner.apply(model)` as a training callback, as with FineGrainedPruner:
    each call is one optimizer step. The schedule's time runs from 0 at step `start` to
    1 at step `end`. Every `every` steps weights are pruned; in between and afterwards
    the masks are put back. Here all layers are ranked together by `importance`; a tensor
    that it leaves out is not pruned. What is gone stays gone.
    """

    def __init__(
        self,
        model: nn.Module,
        schedule: Schedule,
        start: int,
        end: int,
        every: int = 10,
        importance: Callable[[nn.Module], Tensors] = magnitude,
    ):
        if not 0 <= start < end:
            raise ValueError(
                "pruning must start before it ends, at steps from 0 on; "
                f"got start {start} and end {end}"
            )
        self.schedule, self.start, self.end, self.every = schedule, start, end, every
        self.importance, self.step = importance, 0
        self.masks: Tensors = dense_masks(model)
        self._prune(model)

    def apply(self, model: nn.Module) -> None:
        """One optimizer step has been made: prune further if it is time to, and put the
        zeros back.
        """
        self.step += 1
        due = (self.step - self.start) % self.every == 0
        if self.step <= self.end and due or self.step == self.end:
            self._prune(model)
        apply_masks(model, self.masks)

    def _prune(self, model: nn.Module) -> None:
        sparsity = self.schedule((self.step - self.start) / (self.end - self.start))
        self.masks = keep_top(self.importance(model), sparsity, within=self.masks)
        apply_masks(model, self.masks)


def prune_iteratively(
    model: nn.Module,
    importance: Callable[..., Tensors],
    schedule: Schedule,
    steps: int,
    batch: Batch | None = None,
) -> Tensors:
    """Score, prune a little, score what is left, and so on, without any training;
    returns the masks.

    importance(model, batch)    of the network as it is pruned so far; ranked globally
    schedule                    the sparsity after k of the `steps` is schedule(k /
    steps)

    `model` is not changed. With one step this is `keep_top` of the scores. Tanaka et
    al. (2020).
    """
    if steps < 1:
        raise ValueError(f"at least one step is needed; got {steps}")
    model = copy_of(model)
    masks = dense_masks(model)
    for k in range(1, steps + 1):
        masks = keep_top(importance(model, batch), schedule(k / steps), within=masks)
        apply_masks(model, masks)
    return masks
