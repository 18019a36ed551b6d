"""Right answers of lab 04, plausible wrong ones, and what its checks must say of each. The lists are part of the lab."""

import copy
import math

import torch
from torch import nn

from tests.checks import stub
from utils.model import prunable


# --- prune_by_rate


def prune_with(
    count=lambda rate, survivors, total: round(rate * survivors),
    size=torch.abs,
    alive=lambda w, mask: mask.bool(),
    largest=False,
    threshold=None,
):
    """The right answer with one of its steps changed. threshold: a comparison, in place of positions."""

    def answer(weights, masks, rate):
        here = {name: alive(w, masks[name]) for name, w in weights.items()}
        sizes = torch.cat([size(w)[here[name]] for name, w in weights.items()])
        gone = min(count(rate, len(sizes), sum(w.numel() for w in weights.values())), len(sizes))
        stays = torch.ones_like(sizes)
        if threshold and gone:
            stays = threshold(sizes, sizes.sort().values[gone - 1]).float()
        elif gone:
            stays[sizes.topk(gone, largest=largest).indices] = 0
        after, start = {}, 0
        for name, w in weights.items():
            after[name], number = torch.zeros_like(w), int(here[name].sum())
            after[name][here[name]] = stays[start : start + number]
            start += number
        return after

    return answer


prune_by_rate = prune_with()


def zeros_selected_again(weights, masks, rate):
    """Ranks everything, what is gone as zeros, and never brings any of it back."""
    dead = {name: w * masks[name] for name, w in weights.items()}
    survivors = sum(int(mask.sum()) for mask in masks.values())
    found = prune_with(
        lambda rate, n, total: round(rate * survivors),
        alive=lambda w, mask: torch.ones_like(w).bool(),
    )(dead, masks, rate)
    return {name: mask * masks[name] for name, mask in found.items()}


def brings_back(weights, masks, rate):
    survivors = sum(int(mask.sum()) for mask in masks.values())
    left = survivors - round(rate * survivors)
    return prune_with(
        lambda rate, n, total: total - left, alive=lambda w, mask: torch.ones_like(w).bool()
    )(weights, masks, rate)


def each_by_itself(weights, masks, rate):
    return {
        name: prune_by_rate({name: w}, {name: masks[name]}, rate)[name]
        for name, w in weights.items()
    }


def in_place_on_masks(weights, masks, rate):
    for name, mask in prune_by_rate(weights, masks, rate).items():
        masks[name].copy_(mask)
    return masks


def prunes_the_weights_too(weights, masks, rate):
    after = prune_by_rate(weights, masks, rate)
    for name, w in weights.items():
        w.mul_(after[name])
    return after


def kthvalue(weights, masks, rate):
    sizes = torch.cat([w.abs()[masks[name] != 0] for name, w in weights.items()])
    cut = sizes.kthvalue(round(rate * len(sizes))).values
    gone = prune_with(threshold=lambda sizes, _: sizes > cut)
    return (
        prune_by_rate(weights, masks, rate)
        if (sizes == cut).sum() > 1
        else gone(weights, masks, rate)
    )


def returned(change):
    return lambda *arguments: change(prune_by_rate(*arguments), *arguments)


def floats_and(weights, masks, rate):
    return {name: mask & (weights[name].abs() > 0.25) for name, mask in masks.items()}


