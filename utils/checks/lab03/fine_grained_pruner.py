"""Does a FineGrainedPruner prune each layer to its own sparsity, and keep the zeros when asked to?

The answer is a class: `.masks`, `.apply(model)`, static `.prune(model, sparsity_dict)`. Each scene
uses one of them, on three networks: small, with a convolution in a block, with weights of 0.

| the statement | the case that asks it |
|---|---|
| prunes the model, keeps the masks by name | FineGrainedPruner(model, {}); after a second pruner |
| apply: each pruned parameter by its mask, in place | after all weights have moved; steps of Adam |
| apply makes no new masks | the same: the largest weights are others then |
| prune, a static method, returns the masks | FineGrainedPruner.prune(model, {}) |
| only parameters with dim() > 1 | BatchNorm and biases; hidden: Conv1d, LayerNorm |
| sparsity_dict names each of them and no other | one is missing, unknown, a bias; another order |
| KeyError before any weight is changed | the same |
"""

from functools import partial

import torch
from torch import nn

from utils.checks.compare import Unfit, alike, as_dict, as_mask, copied
from utils.checks.exercise import Case, Exercise, Outcome, refused, steps
from utils.checks.inputs import networks as hard_networks
from utils.checks.lab03.fine_grained_prune import right as fine_grained_prune
from utils.checks.lab03.networks import networks, parameters
from utils.model import prunable

NO_GRAD = "Weights are changed in place here: put `@torch.no_grad()` on the method."
KEEP = "Keep what prune() returns: self.masks = FineGrainedPruner.prune(model, sparsity_dict)."
RETURN = "prune() must return the masks."
OUTSIDE = "Biases and BatchNorm are not pruned: only parameters with dim() > 1."
APPLY = "apply() must multiply each parameter by its mask, in place: `p.mul_(self.masks[name])`."
SHARED = "Each pruner has masks of its own: set self.masks in __init__."
SLIP = "A name that is missing or unknown is a slip: raise a KeyError that contains it."
HINTS = {
    "leaf Variable that requires grad": NO_GRAD,
    "KeyError": "Every parameter with dim() > 1 is pruned, and no other name is looked up.",
    "positional argument": "`prune` is called as FineGrainedPruner.prune(model, sparsity_dict): "
    "it needs @staticmethod.",
}


def both_ways(weights, sparsities):
    return set(weights) ^ set(sparsities)


def anything(*_):
    return ()


def each_by_itself(weights, sparsities):
    return {name: fine_grained_prune(w, sparsities.get(name, 0.5)) for name, w in weights.items()}


def by_place(weights, sparsities):
    return {n: fine_grained_prune(w, s) for (n, w), s in zip(weights.items(), sparsities.values())}


def not_zero(weights, sparsities):
    each_by_itself(weights, sparsities)
    return {name: w != 0 for name, w in weights.items()}


def by_one_threshold(weights, sparsities):
    number = sum(round(sparsities[name] * w.numel()) for name, w in weights.items())
    least = torch.cat([w.abs().flatten() for w in weights.values()]).kthvalue(number).values
    masks = {name: w.abs() > least for name, w in weights.items()}
    return {name: (w.mul_(masks[name]), masks[name])[1] for name, w in weights.items()}


def apply_masks(pruner, model):
    for name, p in model.named_parameters():
        if name in pruner.masks:
            p.mul_(pruner.masks[name])


def apply_without_no_grad(pruner, model):
    with torch.enable_grad():
        apply_masks(pruner, model)


def apply_to_biases(pruner, model):
    for name, p in model.named_parameters():
        p.mul_(pruner.masks.get(name, 0))


def apply_new_masks(pruner, model):
    pruner.masks = pruner.prune(model, pruner.sparsities)


def apply_new_parameters(pruner, model):
    for name, mask in pruner.masks.items():
        layer, _, last = name.rpartition(".")
        new = nn.Parameter(model.get_parameter(name) * mask)
        setattr(model.get_submodule(layer), last, new)


