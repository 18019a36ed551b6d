"""Does a FineGrainedPruner prune each weight tensor to its own sparsity, and keep the zeros when asked to?"""

import torch
from torch import Tensor, nn

from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, must_raise, passed, run

CHECK = "check_fine_grained_pruner"
SPARSITIES = {"conv.weight": 0.25, "fc1.weight": 0.6, "fc2.weight": 0.5}
HINTS = {
    "leaf Variable that requires grad": "Weights are changed in place here: that needs torch.no_grad(). Put `@torch.no_grad()` on the method.",
    "KeyError": "Only parameters with dim() > 1 are pruned; look up no other name.",
    "positional argument": "`prune` is called as FineGrainedPruner.prune(model, sparsity_dict): it needs @staticmethod.",
}


def check_fine_grained_pruner(answer) -> None:
    """`answer` is the class: `.masks`, `.apply(model)`, static `.prune(model, sparsity_dict)`."""
    generator = fresh_generator()
    model = small_model(generator)
    before = _state(model)
    pruner = run(
        CHECK,
        f"FineGrainedPruner(model, {SPARSITIES})",
        answer,
        model,
        dict(SPARSITIES),
        hints=HINTS,
    )
    masks = _check_masks(getattr(pruner, "masks", None), before, "pruner.masks")
    _check_pruned(model, before, masks, "after FineGrainedPruner(model, sparsity_dict)")
    _check_apply(pruner, model, masks, generator)
    _check_training(pruner, model, masks, generator)
    _check_two_pruners(answer, generator)
    _check_static(answer, generator)
    _check_names(answer, generator)
    passed(
        CHECK,
        "masks by name, each layer its own sparsity, biases left alone, zeros kept through training, clear KeyErrors",
    )


def small_model(generator: torch.Generator) -> nn.Sequential:
    """A convolution, BatchNorm and two linear layers with fresh random parameters; input (n, 1, 4, 4), output (n, 3)."""
    model = nn.Sequential()
    for name, layer in dict(
        conv=nn.Conv2d(1, 2, 3),
        bn=nn.BatchNorm2d(2),
        relu=nn.ReLU(),
        flat=nn.Flatten(),
        fc1=nn.Linear(8, 10),
        tanh=nn.Tanh(),
        fc2=nn.Linear(10, 3),
    ).items():
        model.add_module(name, layer)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return model


def _state(model: nn.Module) -> dict[str, Tensor]:
    return {name: p.detach().clone() for name, p in model.named_parameters()}


def _check_masks(
    masks, before: dict[str, Tensor], where: str, sparsities: dict[str, float] = SPARSITIES
) -> dict[str, Tensor]:
    if not isinstance(masks, dict):
        fail(
            CHECK,
            where,
            "a dictionary: parameter name -> mask",
            "nothing" if masks is None else f"a {type(masks).__name__}",
            "Keep what prune() returns: self.masks = FineGrainedPruner.prune(model, sparsity_dict)."
            if where == "pruner.masks"
            else "prune() must return the masks.",
        )
    extra, missing = (
        sorted(masks.keys() - sparsities.keys()),
        sorted(sparsities.keys() - masks.keys()),
    )
    if extra:
        fail(
            CHECK,
            where,
            f"masks for {sorted(sparsities)}",
            f"also for {extra}",
            "Biases and BatchNorm are not pruned: only parameters with dim() > 1.",
        )
    if missing:
        fail(
            CHECK,
            where,
            f"masks for {sorted(sparsities)}",
            f"none for {missing}",
            "Convolutions are pruned too: their weights have 4 dimensions."
            if missing == ["conv.weight"]
            else "",
        )
    for name, mask in masks.items():
        if (
            not isinstance(mask, Tensor)
            or mask.shape != before[name].shape
            or not ((mask == 0) | (mask == 1)).all()
        ):
            fail(
                CHECK,
                f"{where}[{name!r}]",
                f"a mask of 0 and 1, shape {tuple(before[name].shape)}",
                _describe(mask),
            )
    counts = {name: int((mask == 0).sum()) for name, mask in masks.items()}
    expected = {name: round(s * before[name].numel()) for name, s in sparsities.items()}
    if counts != expected:
        total = sum(counts.values()) == sum(expected.values())
        same = len({round(counts[name] / before[name].numel(), 1) for name in counts}) == 1
        fail(
            CHECK,
            f"zeros of each mask in {where}",
            str(expected),
            str({name: counts[name] for name in expected}),
            "The total is right but not the shares: it looks as if one threshold ranked all layers together."
            if total
            else "All layers have the same sparsity: each takes its own from sparsity_dict[name]."
            if same
            else "Each layer takes its own sparsity from sparsity_dict[name] (and fine_grained_prune must be right).",
        )
    masks = {name: mask.detach().bool() for name, mask in masks.items()}
    for name, mask in masks.items():
        if mask.all() or not mask.any():
            continue
        size = before[name].abs()
        if size[mask].min() < size[~mask].max():
            fail(
                CHECK,
                f"{where}[{name!r}]",
                "the largest |w| of this layer kept",
                "a smaller one kept and a larger one pruned",
                "Is fine_grained_prune right?",
            )
    return masks


def _check_pruned(
    model: nn.Module, before: dict[str, Tensor], masks: dict[str, Tensor], when: str
) -> None:
    for name, p in model.named_parameters():
        expected = before[name] * masks[name] if name in masks else before[name]
        if torch.equal(p.detach(), expected):
            continue
        if name not in masks:
            fail(
                CHECK,
                f"{name} {when}",
                "unchanged",
                "changed",
                "Biases and BatchNorm are not pruned.",
            )
        if torch.equal(p.detach(), before[name]):
            fail(
                CHECK,
                f"{name} {when}",
                "pruned weights are 0",
                "the weights as they were: not pruned",
                "Change the parameters themselves (`param *= mask`, `param.mul_(mask)`); `param = param * mask` only makes a new tensor.",
            )
        fail(CHECK, f"{name} {when}", "the old weights times the mask", "other values")