PRUNE = {
    "no answer yet": (stub, "there is no answer yet"),
    "floats and &": (floats_and, "Compare first"),
    "rate of all weights": (
        prune_with(lambda rate, n, total: round(rate * total)),
        "the rate of all weights",
    ),
    "zeros selected again": (zeros_selected_again, "selected again"),
    "brings weights back": (brings_back, "stays gone"),
    "survivors are what is not zero": (prune_with(alive=lambda w, mask: w != 0), "stays gone"),
    "survivors are what is not zero, masked": (
        prune_with(alive=lambda w, mask: w * mask != 0),
        "ask the mask, not the weight",
    ),
    "ties over-pruned": (prune_with(threshold=torch.gt), "Equal sizes"),
    "ties under-pruned": (prune_with(threshold=torch.ge), "removed"),
    "kthvalue of 0": (kthvalue, "kthvalue counts from 1"),
    "each tensor by itself": (each_by_itself, "rank the survivors of all tensors together"),
    "no abs": (prune_with(size=lambda w: w), "ranked by their value"),
    "the largest go": (prune_with(largest=True), "the wrong way round"),
    "the rate is kept": (
        prune_with(lambda rate, n, total: n - round(rate * n)),
        "the fraction that goes",
    ),
    "floor": (prune_with(lambda rate, n, total: math.floor(rate * n)), "use round()"),
    "ceil": (prune_with(lambda rate, n, total: math.ceil(rate * n)), "use round()"),
    "changes the masks": (in_place_on_masks, "the masks left as they were"),
    "changes the weights": (prunes_the_weights_too, "the weights left as they were"),
    "returns pruned weights": (
        returned(lambda after, weights, *_: {name: w * after[name] for name, w in weights.items()}),
        "only 0 and 1",
    ),
    "returns nothing": (returned(lambda *_: None), "without a `return`"),
    "a flat mask": (
        returned(lambda after, *_: {name: mask.flatten() for name, mask in after.items()}),
        "shape",
    ),
    "one tensor missing": (returned(lambda after, *_: {"a": after.get("a")}), "under its name"),
}


# --- rewind


def rewind(model, initial):
    model.load_state_dict(initial)


def put_back(which, put=lambda old, new: old.copy_(new)):
    """Copies the entries of the state for which `which(model, name)` holds."""

    @torch.no_grad()
    def answer(model, initial):
        for name, value in model.state_dict().items():
            if which(model, name):
                put(value, initial[name])

    return answer


def is_parameter(model, name):
    return name in dict(model.named_parameters())


def rebinds(model, initial):
    model = copy.deepcopy(model)
    model.load_state_dict(initial)


def new_dictionary(model, initial):
    model.state_dict().update(initial)


def shares_memory(model, initial):
    for name, p in model.named_parameters():
        p.data = initial[name]
    for name, b in model.named_buffers():
        b.copy_(initial[name])


def new_parameters(model, initial):
    model.load_state_dict({name: value.clone() for name, value in initial.items()}, assign=True)


def the_other_way(model, initial):
    for name, value in model.state_dict().items():
        initial[name].copy_(value)


def keeps_the_zeros(model, initial):
    for name, value in model.state_dict().items():
        value.copy_(initial[name] * (value != 0))


def first_level(model, initial):
    for name, layer in model.named_children():
        if not isinstance(layer, nn.Sequential):
            layer.load_state_dict(
                {
                    key.removeprefix(f"{name}."): value
                    for key, value in initial.items()
                    if key.startswith(f"{name}.")
                }
            )


def without_no_grad(model, initial):
    for name, p in model.named_parameters():
        p.copy_(initial[name])


def takes_a_model(model, initial):
    model.load_state_dict(initial.state_dict())


def empties(model, initial):
    model.load_state_dict(initial)
    initial.clear()


def swaps(model, initial):
    now = copy.deepcopy(model.state_dict())
    model.load_state_dict(initial)
    initial.update(now)


REWIND = {
    "no answer yet": (stub, "there is no answer yet"),
    "only weights": (
        put_back(lambda model, name: name in prunable(model)),
        "Only the weights went back",
    ),
    "no buffers": (put_back(is_parameter), "are no parameters, but buffers"),
    "weights and biases": (
        put_back(lambda model, name: name.startswith(("conv", "fc", "block.0"))),
        "BatchNorm stayed as it was",
    ),
    "rebinds the name": (rebinds, "nothing changed"),
    "a new dictionary": (new_dictionary, "nothing changed"),
    "shares its memory": (shares_memory, "shares its memory"),
    "load with assign": (new_parameters, "an optimizer holds the old parameters"),
    "initial overwritten": (the_other_way, "nothing changed"),
    "keeps the zeros": (keeps_the_zeros, "What was 0 stayed 0"),
    "first level only": (first_level, "inside a block"),
    "no no_grad": (without_no_grad, "only under torch.no_grad()"),
    "initial taken for a model": (takes_a_model, "`initial` is a dictionary"),
    "empties initial": (empties, "`initial` as it was"),
    "swaps": (swaps, "not the other way round"),
}