@steps
def pruner_with(
    which=lambda p: p.dim() > 1,
    wrong=both_ways,
    on=lambda weights: weights,
    prune=each_by_itself,
    wrong_afterwards=anything,
    keep=lambda pruner, masks: setattr(pruner, "masks", masks),
    result=lambda masks: masks,
    apply=apply_masks,
):
    def pruned(model, sparsities):
        weights = {name: p.detach() for name, p in model.named_parameters() if which(p)}
        if wrong(weights, sparsities):
            raise KeyError(sorted(wrong(weights, sparsities)))
        masks = prune(on(weights), sparsities)
        if wrong_afterwards(weights, sparsities):
            raise KeyError(sorted(wrong_afterwards(weights, sparsities)))
        return masks

    class FineGrainedPruner:
        def __init__(self, model, sparsities):
            self.model, self.sparsities = model, sparsities
            keep(self, pruned(model, sparsities))

        @torch.no_grad()
        def apply(self, model):
            apply(self, model)

        @staticmethod
        def prune(model, sparsities):
            return result(pruned(model, sparsities))

    return FineGrainedPruner


MISTAKES = [
    (KEEP, pruner_with(keep=anything)),
    (RETURN, pruner_with(result=lambda masks: None)),
    (OUTSIDE, pruner_with(which=lambda p: True, wrong=anything)),
    (
        "Convolutions are pruned too: their weights have 4 dimensions.",
        pruner_with(which=lambda p: p.dim() == 2, wrong=anything),
    ),
    (
        "One threshold ranked all layers together: prune each layer by itself.",
        pruner_with(prune=by_one_threshold),
    ),
    (
        "All layers have the same sparsity: each takes its own from sparsity_dict[name].",
        pruner_with(prune=lambda weights, sparsities: each_by_itself(weights, {})),
    ),
    (
        "The layers and their sparsities were paired by place. They belong together by name.",
        pruner_with(prune=by_place),
    ),
    (
        "A kept weight that is 0 was taken for a pruned one: keep what fine_grained_prune returns.",
        pruner_with(prune=not_zero),
    ),
    (
        "Change the parameters themselves (`p.mul_(mask)`); `p = p * mask` makes a new tensor.",
        pruner_with(on=copied),
    ),
    (APPLY, pruner_with(apply=anything)),
    (OUTSIDE, pruner_with(apply=apply_to_biases)),
    (NO_GRAD, pruner_with(apply=apply_without_no_grad)),
    (
        "apply() made new masks. It must put the old ones back: self.masks.",
        pruner_with(apply=apply_new_masks),
    ),
    (
        "The optimizer holds the old parameters and would go on training those.",
        pruner_with(apply=apply_new_parameters),
    ),
    (
        "apply() works on the model that it is given, not on one that it has kept.",
        pruner_with(apply=lambda pruner, model: apply_masks(pruner, pruner.model)),
    ),
    (SHARED, pruner_with(keep=lambda pruner, masks: setattr(type(pruner), "masks", masks))),
    (SLIP, pruner_with(wrong=lambda weights, sparsities: set(weights) - set(sparsities))),
    (SLIP, pruner_with(wrong=lambda weights, sparsities: set(sparsities) - set(weights))),
    (
        "Compare the names before the loop: nothing may be pruned when the KeyError comes.",
        pruner_with(wrong=anything, wrong_afterwards=both_ways),
    ),
]


# --- the scenes: the masks, and the parameters before and after what was asked


def made(answer, model, sparsities):
    was = parameters(model)
    pruner = answer(model, sparsities)
    return getattr(pruner, "masks", None), was, parameters(model)


def made_statically(answer, model, sparsities):
    was = parameters(model)
    return answer.prune(model, sparsities), was, parameters(model)


def made_twice(answer, model, sparsities):
    was = parameters(model)
    first, now = answer(model, sparsities), parameters(model)
    answer(copied(model), dict.fromkeys(sparsities, 0.9))
    return first.masks, was, now


def applied(answer, model, sparsities):
    """To another network, in which no weight is 0 and the smallest have become the largest."""
    pruner = answer(copied(model), sparsities)
    for p in model.parameters():
        p.data.copy_(1 / (p.detach().abs() + 0.5))
    was = parameters(model)
    pruner.apply(model)
    return pruner.masks, was, parameters(model)