def _check_apply(
    pruner, model: nn.Module, masks: dict[str, Tensor], generator: torch.Generator
) -> None:
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for p in parameters.values():
            p.add_(
                1 + torch.rand(p.shape, generator=generator)
            )  # what an optimizer step does: zeros come back
            p.mul_(
                torch.randint(0, 2, p.shape, generator=generator) * 1.9 - 0.9
            )  # and the order of sizes changes
    before = _state(model)
    run(CHECK, "pruner.apply(model)", pruner.apply, model, hints=HINTS)
    if any(dict(model.named_parameters())[name] is not p for name, p in parameters.items()):
        fail(
            CHECK,
            "pruner.apply(model)",
            "the same parameters, changed in place",
            "new parameters in the model",
            "The optimizer holds the old ones and would go on training those.",
        )
    now = {name: p.detach() for name, p in model.named_parameters() if name in masks}
    left = sum(int((now[name][~mask] != 0).sum()) for name, mask in masks.items())
    lost = sum(int((now[name][mask] == 0).sum()) for name, mask in masks.items())
    if left and lost:
        fail(
            CHECK,
            "pruner.apply(model) after the weights have moved",
            "the masks made at the start",
            f"{lost} kept weights went, {left} pruned ones came back",
            "It looks as if apply() made new masks. It must put the old ones back: self.masks.",
        )
    if left:
        fail(
            CHECK,
            "pruner.apply(model) after the weights have moved",
            "every pruned weight 0 again",
            f"{left} pruned weights are not 0",
            "apply() must multiply each parameter by its mask, in place.",
        )
    _check_pruned(model, before, masks, "after pruner.apply(model)")
    stored = {name: mask.detach().bool() for name, mask in pruner.masks.items()}
    if any(not torch.equal(stored[name], mask) for name, mask in masks.items()):
        fail(
            CHECK,
            "pruner.masks after pruner.apply(model)",
            "the same masks",
            "other masks",
            "apply() must not change the masks.",
        )


def _check_training(
    pruner, model: nn.Module, masks: dict[str, Tensor], generator: torch.Generator
) -> None:
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    x = torch.randn(16, 1, 4, 4, generator=generator)
    y = torch.randint(0, 3, (16,), generator=generator)
    for step in range(1, 6):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
        run(
            CHECK,
            f"pruner.apply(model) after step {step} of Adam",
            pruner.apply,
            model,
            hints=HINTS,
        )
        back = sum(
            int((dict(model.named_parameters())[name][~mask] != 0).sum())
            for name, mask in masks.items()
        )
        if back:
            fail(
                CHECK,
                f"pruner.apply(model) after step {step} of Adam",
                "0 pruned weights have come back",
                f"{back}",
            )


def _check_two_pruners(answer, generator: torch.Generator) -> None:
    first_model, second_model = small_model(generator), small_model(generator)
    before = _state(first_model)
    first = run(
        CHECK, "two pruners for two models", answer, first_model, dict(SPARSITIES), hints=HINTS
    )
    run(
        CHECK,
        "two pruners for two models",
        answer,
        second_model,
        dict.fromkeys(SPARSITIES, 0.9),
        hints=HINTS,
    )
    _check_masks(first.masks, before, "the first pruner's masks after a second pruner was made")


def _check_static(answer, generator: torch.Generator) -> None:
    model = small_model(generator)
    before, sparsities = _state(model), {"conv.weight": 0.0, "fc1.weight": 0.9, "fc2.weight": 1.0}
    masks = run(
        CHECK,
        f"FineGrainedPruner.prune(model, {sparsities})",
        answer.prune,
        model,
        dict(sparsities),
        hints=HINTS,
    )
    masks = _check_masks(masks, before, "FineGrainedPruner.prune(...)", sparsities)
    _check_pruned(model, before, masks, "after FineGrainedPruner.prune(model, sparsity_dict)")


def _check_names(answer, generator: torch.Generator) -> None:
    one_less = {name: s for name, s in SPARSITIES.items() if name != "fc2.weight"}
    one_more = SPARSITIES | {"fc9.weight": 0.5}
    slip = "A name that the model does not have is a slip of the pen that must not pass: raise a KeyError that contains it."
    for sparsities, name, tried, why in [
        (
            one_less,
            "fc2.weight",
            "a sparsity_dict without fc2.weight",
            "Raise a KeyError that contains the missing name.",
        ),
        (one_more, "fc9.weight", "a sparsity_dict with the unknown fc9.weight", slip),
    ]:
        model = small_model(generator)
        before = _state(model)
        error = must_raise(CHECK, tried, KeyError, answer, model, dict(sparsities), why=why)
        if name not in str(error):
            fail(CHECK, tried, f"a KeyError that contains {name}", f"KeyError: {error}")
        if any(not torch.equal(p.detach(), before[other]) for other, p in model.named_parameters()):
            fail(
                CHECK,
                tried,
                "a KeyError before any weight is changed",
                "some layers were pruned first",
                "Compare the names before the loop.",
            )


def _describe(value) -> str:
    return (
        f"a tensor of shape {tuple(value.shape)}, {value.dtype}"
        if isinstance(value, Tensor)
        else f"a {type(value).__name__}"
    )