# --- reinitialize


def reinitialize(model):
    for layer in model.modules():
        if hasattr(layer, "reset_parameters"):
            layer.reset_parameters()


def layer_by_layer(change):
    @torch.no_grad()
    def answer(model):
        for layer in model.modules():
            if hasattr(layer, "reset_parameters"):
                change(layer)

    return answer


def shuffle(layer):
    for p in layer.parameters():
        p.copy_(p.flatten()[torch.randperm(p.numel())].view_as(p))


def weights_only(layer):
    bias = layer.bias.clone()
    layer.reset_parameters()
    layer.bias.copy_(bias)


def one_scale(layer):
    layer.reset_parameters()
    if not isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
        layer.weight.uniform_(-0.05, 0.05)


def kaiming_default(layer):
    layer.reset_parameters()
    if layer.weight.dim() > 1:
        nn.init.kaiming_uniform_(layer.weight)


def normal(layer):
    layer.reset_parameters()
    if layer.weight.dim() > 1:
        layer.weight.normal_(0, layer.weight[0].numel() ** -0.5 / 4)


def zero_biases(layer):
    layer.reset_parameters()
    if layer.weight.dim() > 1:
        layer.bias.zero_()


def draws_the_scales(layer):
    layer.reset_parameters()
    if layer.weight.dim() == 1:
        layer.weight.uniform_()


def keeps_the_statistics(layer):
    if layer.weight.dim() > 1:
        layer.reset_parameters()
    else:
        layer.weight.fill_(1)
        layer.bias.zero_()


def seeded(model):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        reinitialize(model)


def no_no_grad(model):
    for layer in model.modules():
        if isinstance(layer, nn.Linear):
            layer.weight.uniform_(-0.1, 0.1)


def every_module(model):
    for layer in model.modules():
        layer.reset_parameters()


def children_only(model):
    for layer in model.children():
        if hasattr(layer, "reset_parameters"):
            layer.reset_parameters()


def of_kinds(*kinds):
    def answer(model):
        for layer in model.modules():
            if isinstance(layer, kinds):
                layer.reset_parameters()

    return answer


def uncalled(model):
    for layer in model.modules():
        if hasattr(layer, "reset_parameters"):
            layer.reset_parameters


def draws_survivors(layer):
    mask = layer.weight != 0
    layer.reset_parameters()
    if layer.weight.dim() > 1:
        layer.weight.mul_(mask)


def copy_only(model):
    reinitialize(copy.deepcopy(model))


def replaces_parameters(model):
    reinitialize(model)
    for layer in model.modules():
        if hasattr(layer, "reset_parameters"):
            layer.weight = nn.Parameter(layer.weight.detach().clone())


@torch.no_grad()
def zeros(model):
    for p in model.parameters():
        p.zero_()


REINITIALIZE = {
    "no answer yet": (stub, "there is no answer yet"),
    "shuffles": (layer_by_layer(shuffle), "Draw new ones"),
    "weights only": (layer_by_layer(weights_only), "Biases were trained too"),
    "one scale for all": (layer_by_layer(one_scale), "a scale of its own"),
    "kaiming's default": (layer_by_layer(kaiming_default), "a scale of its own"),
    "normal": (layer_by_layer(normal), "a scale of its own"),
    "biases of zero": (layer_by_layer(zero_biases), "draws the bias of a layer as well"),
    "draws BatchNorm's scales": (layer_by_layer(draws_the_scales), "Nothing of BatchNorm is drawn"),
    "keeps the statistics": (layer_by_layer(keeps_the_statistics), "resets scales and statistics"),
    "the same each time": (seeded, "Is a seed set inside"),
    "no no_grad": (no_no_grad, "only under torch.no_grad()"),
    "every module": (every_module, "Ask with hasattr"),
    "first level only": (children_only, "model.children() does not"),
    "no BatchNorm": (of_kinds(nn.Linear, nn.Conv2d), "Nothing of BatchNorm is drawn"),
    "no BatchNorm1d": (of_kinds(nn.Linear, nn.Conv2d, nn.BatchNorm2d), "BatchNorm1d (block.1)"),
    "no convolution": (
        of_kinds(nn.Linear, nn.BatchNorm1d, nn.BatchNorm2d),
        "The convolution was left out",
    ),
    "not called": (uncalled, "with its parentheses"),
    "survivors only": (layer_by_layer(draws_survivors), "the masks are applied after it"),
    "a copy": (copy_only, "Nothing was drawn"),
    "new parameters": (replaces_parameters, "an optimizer holds the old parameters"),
    "zeros": (zeros, "learn the same"),
}


