"""Does `fine_grained_prune(tensor, sparsity)` zero exactly the round(s * n) smallest weights, in place, and return the mask?"""

import math

import torch
from torch import Tensor, nn
from torch.nn.utils import prune as torch_prune

from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, must_raise, passed, run

CHECK = "check_fine_grained_prune"
HINTS = {
    "selected number k out of range": "torch.kthvalue counts from 1. With num_zeros = 0 there is no 0-th smallest value, and nothing "
    "to prune: return a mask of ones. (round(s * n) can be 0 for small tensors, not only for s = 0.)",
    "leaf Variable that requires grad": "A weight may be changed in place only under torch.no_grad().",
    "has no attribute 'mul_'": "It must work on the tensor itself.",
}


def check_fine_grained_prune(answer) -> None:
    """`answer(tensor, sparsity)` prunes in place and returns the mask; raises CheckFailed on the first fact that does not hold."""
    _prune(answer, torch.tensor([3.0, -1.0, 2.0, -4.0]), 0.5)
    _uses_sparsity(answer)
    ten = torch.tensor([0.5, -2.0, 1.5, -0.1, 3.0, -1.0, 0.2, 2.5, -0.7, 4.0])
    _prune(answer, ten, 0.26)
    _prune(answer, ten, 0.24)
    _prune(answer, ten, 0.0)
    _prune(answer, torch.arange(1.0, 21.0), 0.01)
    _prune(answer, ten, 1.0)
    _prune(answer, torch.tensor([1.0, -1.0, 1.0, 1.0, 5.0, -1.0]), 0.5)
    _prune(answer, torch.tensor([0.0, 0.0, 0.0, 2.0, -3.0, 1.0]), 0.33)
    generator = fresh_generator()
    for shape in [(5, 5), (1, 7), (4, 3, 3, 3)]:
        tensor = torch.randn(shape, generator=generator)
        for sparsity in (0.3, 0.72):
            _agrees_with_torch(tensor, sparsity, _prune(answer, tensor, sparsity))
    for sparsity in (-0.1, 1.5, math.nan):
        tensor = ten.clone()
        must_raise(
            CHECK,
            f"sparsity {sparsity}",
            ValueError,
            answer,
            tensor,
            sparsity,
            why="A sparsity outside [0, 1] is a mistake of the caller: say so at once. (NaN is neither smaller nor larger than "
            "anything: `not 0 <= sparsity <= 1` catches it, `sparsity < 0 or sparsity > 1` does not.)",
        )
        if not torch.equal(tensor, ten):
            fail(
                CHECK,
                f"sparsity {sparsity}",
                "a ValueError before anything is changed",
                "the tensor was changed first",
            )
    passed(
        CHECK,
        "small cases, rounding, sparsity 0 and 1, ties, 1 to 4 dimensions, in place, bad input",
    )


def _uses_sparsity(answer) -> None:
    weights = torch.tensor([4.0, -1.0, 3.0, -6.0, 2.0, 8.0, -5.0, 7.0])
    counts = [
        _zeros(_mask(answer, weights.clone(), s, f"sparsity {s} of 8 weights"))
        for s in (0.25, 0.5, 0.75)
    ]
    if len(set(counts)) == 1:
        fail(
            CHECK,
            "8 weights at sparsity 0.25, 0.5 and 0.75",
            "2, 4 and 6 zeros",
            f"{counts[0]} zeros each time",
            "The result does not depend on `sparsity`: is the argument used?",
        )


def _prune(answer, tensor: Tensor, sparsity: float) -> Tensor:
    """Prune a copy; check the mask and the copy; return the mask as booleans."""
    tried = f"sparsity {sparsity} of {_show(tensor)}"
    pruned = tensor.clone()
    mask = _mask(answer, pruned, sparsity, tried)
    _check_count(tensor, sparsity, mask, tried)
    _check_choice(tensor, mask, tried)
    if torch.equal(pruned, tensor) and not torch.equal(tensor, tensor * mask):
        fail(
            CHECK,
            tried,
            "the tensor itself changed: pruned entries are 0",
            "the tensor as it was before",
            "It must be pruned in place: `tensor.mul_(mask)`. `tensor = tensor * mask` only gives a new tensor the old name.",
        )
    if not torch.equal(pruned, tensor * mask):
        fail(
            CHECK,
            tried,
            f"the tensor times the mask: {_show(tensor * mask)}",
            _show(pruned),
            "Kept weights stay exactly as they were, pruned ones become 0.",
        )
    return mask


