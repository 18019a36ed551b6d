"""Does a FineGrainedPruner prune each layer to its own sparsity, and keep the zeros when asked to?

The answer is a class: `.masks`, `.apply(model)`, static `.prune(model, sparsity_dict)`. Each scene
uses one of them.
"""

import torch
from torch import nn

from utils.checks.compare import Unfit, alike, as_dict, as_mask, copied
from utils.checks.exercise import Case, Exercise, Outcome, refused, steps
from utils.checks.lab03.fine_grained_prune import right as fine_grained_prune
from utils.checks.lab03.networks import networks, parameters

NO_GRAD = "Weights are changed in place here: put `@torch.no_grad()` on the method."
KEEP = "Keep what prune() returns: self.masks = FineGrainedPruner.prune(model, sparsity_dict)."
RETURN = "prune() must return the masks."
OUTSIDE = "Biases and BatchNorm are not pruned: only parameters with dim() > 1."
APPLY = "apply() must multiply each parameter by its mask, in place: `p.mul_(self.masks[name])`."
SHARED = "Each pruner has masks of its own: set self.masks in __init__."
SLIP = "A name that is missing or unknown is a slip: raise a KeyError that contains it."
HINTS = {
    "leaf Variable that requires grad": NO_GRAD,
    "KeyError": "Only parameters with dim() > 1 are pruned; look up no other name.",
    "positional argument": "`prune` is called as FineGrainedPruner.prune(model, sparsity_dict): "
    "it needs @staticmethod.",
}


def both_ways(weights, sparsities):
    return set(weights) ^ set(sparsities)


def anything(*_):
    return ()


def each_by_itself(weights, sparsities):
    return {name: fine_grained_prune(w, sparsities.get(name, 0.5)) for name, w in weights.items()}


def by_one_threshold(weights, sparsities):
    number = sum(round(sparsities[name] * w.numel()) for name, w in weights.items())
    least = torch.cat([w.abs().flatten() for w in weights.values()]).kthvalue(number).values
    return {name: w.mul_(w.abs() > least) != 0 for name, w in weights.items()}


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


# --- the scenes


def made(answer, model, sparsities):
    pruner = answer(model, sparsities)
    return getattr(pruner, "masks", None), parameters(model), True


def made_statically(answer, model, sparsities):
    return answer.prune(model, sparsities), parameters(model), True


def made_twice(answer, model, sparsities):
    first, start = answer(model, sparsities), parameters(model)
    answer(copied(model), dict.fromkeys(sparsities, 0.9))
    return first.masks, start, True


@torch.no_grad()
def applied(answer, model, sparsities):
    """To another network, in which no weight is 0 and the smallest have become the largest."""
    pruner, other = answer(model, sparsities), copied(model)
    for p in other.parameters():
        p.copy_(1 / (p.abs() + 0.5))
    before = dict(other.named_parameters())
    pruner.apply(other)
    same = all(before[name] is p for name, p in other.named_parameters())
    return pruner.masks, parameters(other), same


def trained(answer, model, sparsities):
    pruner, optimizer = answer(model, sparsities), torch.optim.Adam(model.parameters(), lr=0.1)
    x, y = torch.arange(256.0).sin().view(16, 1, 4, 4), torch.arange(16) % 4
    for _ in range(5):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
        pruner.apply(model)
    return pruner.masks, parameters(model), True


SCENES = {
    "FineGrainedPruner(model, {})": (made, KEEP),
    "FineGrainedPruner.prune(model, {})": (made_statically, RETURN),
    "pruner.apply(model) after all weights have moved": (applied, APPLY),
    "five steps of Adam, pruner.apply(model) after each": (trained, APPLY),
    "the masks of the first pruner after a second one was made": (made_twice, SHARED),
}


def cases(generator: torch.Generator) -> list[Case]:
    found = [
        Case(
            words.format(sparsities),
            {"scene": scene, "model": model, "sparsities": sparsities},
            why=why,
        )
        for model, sparsities in networks(generator)
        for words, (scene, why) in SCENES.items()
    ]
    for model, sparsities in networks(generator):
        for name, given in {
            "fc2.weight": {name: s for name, s in sparsities.items() if name != "fc2.weight"},
            "fc9.weight": sparsities | {"fc9.weight": 0.5},
            "fc2.bias": sparsities | {"fc2.bias": 0.5},
        }.items():
            asked = {"scene": made, "model": model, "sparsities": given}
            found.append(refused(f"sparsity_dict = {given}", KeyError, SLIP, name, **asked))
    return found


def read(outcome: Outcome, case: Case):
    masks, now, same = outcome.returned
    before = parameters(case.arguments["model"])
    if masks is None:
        raise Unfit("masks by name", "None", case.why)
    masks = as_dict(masks, case.arguments["sparsities"])
    return {name: as_mask(mask, before[name]) for name, mask in masks.items()}, now, same


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    (right, wanted, _), (masks, now, _) = read(expected, case), read(got, case)
    zeros, came = ({name: int((~m).sum()) for name, m in each.items()} for each in (right, masks))
    if zeros != came:
        return f"{case.words}, zeros of each mask", str(zeros), str(came)
    for name, mask in right.items():
        if not alike(masks[name], mask):
            return f"{case.words}: {name}", "its largest |w| kept", "others kept"
    for name, p in wanted.items():
        if not alike(now[name], p):
            come = int(((now[name] != 0) & (p == 0)).sum())
            lost = int(((now[name] == 0) & (p != 0)).sum())
            differs = f"{come} of them not 0, {lost} others 0"
            zero = f"{int((p == 0).sum())} weights 0, the others as they were"
            return f"{case.words}: {name}", zero, differs
    return case.words, "the same parameters, changed in place", "new parameters in the model"


check_fine_grained_pruner = Exercise(
    name="fine_grained_pruner",
    right=pruner_with().answer,
    cases=cases,
    mistakes=MISTAKES,
    facts="masks by name, each layer its own sparsity, biases left alone, zeros kept, KeyErrors",
    ask=lambda answer, scene, model, sparsities: scene(answer, model, sparsities),
    read=read,
    show=show,
    hints=HINTS,
    changes=("model",),
)