def trained(answer, model, sparsities):
    pruner, optimizer = answer(model, sparsities), torch.optim.Adam(model.parameters(), lr=0.1)
    generator, was = torch.Generator().manual_seed(0), {}
    for _ in range(5):
        for p in model.parameters():
            p.grad = torch.randn(p.shape, generator=generator, dtype=p.dtype)
        optimizer.step()
        was = parameters(model)
        pruner.apply(model)
    return pruner.masks, was, parameters(model)


SCENES = {
    "FineGrainedPruner(model, {})": (made, KEEP),
    "FineGrainedPruner.prune(model, {})": (made_statically, RETURN),
    "pruner.apply(model) after all weights have moved": (applied, APPLY),
    "five steps of Adam, pruner.apply(model) after each": (trained, APPLY),
    "the masks of the first pruner after a second one was made": (made_twice, SHARED),
}


def scenes(words: str, model: nn.Module, sparsities: dict[str, float]) -> list[Case]:
    """The cases of one network: each scene, and dictionaries that lack a name or have another."""
    last = list(prunable(model))[-1]
    bias, unknown = f"{last.removesuffix('weight')}bias", f"{last}s"
    without = {name: s for name, s in sparsities.items() if name != last}
    slips = [(last, without), (unknown, sparsities | {unknown: 0.5})]
    if bias in parameters(model):
        slips.append((bias, sparsities | {bias: 0.5}))
    given = {"model": model, "sparsities": sparsities}
    return [
        *(
            Case(words + scene_words.format(sparsities), {"scene": scene} | given, why=why)
            for scene_words, (scene, why) in SCENES.items()
        ),
        *(
            refused(
                f"{words}sparsity_dict = {wrong}",
                KeyError,
                SLIP,
                name,
                scene=made,
                model=model,
                sparsities=wrong,
            )
            for name, wrong in slips
        ),
    ]


def cases(generator: torch.Generator) -> list[Case]:
    found = [case for each in networks(generator) for case in scenes("", *each)]
    words, sparse, _ = hard_networks(generator)[-1]
    return found + scenes(f"{words}, ", sparse, dict.fromkeys(prunable(sparse), 0.3))


def read(outcome: Outcome, case: Case) -> tuple[dict, dict, dict]:
    """By name: the zeros of each mask, the sizes that it keeps, and what is not was * mask."""
    masks, was, now = outcome.returned
    dense = prunable(case.arguments["model"])
    if masks is None:
        raise Unfit("masks by name", "None", case.why)
    masks = {name: as_mask(mask, dense[name]) for name, mask in as_dict(masks, dense).items()}
    return (
        {name: int((~mask).sum()) for name, mask in masks.items()},
        {name: dense[name][mask].abs().sort().values for name, mask in masks.items()},
        {name: p - was[name] * masks.get(name, torch.tensor(True)) for name, p in now.items()},
    )


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    (right, sizes, _), (zeros, kept, off) = read(expected, case), read(got, case)
    if zeros != right:
        return f"{case.words}, zeros of each mask", str(right), str(zeros)
    for name in right:
        if not alike(kept[name], sizes[name]):
            return f"{case.words}: {name}", "its largest |w| kept", "others kept"
    name = next(name for name, difference in off.items() if difference.any())
    if name not in right:
        return f"{case.words}: {name}", "left alone", "changed"
    gone = ~outcome_mask(got, name)
    come, others = int(off[name][gone].count_nonzero()), int(off[name][~gone].count_nonzero())
    return (
        f"{case.words}: {name}",
        f"{int(gone.sum())} weights 0, the others as they were",
        f"{come} of them not 0, {others} others changed",
    )


def outcome_mask(outcome: Outcome, name: str) -> torch.Tensor:
    return outcome.returned[0][name].bool()


check_fine_grained_pruner = Exercise(
    name="fine_grained_pruner",
    right=pruner_with().answer,
    cases=cases,
    mistakes=MISTAKES,
    facts="masks by name, each layer its own sparsity, biases left alone, zeros kept, KeyErrors",
    ask=lambda answer, scene, model, sparsities: scene(answer, model, sparsities),
    read=read,
    same=partial(alike, rtol=0, atol=0),
    show=show,
    hints=HINTS,
    changes=("model",),
)