def _mask(answer, tensor: Tensor, sparsity: float, tried: str) -> Tensor:
    shape, before = tensor.shape, tensor.clone()
    mask = run(CHECK, tried, answer, tensor, sparsity, hints=HINTS)
    if mask is None:
        fail(CHECK, tried, "the mask", "None", "The function ends without `return mask`.")
    if not isinstance(mask, Tensor):
        fail(CHECK, tried, "the mask, a tensor", f"a {type(mask).__name__}")
    if mask.shape != shape:
        fail(
            CHECK,
            tried,
            f"a mask of the tensor's shape {tuple(shape)}",
            f"shape {tuple(mask.shape)}",
            "`view(-1)` or `flatten()` is for finding the threshold only; compare the importance in its own shape.",
        )
    mask = mask.detach()
    if not ((mask == 0) | (mask == 1)).all():
        mistake = (
            "That is the pruned tensor. Return the mask."
            if torch.equal(mask.double(), tensor.double()) and not torch.equal(mask, before)
            else ""
        )
        fail(CHECK, tried, "a mask of 0 and 1 (or False and True)", _show(mask), mistake)
    return mask.bool()


def _check_count(tensor: Tensor, sparsity: float, mask: Tensor, tried: str) -> None:
    exact, n = sparsity * tensor.numel(), tensor.numel()
    expected, got = round(exact), _zeros(mask)
    if got == expected:
        return
    size = tensor.abs().flatten()
    ties = expected > 0 and int((size == size.kthvalue(expected).values).sum()) > 1
    if ties and got > expected:
        mistake = (
            "Equal sizes: every weight that ties with the threshold went. `importance > threshold` cannot tell them apart; choose "
            "positions instead (torch.topk, or argsort, gives indices)."
        )
    elif ties:
        mistake = "Equal sizes: too few went. Choose positions instead of comparing with a threshold (torch.topk, or argsort)."
    elif got == 0:
        mistake = "Nothing was pruned."
    elif got == round((1 - sparsity) * n):
        mistake = "Sparsity is the fraction of zeros. It looks as if it were taken for the fraction that is kept."
    elif expected != exact and got == math.floor(exact):
        mistake = f"{exact:g} was cut down to {got}: use round(), not int() or floor."
    elif expected != exact and got == math.ceil(exact):
        mistake = f"{exact:g} went up to {got}: use round(), not ceil. (torch.quantile interpolates and does this too.)"
    elif got == expected - 1:
        mistake = (
            "One too few: the weight that equals the threshold was kept. Is there a `>=` for a `>`?"
        )
    elif got == expected + 1:
        mistake = "One too many: off by one. sorted_values[k] is the (k+1)-th smallest; torch.kthvalue counts from 1."
    else:
        mistake = ""
    fail(
        CHECK,
        tried,
        f"round({sparsity} * {n}) = {expected} zeros in the mask",
        f"{got} zeros",
        mistake,
    )


def _check_choice(tensor: Tensor, mask: Tensor, tried: str) -> None:
    kept, size = tensor[mask], tensor.abs().flatten()
    best = size.topk(len(kept))
    if torch.equal(kept.abs().sort().values, best.values.sort().values):
        return
    if torch.equal(kept.sort().values, tensor.flatten().topk(len(kept)).values.sort().values):
        mistake = (
            "A large negative weight went and a smaller positive one stayed: it looks as if weights were ranked by their value, "
            "not by their size |w|."
        )
    elif torch.equal(
        kept.abs().sort().values, size.topk(len(kept), largest=False).values.sort().values
    ):
        mistake = "The smallest weights stayed and the largest went: the mask is the wrong way round (1 = kept, 0 = pruned)."
    else:
        mistake = "The weights that stay must be the largest in size |w|."
    expected = tensor.flatten()[best.indices.sort().values]
    fail(
        CHECK,
        tried,
        f"{len(kept)} weights kept: {_show(expected)}",
        f"{len(kept)} weights kept: {_show(kept)}",
        mistake,
    )


def _agrees_with_torch(tensor: Tensor, sparsity: float, mask: Tensor) -> None:
    layer = nn.Module()
    layer.register_parameter("weight", nn.Parameter(tensor.clone()))
    torch_prune.l1_unstructured(layer, "weight", amount=sparsity)
    if not torch.equal(mask, layer.weight_mask.bool()):
        fail(
            CHECK,
            f"sparsity {sparsity} of {_show(tensor)}",
            "the mask of torch.torch_prune.l1_unstructured",
            "another one",
        )


def _zeros(mask: Tensor) -> int:
    return int((~mask).sum())


def _show(tensor: Tensor) -> str:
    if tensor.dim() == 1 and tensor.numel() <= 10:
        return "[" + ", ".join(f"{value:g}" for value in tensor.tolist()) + "]"
    return (
        f"random weights of shape {tuple(tensor.shape)}"
        if tensor.dim() > 1
        else f"{tensor.numel()} weights"
    )
