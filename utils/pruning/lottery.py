"""Lottery tickets: train, prune a fraction of the survivors, go back to the start, and again.

Frankle and Carbin, "The lottery ticket hypothesis: finding sparse, trainable neural networks"
(2019): a dense network contains a sparse one that, trained alone from the *same initial
weights*, does as well. What becomes of the weights that stay, after each pruning, is the
restart:

    retain        they keep their trained values           (Han et al., 2015)
    rewind        they get their initial values back       (Frankle and Carbin, 2019)
    reinitialize  they are drawn again                     (Liu et al., 2019: the control)
"""

import copy
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from utils.importance.magnitude import magnitude
from utils.model.parameters import Tensors
from utils.pruning.masks import apply_masks, check_sparsity, dense_masks, highest, keep_top

State = dict[str, Tensor]  # what `state_dict` returns: parameters and buffers by name


def rewind(model: nn.Module, initial: State) -> None:
    """Everything as it was: weights, biases, BatchNorm's scales and statistics, in place."""
    model.load_state_dict(initial)


def retain(model: nn.Module, initial: State) -> None:
    """Everything stays as training left it."""


def reinitialize(model: nn.Module, initial: State) -> None:
    """Every layer draws new weights as torch did when it was made, from torch's global
    generator, in place.

    ValueError, before anything is drawn, for a parameter that no layer can draw again. A network
    that was initialized in another way (`initialize`) gets torch's scale, not its own: pass
    `find_ticket` a restart that initializes it.
    """
    resets, covered = [], set()
    for layer in inner_first(model):
        # MultiheadAttention's has an underscore
        reset = getattr(layer, "reset_parameters", getattr(layer, "_reset_parameters", None))
        if reset is not None:
            resets.append(reset)
            of_a_layer = isinstance(layer, nn.Transformer)  # that one draws all that is inside it
            covered |= {id(p) for p in layer.parameters(recurse=of_a_layer)}
    left = [name for name, p in model.named_parameters() if id(p) not in covered]
    if left:
        raise ValueError(
            f"no layer of the model can draw {', '.join(left)} again: give the module that holds "
            "it a method reset_parameters, or pass a restart that draws it"
        )
    for reset in resets:
        reset()


def inner_first(module: nn.Module) -> Iterator[nn.Module]:
    """A module after all that are inside it: the order in which they are made."""
    for child in module.children():
        yield from inner_first(child)
    yield module


def find_ticket(
    model: nn.Module,
    fit: Callable[[nn.Module, Tensors], object],
    sparsity: float | dict[str, float],
    rounds: int,
    restart: Callable[[nn.Module, State], None] = rewind,
    initial: State | None = None,
    importance: Callable[[nn.Module], Tensors] = magnitude,
) -> Tensors:
    """Iterative magnitude pruning; returns the masks. `model` ends restarted and masked, ready
    to be trained alone.

    fit(model, masks)   trains it in place and keeps the zeros
    sparsity            at the end; each round prunes the same fraction of the survivors,
                        1 - (1 - sparsity)^(1 / rounds). What is gone after a round is rounded, not
                        what goes in it: the end is round(sparsity * n), exactly. A float ranks all
                        tensors together, a dictionary by name each tensor by itself
    initial             the state that `rewind` goes back to; by default that of `model` as it
                        comes. A state from early in training instead is late rewinding (Frankle et
                        al., 2020)
    importance          of the trained network; a tensor that it leaves out is not pruned
                        (`leaving_out`)
    """
    if rounds < 1:
        raise ValueError(f"at least one round is needed; got {rounds}")
    # a copy: training must not reach it
    initial = copy.deepcopy(model.state_dict() if initial is None else initial)
    masks = dense_masks(model)
    for k in range(1, rounds + 1):
        fit(model, masks)
        masks = keep_top(importance(model), after_rounds(sparsity, k / rounds), within=masks)
        restart(model, initial)
        apply_masks(model, masks)
    return masks


def after_rounds(sparsity: float | dict[str, float], part: float) -> float | dict[str, float]:
    """The sparsity after a part (0 to 1) of the rounds, when each keeps the same fraction of
    the survivors.
    """

    def reached(end: float) -> float:
        # at the end `end` itself: 1 - (1 - 0.05) is a little more than 0.05
        return 1 - (1 - check_sparsity(end)) ** part if part < 1 else check_sparsity(end)

    if isinstance(sparsity, dict):
        return {name: reached(end) for name, end in sparsity.items()}
    return reached(sparsity)


def random_mask_like(masks: Tensors, generator: torch.Generator | None = None) -> Tensors:
    """Masks that keep as many weights of each tensor, at random places: the other control."""
    return {
        name: highest(
            torch.rand(mask.shape, generator=generator).to(mask.device), int((mask != 0).sum())
        ).to(mask.dtype)
        for name, mask in masks.items()
    }


def jaccard(a: Tensors, b: Tensors) -> float:
    """How much two masks agree: weights that both keep / weights that one of them keeps; 1 when
    neither keeps any.

    Two random masks of density d have d / (2 - d) on average.
    """
    both = sum(int(((a[name] != 0) & (b[name] != 0)).sum()) for name in a)
    either = sum(int(((a[name] != 0) | (b[name] != 0)).sum()) for name in a)
    return both / either if either else 1.0