# --- random_mask_like


def entry_by_entry(change):
    return lambda masks: {name: change(mask) for name, mask in masks.items()}


def shuffled(mask):
    return mask.flatten()[torch.randperm(mask.numel())].view(mask.shape)


def over_all_tensors(masks):
    together = shuffled(torch.cat([mask.flatten() for mask in masks.values()]))
    parts = together.split([mask.numel() for mask in masks.values()])
    return {name: part.view(mask.shape) for (name, mask), part in zip(masks.items(), parts)}


def with_seed(seeds):
    """seeds: how the generator of each tensor is made, from its number."""

    def answer(masks):
        found = {}
        for number, (name, mask) in enumerate(masks.items()):
            order = torch.randperm(
                mask.numel(), generator=torch.Generator().manual_seed(seeds(number))
            )
            found[name] = mask.flatten()[order].view(mask.shape)
        return found

    return answer


def started_again_for_each_tensor(masks):
    seed = int(torch.randint(10**9, ()))
    return with_seed(lambda number: seed)(masks)


def in_place(masks):
    for mask in masks.values():
        mask.copy_(shuffled(mask))
    return masks


def with_repetition(mask):
    found = torch.zeros(mask.numel())
    found[torch.randint(mask.numel(), (int(mask.sum()),))] = 1
    return found.view(mask.shape)


def rolled(mask):
    return mask.flatten().roll(int(torch.randint(mask.numel(), ()))).view(mask.shape)


RANDOM = {
    "no answer yet": (stub, "there is no answer yet"),
    "about as many": (
        entry_by_entry(lambda mask: (torch.rand(mask.shape) < mask.mean()).float()),
        "exactly as many",
    ),
    "over all tensors": (over_all_tensors, "in each tensor by itself"),
    "a place twice": (entry_by_entry(with_repetition), "may draw a place twice"),
    "one seed": (with_seed(lambda number: number), "Is a seed set inside"),
    "started again for each tensor": (
        started_again_for_each_tensor,
        "started again for each tensor",
    ),
    "the same masks": (entry_by_entry(torch.clone), "nothing drawn at all"),
    "rows shuffled": (
        entry_by_entry(lambda mask: mask[torch.randperm(len(mask))]),
        "shuffle the flat mask",
    ),
    "rolled": (entry_by_entry(rolled), "The places move together"),
    "in place": (in_place, "the masks left as they were"),
    "zeros for ones": (entry_by_entry(lambda mask: 1 - shuffled(mask)), "the number of zeros"),
    "flat": (entry_by_entry(lambda mask: shuffled(mask).flatten()), "shape"),
    "random numbers": (entry_by_entry(lambda mask: mask * torch.rand(mask.shape)), "only 0 and 1"),
    "returns nothing": (lambda masks: None, "without a `return`"),
}


# --- find_ticket


@torch.no_grad()
def apply(model, masks):
    for name, w in prunable(model).items():
        w.mul_(masks[name])


def search(
    remember=lambda model: copy.deepcopy(model.state_dict()),
    back=rewind,
    prune=prune_by_rate,
    order=("fit", "prune", "rewind", "apply"),
    rounds=lambda rounds: rounds,
    last=None,
):
    """Iterative magnitude pruning with one of its parts changed. last: what is left out of the last round."""

    def answer(model, fit, rate, number):
        initial, masks = (
            remember(model),
            {name: torch.ones_like(w) for name, w in prunable(model).items()},
        )
        for k in range(rounds(number)):
            for step in order:
                if step == last and k == rounds(number) - 1:
                    continue
                if step == "fit":
                    fit(model, masks)
                elif step == "prune":
                    masks = prune(prunable(model), masks, rate)
                elif step == "rewind":
                    back(model, initial)
                else:
                    apply(model, masks)
        return masks

    return answer


find_ticket = search()


def forgets_the_masks(weights, masks, rate):
    """What is gone is ranked again, as it is now, and the count is that of the survivors."""
    return brings_back(weights, masks, rate)


def all_at_once(model, fit, rate, rounds):
    return find_ticket(model, fit, 1 - (1 - rate) ** rounds, 1)


def counts_from_all_weights(model, fit, rate, rounds):
    number = 0

    def prune(weights, masks, rate):
        nonlocal number
        number += 1
        return prune_with(
            lambda _, survivors, total: survivors - round(total * (1 - rate) ** number)
        )(weights, masks, rate)

    return search(prune=prune)(model, fit, rate, rounds)


def always_dense(model, fit, rate, rounds):
    return find_ticket(
        model,
        lambda model, masks: fit(
            model, {name: torch.ones_like(mask) for name, mask in masks.items()}
        ),
        rate,
        rounds,
    )


def weights_of_the_first_round(model, fit, rate, rounds):
    first = {}

    def prune(weights, masks, rate):
        if not first:
            first.update({name: w.clone() for name, w in weights.items()})
        return prune_by_rate(first, masks, rate)

    return search(prune=prune)(model, fit, rate, rounds)


def fit_of_the_model_alone(model, fit, rate, rounds):
    return find_ticket(model, lambda model, masks: fit(model), rate, rounds)


def without_prunable(model, fit, rate, rounds):
    masks = find_ticket(model, fit, rate, rounds)
    for name, mask in masks.items():
        model.get_parameter(name).mul_(mask)
    return masks


def on_a_copy(model, fit, rate, rounds):
    return find_ticket(copy.deepcopy(model), fit, rate, rounds)


def returns_nothing(*arguments):
    find_ticket(*arguments)


def biases_too(model, fit, rate, rounds):
    masks = find_ticket(model, fit, rate, rounds)
    return masks | {
        name: torch.ones_like(p) for name, p in model.named_parameters() if name not in masks
    }


TICKET = {
    "no answer yet": (stub, "there is no answer yet"),
    "no deepcopy": (search(remember=lambda model: model.state_dict()), "copy.deepcopy it"),
    "a shallow copy": (search(remember=lambda model: dict(model.state_dict())), "copy.deepcopy it"),
    "never rewound": (search(back=lambda model, initial: None), "Was the model rewound"),
    "only weights rewound": (
        search(back=REWIND["only weights"][0]),
        "Biases and BatchNorm go back too",
    ),
    "buffers not rewound": (search(back=REWIND["no buffers"][0]), "they are buffers"),
    "masked before rewinding": (
        search(order=("fit", "prune", "apply", "rewind")),
        "apply the masks after it",
    ),
    "never masked": (search(order=("fit", "prune", "rewind")), "apply the masks after it"),
    "rewound before pruning": (
        search(order=("fit", "rewind", "prune", "apply")),
        "prune before rewinding",
    ),
    "pruned before training": (
        search(order=("prune", "rewind", "apply", "fit")),
        "The first training is dense",
    ),
    "not masked at the end": (search(last="apply"), "apply the masks after it"),
    "not rewound at the end": (search(last="rewind"), "Was the model rewound"),
    "not pruned at the end": (search(last="prune"), "in the last round too"),
    "one round too few": (search(rounds=lambda rounds: rounds - 1), "once a round"),
    "one round too many": (search(rounds=lambda rounds: rounds + 1), "once a round"),
    "all at once": (all_at_once, "once a round"),
    "rate of all weights": (
        search(prune=PRUNE["rate of all weights"][0]),
        "the rate of the survivors",
    ),
    "counted from all weights": (
        counts_from_all_weights,
        "count from the survivors, not from all weights",
    ),
    "drawn anew": (
        search(back=lambda model, initial: reinitialize(model)),
        "is the network drawn anew",
    ),
    "weights as masks": (
        lambda model, fit, rate, rounds: fit(model, prunable(model)),
        "It does not hold the weights",
    ),
    "the rate is kept": (search(prune=PRUNE["the rate is kept"][0]), "the fraction that goes"),
    "each tensor by itself": (search(prune=each_by_itself), "Is prune_by_rate right?"),
    "masks forgotten": (search(prune=forgets_the_masks), "the masks of the round before"),
    "fit sees no masks": (always_dense, "give fit the masks so far"),
    "ranked by the first training": (weights_of_the_first_round, "use those of this round"),
    "fit without masks": (fit_of_the_model_alone, "fit(model, masks)"),
    "no no_grad": (without_prunable, "only under torch.no_grad()"),
    "on a copy": (on_a_copy, "the initial weights, without the masks"),
    "returns nothing": (returns_nothing, "without a `return`"),
    "masks of biases": (biases_too, "One mask for each tensor"),
}


# --- jaccard


def counted(number):
    """number(both, either, size of a, size of b, all)"""

    def answer(a, b):
        x, y = (torch.cat([mask.flatten() for mask in masks.values()]) != 0 for masks in (a, b))
        return number(int((x & y).sum()), int((x | y).sum()), int(x.sum()), int(y.sum()), len(x))

    return answer


jaccard = counted(lambda both, either, a, b, n: both / either if either else 1.0)


def mean_over_tensors(a, b):
    return sum(jaccard({name: a[name]}, {name: b[name]}) for name in a) / len(a)


def last_tensor(a, b):
    return [jaccard({name: a[name]}, {name: b[name]}) for name in a][-1]


def changes_a(a, b):
    for name, mask in a.items():
        mask.mul_(b[name])
    return jaccard(a, b)


JACCARD = {
    "no answer yet": (stub, "there is no answer yet"),
    "overlap of all": (counted(lambda both, either, a, b, n: both / n), "not by all"),
    "agreement": (
        counted(lambda both, either, a, b, n: (n - either + both) / n),
        "not counted as agreement",
    ),
    "of a": (
        counted(lambda both, either, a, b, n: both / a if a else 1.0),
        "not by those that a keeps",
    ),
    "of b": (
        counted(lambda both, either, a, b, n: both / b if b else 1.0),
        "not by those that b keeps",
    ),
    "sum of the sizes": (
        counted(lambda both, either, a, b, n: both / (a + b) if a + b else 1.0),
        "count twice",
    ),
    "Dice": (counted(lambda both, either, a, b, n: 2 * both / (a + b) if a + b else 1.0), "Dice"),
    "only one of them": (
        counted(lambda both, either, a, b, n: both / max(1, either - both)),
        "At least one is `|`",
    ),
    "distance": (
        counted(lambda both, either, a, b, n: 1 - (both / either if either else 1.0)),
        "not the similarity",
    ),
    "0 / 0 in Python": (counted(lambda both, either, a, b, n: both / either), "return 1"),
    "0 / 0 in torch": (
        counted(lambda both, either, a, b, n: torch.tensor(both) / either),
        "return 1",
    ),
    "0 when both are empty": (
        counted(lambda both, either, a, b, n: both / max(1, either)),
        "return 1",
    ),
    "a small number added": (
        counted(lambda both, either, a, b, n: both / (either + 1e-8)),
        "return 1",
    ),
    "mean over the tensors": (mean_over_tensors, "then divide once"),
    "the last tensor": (last_tensor, "the last tensor alone"),
    "the count": (counted(lambda both, either, a, b, n: both), "Divide by those"),
    "floats and &": (
        lambda a, b: sum(int((a[name] & b[name]).sum()) for name in a),
        "Compare first",
    ),
    "changes its argument": (changes_a, "the masks left as they were"),
    "returns nothing": (lambda a, b: None, "without a `return`"),
}


# --- supermask_scores


def scores_with(**changed):
    """The four formulas, some of them changed."""
    formulas = {
        "large_final": lambda i, f: f.abs(),
        "magnitude_increase": lambda i, f: f.abs() - i.abs(),
        "movement": lambda i, f: (f - i).abs(),
        "large_final_same_sign": lambda i, f: (i.sign() * f).clamp(min=0),
    } | changed

    def answer(initial, final, criterion):
        if criterion not in formulas:
            raise ValueError(criterion)
        return formulas[criterion](initial, final)

    return answer


supermask_scores = scores_with()


def accepts_any(initial, final, criterion):
    return (
        supermask_scores(initial, final, criterion)
        if criterion in ("large_final", "magnitude_increase", "movement")
        else (initial.sign() * final).clamp(min=0)
    )


def raises_key_error(initial, final, criterion):
    try:
        return supermask_scores(initial, final, criterion)
    except ValueError:
        raise KeyError(criterion) from None


def any_case(initial, final, criterion):
    return supermask_scores(initial, final, criterion.lower())


def in_place_difference(initial, final):
    return final.sub_(initial).abs_()


SUPERMASK = {
    "no answer yet": (stub, "there is no answer yet"),
    "large_final without abs": (scores_with(large_final=lambda i, f: f), "the abs() is missing"),
    "large_init": (scores_with(large_final=lambda i, f: i.abs()), "in place of the final"),
    "movement without abs": (scores_with(movement=lambda i, f: f - i), "the abs() is missing"),
    "movement of the sizes": (
        scores_with(movement=lambda i, f: f.abs() - i.abs()),
        "has moved far",
    ),
    "size of the difference of the sizes": (
        scores_with(movement=lambda i, f: (f.abs() - i.abs()).abs()),
        "has moved far",
    ),
    "increase with signs": (
        scores_with(magnitude_increase=lambda i, f: f - i),
        "the abs() is missing",
    ),
    "increase the wrong way round": (
        scores_with(magnitude_increase=lambda i, f: i.abs() - f.abs()),
        "the wrong way round",
    ),
    "increase is movement": (
        scores_with(magnitude_increase=lambda i, f: (f - i).abs()),
        "That is movement",
    ),
    "size of the increase": (
        scores_with(magnitude_increase=lambda i, f: (f.abs() - i.abs()).abs()),
        "has a negative score",
    ),
    "same sign without max": (
        scores_with(large_final_same_sign=lambda i, f: i.sign() * f),
        "The max with 0 is missing",
    ),
    "same sign without sign": (
        scores_with(large_final_same_sign=lambda i, f: f.abs()),
        "whose sign has changed",
    ),
    "not divided": (
        scores_with(large_final_same_sign=lambda i, f: (i * f).clamp(min=0)),
        "only its sign counts",
    ),
    "sign of the final weight": (
        scores_with(large_final_same_sign=lambda i, f: (f.sign() * i).clamp(min=0)),
        "The other way round",
    ),
    "Python's max": (
        scores_with(large_final_same_sign=lambda i, f: max(0, i.sign() * f)),
        "Entry by entry",
    ),
    "torch's maximum": (
        scores_with(large_final_same_sign=lambda i, f: torch.maximum(0, i.sign() * f)),
        "`.clamp(min=0)`",
    ),
    "positive only": (
        scores_with(large_final_same_sign=lambda i, f: f.clamp(min=0)),
        "keeps positive weights only",
    ),
    "0 / 0": (
        scores_with(large_final_same_sign=lambda i, f: (i * f / i.abs()).clamp(min=0)),
        "0 / 0",
    ),
    "accepts any name": (accepts_any, "a ValueError"),
    "KeyError": (raises_key_error, "a ValueError"),
    "any case": (any_case, "a ValueError"),
    "changes its argument": (
        scores_with(movement=in_place_difference),
        "the weights left as they were",
    ),
    "a sum": (scores_with(large_final=lambda i, f: f.abs().sum()), "One score for each weight"),
}
