"""Right answers of lab 05, plausible wrong ones, and what its checks must say of each. The lists are part of the lab."""

import copy
import math

import torch
from torch import nn

from tests.checks import stub
from utils.model import prunable
from utils.pruning.masks import apply_masks, keep_top


def nothing(answer):
    """The answer without its `return`."""
    return lambda *arguments: [answer(*arguments)] and None


def in_a_list(answer):
    return lambda *arguments: list(answer(*arguments).values())


def parameters_of(model, biases=False):
    return {name: p for name, p in model.named_parameters() if biases or p.dim() > 1}


def each(formula):
    """An answer (model, batch) of one formula for each weight and its gradient: formula(theta, g)."""

    def answer(model, batch):
        weights = parameters_of(model)
        gradients = torch.autograd.grad(
            nn.functional.cross_entropy(model(batch[0]), batch[1]), list(weights.values())
        )
        return {name: formula(w.detach(), g) for (name, w), g in zip(weights.items(), gradients)}

    return answer


# --- snip


def divided(scores, by=lambda scores: sum(score.abs().sum() for score in scores.values())):
    return lambda model, batch: {
        name: score / by(found) for found in [scores(model, batch)] for name, score in found.items()
    }


def signed_sum(scores):
    return sum(score.sum() for score in scores.values())


def largest(scores):
    return max(score.max() for score in scores.values())


def by_backward(model, batch):
    """Right the first time: .grad is never set to zero."""
    nn.functional.cross_entropy(model(batch[0]), batch[1]).backward()
    return {name: (p * p.grad).abs().detach() for name, p in parameters_of(model).items()}


def by_examples(model, batch):
    one = [each(lambda w, g: (w * g).abs())(model, (x[None], y[None])) for x, y in zip(*batch)]
    return {name: sum(scores[name] for scores in one) for name in one[0]}


def snip_with_biases(model, batch):
    parameters = parameters_of(model, biases=True)
    gradients = torch.autograd.grad(
        nn.functional.cross_entropy(model(batch[0]), batch[1]), list(parameters.values())
    )
    return {name: (p * g).abs().detach() for (name, p), g in zip(parameters.items(), gradients)}


def biases_in_the_sum(model, batch):
    found = divided(snip_with_biases)(model, batch)
    return {name: found[name] for name in prunable(model)}


def each_layer(model, batch):
    return {
        name: score / score.sum()
        for name, score in each(lambda w, g: (w * g).abs())(model, batch).items()
    }


def of_detached(model, batch):
    weights = prunable(model)
    gradients = torch.autograd.grad(
        nn.functional.cross_entropy(model(batch[0]), batch[1]), list(weights.values())
    )
    return {name: (w * g).abs() for (name, w), g in zip(weights.items(), gradients)}


def beside_others(model, batch):
    """The weights, each with the gradient at its place among those of all parameters."""
    gradients = torch.autograd.grad(
        nn.functional.cross_entropy(model(batch[0]), batch[1]), list(model.parameters())
    )
    return {name: (w * g).abs() for (name, w), g in zip(prunable(model).items(), gradients)}


def grad_of_detached(model, batch):
    nn.functional.cross_entropy(model(batch[0]), batch[1]).backward()
    return {name: (w * w.grad).abs() for name, w in prunable(model).items()}


def gradient_switched_on_too_late(model, batch):
    weights = {name: w.requires_grad_() for name, w in prunable(model).items()}
    return torch.autograd.grad(
        nn.functional.cross_entropy(model(batch[0]), batch[1]), list(weights.values())
    )


def shrinks_the_model(model, batch):
    scores = snip(model, batch)
    apply_masks(model, keep_top(scores, 0.5))
    return scores


snip = divided(each(lambda w, g: (w * g).abs()))

SNIP = {
    "no answer yet": (stub, "there is no answer yet"),
    "without abs": (divided(each(lambda w, g: w * g)), "The abs() is missing"),
    "without abs, nor in the sum": (
        divided(each(lambda w, g: w * g), signed_sum),
        "in the sum too",
    ),
    "not divided": (each(lambda w, g: (w * g).abs()), "Divide by the sum over all weights"),
    "magnitude": (divided(each(lambda w, g: w.abs())), "Where is the gradient?"),
    "without theta": (divided(each(lambda w, g: g.abs())), "multiply by theta"),
    "squared": (divided(each(lambda w, g: (w * g).square())), "It is squared"),
    "each layer by itself": (each_layer, "Divide by the sum over all layers"),
    "abs of each example": (divided(by_examples), "Gradients of examples may cancel"),
    "biases ranked too": (divided(snip_with_biases), "biases are not"),
    "biases in the sum": (biases_in_the_sum, "The biases are in the sum"),
    "divided by the largest": (
        divided(each(lambda w, g: (w * g).abs()), largest),
        "not by the largest",
    ),
    "divided by the signed sum": (
        lambda model, batch: {
            name: score.abs()
            for name, score in divided(each(lambda w, g: w * g), signed_sum)(model, batch).items()
        },
        "of the absolute values",
    ),
    "divided by the mean": (
        divided(
            each(lambda w, g: (w * g).abs()),
            lambda scores: sum(score.mean() for score in scores.values()),
        ),
        "Every score is 4 times the right one",
    ),
    "gradients of the neighbours": (
        divided(beside_others),
        "paired with the gradients of other parameters",
    ),
    "the .grad of detached weights": (grad_of_detached, "A .grad is None"),
    "a gradient switched on too late": (
        gradient_switched_on_too_late,
        "does not come from these tensors",
    ),
    "gradients add up": (divided(by_backward), ".grad adds up"),
    "detached weights": (divided(of_detached), "model.get_parameter(name) is the parameter itself"),
    "prunes the model": (shrinks_the_model, "the model left as it was"),
    "a list": (in_a_list(snip), "a dictionary"),
    "one number for a layer": (
        lambda model, batch: {name: score.sum() for name, score in snip(model, batch).items()},
        "One score for each weight",
    ),
    "returns nothing": (nothing(snip), "without a `return`"),
}


# --- grasp


def grasp_with(
    score=lambda theta, hg, g: theta * hg,
    loss=lambda outputs, y, t: nn.functional.cross_entropy(outputs / t, y),
    product=lambda g, fixed: sum((a * b).sum() for a, b in zip(fixed, g)),
    biases=True,
    default=200.0,
    again=None,
):
    """score(theta, H g, g) of each weight. again: the temperature of the second gradient."""

    def answer(model, batch, temperature=default):
        parameters = parameters_of(model, biases)

        def g_at(t):
            return torch.autograd.grad(
                loss(model(batch[0]), batch[1], t), list(parameters.values()), create_graph=True
            )

        g = g_at(temperature)
        fixed = [part.detach() for part in (g if again is None else g_at(again))]
        hg = torch.autograd.grad(product(g, fixed), list(parameters.values()))
        found = {
            name: score(p.detach(), h, part.detach())
            for (name, p), h, part in zip(parameters.items(), hg, g)
        }
        return {name: found[name] for name in prunable(model)}

    return answer


def no_graph(model, batch, temperature=200.0):
    weights = list(parameters_of(model).values())
    g = torch.autograd.grad(
        nn.functional.cross_entropy(model(batch[0]) / temperature, batch[1]), weights
    )
    return torch.autograd.grad(sum((part * part).sum() for part in g), weights)


def full_square(model, batch, temperature=200.0):
    """H replaced by g g^T."""
    parameters = parameters_of(model, biases=True)
    g = torch.autograd.grad(
        nn.functional.cross_entropy(model(batch[0]) / temperature, batch[1]),
        list(parameters.values()),
    )
    length = sum(part.square().sum() for part in g)
    return {
        name: (p * part * length).detach()
        for (name, p), part in zip(parameters.items(), g)
        if p.dim() > 1
    }


def hessian_of_theta(model, batch, temperature=200.0):
    """g * (H theta)."""
    parameters = parameters_of(model, biases=True)
    theta = [p.detach() for p in parameters.values()]
    return grasp_with(
        score=lambda theta, ht, g: g * ht,
        product=lambda g, fixed: sum((a * b).sum() for a, b in zip(theta, g)),
    )(model, batch, temperature)


def one_by_one(owner):
    """H g of each owner's parameters by themselves."""

    def answer(model, batch, temperature=200.0):
        found = {}
        for name in prunable(model):
            own = [p for other, p in model.named_parameters() if owner(other) == owner(name)]
            g = torch.autograd.grad(
                nn.functional.cross_entropy(model(batch[0]) / temperature, batch[1]),
                own,
                create_graph=True,
            )
            found[name] = (
                own[0].detach()
                * torch.autograd.grad(sum((part.detach() * part).sum() for part in g), own)[0]
            )
        return found

    return answer


def beside_other_products(model, batch, temperature=200.0):
    parameters = list(model.parameters())
    g = torch.autograd.grad(
        nn.functional.cross_entropy(model(batch[0]) / temperature, batch[1]),
        parameters,
        create_graph=True,
    )
    hg = torch.autograd.grad(sum((part.detach() * part).sum() for part in g), parameters)
    return {name: w * h for (name, w), h in zip(prunable(model).items(), hg)}


def hessian_of_theta_g(model, batch, temperature=200.0):
    theta = [p.detach() for p in model.parameters()]
    return grasp_with(
        score=lambda theta, h, g: h,
        product=lambda g, fixed: sum((p * a * b).sum() for p, a, b in zip(theta, fixed, g)),
    )(model, batch, temperature)


def as_snip(model, batch, temperature=200.0):
    return (
        divided(grasp)(model, batch)
        if temperature == 200.0
        else divided(lambda *given: grasp(*given, temperature))(model, batch)
    )


def diagonal_of_h(model, batch, temperature=200.0):
    parameters = parameters_of(model, biases=True)
    g = torch.autograd.grad(
        nn.functional.cross_entropy(model(batch[0]) / temperature, batch[1]),
        list(parameters.values()),
        create_graph=True,
    )
    found = {}
    for (name, p), part in zip(parameters.items(), g):
        rows = [
            torch.autograd.grad(entry, p, retain_graph=True)[0].flatten()[k]
            for k, entry in enumerate(part.flatten())
        ]
        found[name] = (p * torch.stack(rows).view_as(p) * part).detach()
    return {name: found[name] for name in prunable(model)}


def without_temperature(model, batch, temperature=200.0):
    return grasp(model, batch, 1.0)


grasp = grasp_with()

GRASP = {
    "no answer yet": (stub, "there is no answer yet"),
    "the paper's sign": (grasp_with(lambda theta, hg, g: -theta * hg), "as the paper writes it"),
    "absolute value": (
        grasp_with(lambda theta, hg, g: (theta * hg).abs()),
        "The score is signed: no abs()",
    ),
    "size of the weight": (grasp_with(lambda theta, hg, g: theta.abs() * hg), "no abs() of either"),
    "factor 2": (
        grasp_with(product=lambda g, fixed: sum(part.square().sum() for part in g)),
        "Drop the factor 2",
    ),
    "the change of |g|^2": (
        grasp_with(lambda theta, hg, g: -2 * theta * hg),
        "That is -2 theta * (H g)",
    ),
    "sum over the examples": (
        grasp_with(
            loss=lambda outputs, y, t: nn.functional.cross_entropy(outputs / t, y, reduction="sum")
        ),
        "Take the mean",
    ),
    "g times H g": (grasp_with(lambda theta, hg, g: g * hg), "Multiply H g by theta"),
    "H (theta g)": (hessian_of_theta_g, "and not theta * g"),
    "H g of the neighbours": (
        beside_other_products,
        "paired with the gradients of other parameters",
    ),
    "each layer differentiated by itself": (
        one_by_one(lambda name: name.split(".")[0]),
        "Each layer is differentiated by itself",
    ),
    "always 200": (
        lambda model, batch, temperature=200.0: grasp(model, batch),
        "divided by 200, whatever is given",
    ),
    "g theta only": (grasp_with(lambda theta, hg, g: theta * g), "H is missing"),
    "without theta": (grasp_with(lambda theta, hg, g: hg), "Multiply by theta"),
    "g times H theta": (hessian_of_theta, "theta comes after"),
    "the square of the gradient for H": (
        grasp_with(lambda theta, hg, g: theta * g**3),
        "The square of g is not H",
    ),
    "g g^T for H": (full_square, "g^T g is not H"),
    "the diagonal of H": (diagonal_of_h, "the diagonal of H alone"),
    "biases left out": (grasp_with(biases=False), "take all parameters"),
    "no temperature": (without_temperature, "The temperature is missing"),
    "loss divided": (
        grasp_with(loss=lambda outputs, y, t: nn.functional.cross_entropy(outputs, y) / t),
        "It is the outputs that are divided",
    ),
    "outputs multiplied": (
        grasp_with(loss=lambda outputs, y, t: nn.functional.cross_entropy(outputs * t, y)),
        "Divide.",
    ),
    "temperature in one gradient": (grasp_with(again=1.0), "in one of the two gradients only"),
    "another default": (grasp_with(default=1.0), "The temperature is missing"),
    "no create_graph": (no_graph, "create_graph=True"),
    "divided by the sum": (as_snip, "Here they are not"),
    "a list": (in_a_list(grasp), "a dictionary"),
    "returns nothing": (nothing(grasp), "without a `return`"),
}


# --- synflow


def synflow_with(
    prepare=lambda p: p.abs(),
    bias=torch.zeros_like,
    inputs=lambda x: torch.ones_like(x[:1], dtype=torch.float64),
    score=lambda w, g, flow, theta: torch.nan_to_num(w * g / flow),
    copied=copy.deepcopy,
    convert=lambda model: model.double(),
    put_back=None,
):
    """score(w, dR/dw, R, theta), where w is what `prepare` makes of theta."""

    def answer(model, batch):
        before, twin = copy.deepcopy(model), convert(copied(model))
        with torch.no_grad():
            for p in twin.parameters():
                p.copy_(prepare(p) if p.dim() > 1 else bias(p))
        weights = parameters_of(twin)
        x = inputs(batch[0]).to(next(twin.parameters()).dtype)
        flow = twin(x).sum()
        gradients = torch.autograd.grad(flow, list(weights.values()))
        found = {
            name: score(w.detach(), g, flow.detach(), prunable(before)[name])
            for (name, w), g in zip(weights.items(), gradients)
        }
        if put_back:
            put_back(model, before)
        return found

    return answer


@torch.no_grad()
def weights_back(model, before):
    for name, w in prunable(model).items():
        w.copy_(before.get_parameter(name))


def without_no_grad(model, batch):
    twin = copy.deepcopy(model).double()
    for p in twin.parameters():
        p.abs_()
    return synflow(twin, batch)


def ones_in_float32(model, batch):
    twin = copy.deepcopy(model).double()
    return {"flow": twin(torch.ones(batch[0][:1].shape))}


def ones_for_the_digits(model, batch):
    return {"flow": copy.deepcopy(model).double()(torch.ones(1, 64, dtype=torch.float64))}


def over_all_layers(model, batch):
    return divided(synflow)(model, batch)


def with_biases(model, batch):
    return synflow(model, batch) | {
        name: p.detach().abs() for name, p in model.named_parameters() if p.dim() == 1
    }


synflow = synflow_with()

SYNFLOW = {
    "no answer yet": (stub, "there is no answer yet"),
    "data": (synflow_with(inputs=lambda x: x), "The data take part"),
    "one example of the data": (synflow_with(inputs=lambda x: x[:1]), "The data take part"),
    "sizes of the data": (synflow_with(inputs=lambda x: x.abs()), "The data take part"),
    "no abs": (synflow_with(prepare=lambda p: p), "in every layer"),
    "abs at the end": (
        synflow_with(prepare=lambda p: p, score=lambda w, g, flow, theta: (w * g / flow).abs()),
        "in every layer",
    ),
    "signs lost": (
        synflow_with(
            copied=lambda model: model, bias=lambda p: p.abs(), convert=lambda model: model
        ),
        "The signs of the weights are gone",
    ),
    "biases set to 0 in the model": (
        synflow_with(
            copied=lambda model: model, convert=lambda model: model, put_back=weights_back
        ),
        "Work on a copy.deepcopy",
    ),
    "the model converted": (
        synflow_with(
            convert=lambda model: model, copied=lambda model: copy.deepcopy(model.double())
        ),
        "model.double() converts the model itself",
    ),
    "biases in the flow": (synflow_with(bias=lambda p: p), "The biases take part"),
    "sizes of the biases in the flow": (
        synflow_with(bias=lambda p: p.abs()),
        "The biases take part",
    ),
    "gradient only": (
        synflow_with(score=lambda w, g, flow, theta: g),
        "that is the gradient alone",
    ),
    "gradient over R": (
        synflow_with(score=lambda w, g, flow, theta: g / flow),
        "that is the gradient alone",
    ),
    "not divided": (synflow_with(score=lambda w, g, flow, theta: w * g), "Divide by R"),
    "not divided, of a batch": (
        synflow_with(score=lambda w, g, flow, theta: w * g, inputs=torch.ones_like),
        "Divide by R",
    ),
    "divided by at least 1": (
        synflow_with(score=lambda w, g, flow, theta: w * g / flow.clamp(min=1)),
        "Divide by R",
    ),
    "something added to R": (
        synflow_with(score=lambda w, g, flow, theta: w * g / (flow + 1e-4)),
        "times the right one",
    ),
    "ones of another shape": (ones_for_the_digits, "the shape of one example"),
    "signed": (
        synflow_with(score=lambda w, g, flow, theta: theta * g / flow),
        "The sign of theta is in it",
    ),
    "divided by all layers": (over_all_layers, "not by the sum over all layers"),
    "0 / 0": (synflow_with(score=lambda w, g, flow, theta: w * g / flow), "without any path"),
    "float32": (synflow_with(convert=lambda model: model), "compute in float64"),
    "ones in float32": (ones_in_float32, "ones in float64"),
    "no no_grad": (without_no_grad, "only under torch.no_grad()"),
    "scores of biases": (with_biases, "biases are not"),
    "a list": (in_a_list(synflow), "a dictionary"),
    "returns nothing": (nothing(synflow), "without a `return`"),
}


# --- exponential

EXPONENTIAL = {
    "no answer yet": (stub, "there is no answer yet"),
    "the density": (lambda s: lambda t: (1 - s) ** t, "That is the density"),
    "linear": (lambda s: lambda t: s * t, "the linear schedule"),
    "cubic": (lambda s: lambda t: s * (1 - (1 - t) ** 3), "the cubic schedule"),
    "power of the sparsity": (lambda s: lambda t: s**t, "It is the density that is a power"),
    "1 minus a power of the sparsity": (
        lambda s: lambda t: 1 - s**t,
        "It is the density that is a power",
    ),
    "backwards": (lambda s: lambda t: 1 - (1 - s) ** (1 - t), "The time runs backwards"),
    "a power of e": (lambda s: lambda t: 1 - math.exp(-s * t), "not of e"),
    "one shot": (lambda s: lambda t: s, "at every time"),
    "t as a factor": (lambda s: lambda t: 1 - (1 - s) * t, "t is the exponent"),
    "^ for a power": (lambda s: lambda t: 1 - (1 - s) ^ t, "** in Python"),
    "a tensor": (lambda s: lambda t: torch.tensor(1 - (1 - s) ** t), "Return a plain number"),
    "both at once": (lambda s, t: 1 - (1 - s) ** t, "Return a function of t"),
    "t from nowhere": (lambda s: 1 - (1 - s) ** t, "Return a function of t"),  # noqa: F821
    "a logarithm of 0": (
        lambda s: lambda t: 1 - float(torch.tensor(1 - s).log().mul(t).exp()),
        "needs none",
    ),
    "a logarithm": (lambda s: lambda t: 1 - math.exp(t * math.log(1 - s)), "needs none"),
    "a number": (lambda s: s, "Return the function itself"),
    "returns nothing": (lambda s: None, "Return the function itself"),
    "the schedule returns nothing": (lambda s: lambda t: None, "without a `return`"),
}


# --- prune_iteratively


def iterative(
    time=lambda k, steps: k / steps,
    within=lambda masks: masks,
    put=apply_masks,
    copied=copy.deepcopy,
    cut=keep_top,
    given=lambda batch: batch,
    asked=lambda twin, model, k: twin,
    returned=lambda masks, scores: masks,
    at=lambda schedule, t: schedule(t),
):
    """Iterative pruning with one of its parts changed."""

    def answer(model, importance, schedule, steps, batch):
        twin = copied(model)
        masks = {name: torch.ones_like(w) for name, w in prunable(model).items()}
        for k in range(1, steps + 1):
            scores = importance(asked(twin, model, k), given(batch))
            masks = cut(scores, at(schedule, time(k, steps)), within(masks))
            put(twin, masks)
        return returned(masks, scores)

    return answer


def of_survivors(scores, rate, within):
    """`rate` of what is left."""
    n, left = (
        sum(mask.numel() for mask in within.values()),
        sum(int(mask.sum()) for mask in within.values()),
    )
    return keep_top(scores, 1 - (left - round(rate * left)) / n, within)


def by_threshold(scores, sparsity, within):
    """All that is not above the score of the last one to go."""
    flat = torch.cat(
        [
            score.masked_fill(within[name] == 0, -torch.inf).flatten()
            for name, score in scores.items()
        ]
    )
    threshold = flat.sort().values[round(sparsity * len(flat)) - 1]
    return {name: (score > threshold).double() * within[name] for name, score in scores.items()}


def each_layer_by_itself(scores, sparsity, within):
    return keep_top(scores, dict.fromkeys(scores, sparsity), within)


def the_lowest(scores, sparsity, within):
    return keep_top({name: -score for name, score in scores.items()}, sparsity, within)


def score_0_is_gone(scores, sparsity, within):
    """What is gone is ranked with its own score, and nothing else says that it is gone."""
    return keep_top({name: score * within[name] for name, score in scores.items()}, sparsity)


def rounded_down(scores, sparsity, within):
    n = sum(score.numel() for score in scores.values())
    return keep_top(scores, int(sparsity * n) / n, within)


def scored_once(model, importance, schedule, steps, batch):
    return keep_top(importance(model, batch), schedule(1.0))


def all_at_once(model, importance, schedule, steps, batch):
    return prune_iteratively(model, importance, lambda t: schedule(1.0), steps, batch)


def its_own_schedule(model, importance, schedule, steps, batch):
    return prune_iteratively(
        model, importance, lambda t: 1 - (1 - schedule(1.0)) ** t, steps, batch
    )


def linear_in_any_case(model, importance, schedule, steps, batch):
    return prune_iteratively(model, importance, lambda t: schedule(1.0) * t, steps, batch)


def always_no_grad(model, importance, schedule, steps, batch):
    with torch.no_grad():
        return prune_iteratively(model, importance, schedule, steps, batch)


def by_plain_product(model, masks):
    for name, mask in masks.items():
        model.get_parameter(name).mul_(mask)


def scores_the_weights(model, importance, schedule, steps, batch):
    return importance(prunable(model), batch)


def from_the_start_each_time(model, importance, schedule, steps, batch):
    """Each step's masks are put into a fresh copy, and say nothing of those before."""
    masks = {name: torch.ones_like(w) for name, w in prunable(model).items()}
    for k in range(1, steps + 1):
        twin = copy.deepcopy(model)
        apply_masks(twin, masks)
        masks = keep_top(importance(twin, batch), schedule(k / steps))
    return masks


def ends_early(after):
    """Step `after(steps)` is the last."""

    def answer(model, importance, schedule, steps, batch):
        last = after(steps)
        return prune_iteratively(
            model, importance, lambda t: schedule(t * last / steps), last, batch
        )

    return answer


def by_magnitude(model, importance, schedule, steps, batch):
    return prune_iteratively(
        model,
        lambda model, batch: {name: w.abs() for name, w in prunable(model).items()},
        schedule,
        steps,
        batch,
    )


def no_masks_at_first(model, importance, schedule, steps, batch):
    return keep_top(importance(model, batch), schedule(1 / steps), within={})


def uses_what_apply_masks_returns(model, importance, schedule, steps, batch):
    twin = apply_masks(
        copy.deepcopy(model), {name: torch.ones_like(w) for name, w in prunable(model).items()}
    )
    return importance(twin, batch)


def makes_up_for_it(model, masks):
    """What is left is scaled up, as dropout does."""
    apply_masks(model, masks)
    for w in prunable(model).values():
        w.mul_(2)


def without_batch(model, importance, schedule, steps, batch):
    return prune_iteratively(model, lambda model, batch: importance(model), schedule, steps, batch)


def biases_too(model, importance, schedule, steps, batch):
    masks = prune_iteratively(model, importance, schedule, steps, batch)
    return masks | {
        name: torch.ones_like(p) for name, p in model.named_parameters() if p.dim() == 1
    }


prune_iteratively = iterative()

ITERATIVE = {
    "no answer yet": (stub, "there is no answer yet"),
    "scores the dense network": (
        iterative(put=lambda model, masks: None),
        "apply_masks(copy, masks)",
    ),
    "asks about the model and not the copy": (
        iterative(asked=lambda twin, model, k: model),
        "apply_masks(copy, masks)",
    ),
    "scored once": (scored_once, "Score again in every step"),
    "weights come back": (iterative(within=lambda masks: None), "`within=masks`"),
    "score 0 for what is gone": (iterative(cut=score_0_is_gone), "`within=masks`"),
    "a fresh copy and fresh masks": (from_the_start_each_time, "that were gone are kept again"),
    "scaled up": (iterative(put=makes_up_for_it), "keep their values"),
    "importance of the model alone": (without_batch, "importance(model, batch)"),
    "backwards": (iterative(time=lambda k, steps: 1 - (k - 1) / steps), "count k from 1 to steps"),
    "k from 0": (iterative(time=lambda k, steps: (k - 1) / steps), "k began with 0"),
    "k for k / steps": (iterative(time=lambda k, steps: k), "takes t from 0 to 1"),
    "the first step again and again": (
        iterative(time=lambda k, steps: 1 / steps),
        "No more are gone than after the step before",
    ),
    "the last step forgotten": (
        ends_early(lambda steps: max(steps - 1, 1)),
        "The loop ends after step 4",
    ),
    "return inside the loop": (ends_early(lambda steps: 1), "The loop ends after step 1"),
    "another importance": (by_magnitude, "Score with the `importance` that is given"),
    "no masks at first": (no_masks_at_first, "Begin with masks of ones"),
    "what apply_masks returns": (uses_what_apply_masks_returns, "in place and returns nothing"),
    "rate of the survivors": (iterative(cut=of_survivors), "not of the survivors"),
    "keeps what should go": (
        iterative(at=lambda schedule, t: 1 - schedule(t), within=lambda masks: None),
        "as if as many were kept",
    ),
    "all at once": (all_at_once, "All at once"),
    "its own schedule": (its_own_schedule, "as the schedule says"),
    "linear": (linear_in_any_case, "That is the linear schedule"),
    "a threshold": (iterative(cut=by_threshold), "also when scores are equal"),
    "rounded down": (iterative(cut=rounded_down), "Exactly as many as the schedule says"),
    "each layer by itself": (iterative(cut=each_layer_by_itself), "Each layer is ranked by itself"),
    "keeps the lowest": (iterative(cut=the_lowest), "high = keep"),
    "prunes the model itself": (iterative(copied=lambda model: model), "Work on a copy.deepcopy"),
    "no batch": (iterative(given=lambda batch: None), "Pass it on"),
    "under no_grad": (always_no_grad, "keep no_grad to the masking"),
    "no no_grad": (iterative(put=by_plain_product), "only under torch.no_grad()"),
    "the weights in place of the network": (scores_the_weights, "scores a network"),
    "returns the scores": (
        iterative(returned=lambda masks, scores: scores),
        "A mask says which weights are kept",
    ),
    "masks of biases": (biases_too, "One mask for each"),
    "returns nothing": (nothing(prune_iteratively), "without a `return`"),
}


# --- erdos_renyi


def erdos_renyi_with(
    ratio=lambda shape: sum(shape) / math.prod(shape),
    rounds=99,
    cut=lambda density: density,
    budget=lambda s: 1 - s,
    returned=lambda density, shape: 1 - density,
    copied=dict,
    dense=True,
    taken=lambda s: 1.0,
):
    """rounds: how often what dense layers cannot take is shared out among the others."""

    def answer(shapes, sparsity):
        left, sparse, density = (
            budget(sparsity) * sum(math.prod(shape) for shape in shapes.values()),
            copied(shapes),
            {},
        )
        every = dict(shapes)
        for number in range(99):
            epsilon = (
                left / sum(ratio(shape) * math.prod(shape) for shape in sparse.values())
                if sparse
                else 0
            )
            found = {name: epsilon * ratio(shape) for name, shape in sparse.items()}
            full = [name for name in sparse if found[name] > 1]
            if not full or number == rounds:
                break
            for name in full:
                density[name] = 1.0
                left -= taken(sparsity) * math.prod(sparse.pop(name))
        kept = (density if dense else {}) | {name: cut(value) for name, value in found.items()}
        return {name: returned(kept[name], every[name]) for name in every if name in kept}

    return answer


def divides_by_nothing(shapes, sparsity):
    sparse, left = dict(shapes), (1 - sparsity) * sum(math.prod(shape) for shape in shapes.values())
    density = {}
    while True:
        epsilon = left / sum(sum(shape) for shape in sparse.values())
        full = [name for name, shape in sparse.items() if epsilon * sum(shape) >= math.prod(shape)]
        if not full:
            return {
                name: 1 - density.get(name, epsilon * sum(shape) / math.prod(shape))
                for name, shape in shapes.items()
            }
        for name in full:
            density[name] = 1.0
            left -= math.prod(sparse.pop(name))


def epsilon_is_the_density(shapes, sparsity):
    return {
        name: 1 - (1 - sparsity) * sum(shape) / math.prod(shape) for name, shape in shapes.items()
    }


def shrinks_while_it_looks(shapes, sparsity):
    found = erdos_renyi_with(rounds=0)(shapes, sparsity)
    for name, value in found.items():
        if value < 0:
            del found[name]
    return found


def mean_density(shapes, sparsity):
    ratios = {name: sum(shape) / math.prod(shape) for name, shape in shapes.items()}
    return {
        name: 1 - min(1.0, (1 - sparsity) * ratio * len(ratios) / sum(ratios.values()))
        for name, ratio in ratios.items()
    }


def without_kernel(shape):
    return sum(shape[:2]) / math.prod(shape[:2])


def kernel_in_the_product(shape):
    return sum(shape[:2]) / math.prod(shape)


def at_most_1(density):
    return min(1.0, density)


erdos_renyi = erdos_renyi_with()

ERDOS_RENYI = {
    "no answer yet": (stub, "there is no answer yet"),
    "not clipped": (erdos_renyi_with(rounds=0), "A density is above 1"),
    "clipped, not shared out": (erdos_renyi_with(rounds=0, cut=at_most_1), "is lost"),
    "shared out once": (erdos_renyi_with(rounds=1), "Repeat until none does"),
    "shared out once, then clipped": (
        erdos_renyi_with(rounds=1, cut=at_most_1),
        "Repeat until none does",
    ),
    "kernel forgotten": (erdos_renyi_with(without_kernel), "belong to the sum and to the product"),
    "kernel forgotten, not shared out": (
        erdos_renyi_with(without_kernel, rounds=0, cut=at_most_1),
        "belong to the sum and to the product",
    ),
    "kernel in the product alone": (
        erdos_renyi_with(kernel_in_the_product),
        "belong to the sum too",
    ),
    "upside down": (erdos_renyi_with(lambda shape: math.prod(shape) / sum(shape)), "upside down"),
    "dense layers not subtracted": (erdos_renyi_with(taken=lambda s: 0.0), "are not subtracted"),
    "a new budget for the others": (
        erdos_renyi_with(taken=lambda s: 1 - s),
        "Subtract the whole size",
    ),
    "epsilon is the density": (epsilon_is_the_density, "epsilon is not 1 - sparsity"),
    "whole weights": (
        erdos_renyi_with(
            returned=lambda density, shape: 1 - int(density * math.prod(shape)) / math.prod(shape)
        ),
        "Do not round",
    ),
    "a dictionary that shrinks": (shrinks_while_it_looks, "Collect the names"),
    "densities": (erdos_renyi_with(returned=lambda density, shape: density), "These are densities"),
    "sparsity for density": (erdos_renyi_with(budget=lambda s: s), "taken for the density"),
    "density in and out": (
        erdos_renyi_with(budget=lambda s: s, returned=lambda density, shape: density),
        "and densities are returned",
    ),
    "numbers of weights": (
        erdos_renyi_with(returned=lambda density, shape: density * math.prod(shape)),
        "Divide by the size of each layer",
    ),
    "uniform": (lambda shapes, sparsity: dict.fromkeys(shapes, sparsity), "the uniform sparsity"),
    "mean density": (mean_density, "layers have different sizes"),
    "changes the shapes": (erdos_renyi_with(copied=lambda shapes: shapes), "dict(shapes)"),
    "dense layers left out": (
        erdos_renyi_with(dense=False),
        "The layers that are dense belong to it too",
    ),
    "0 / 0": (divides_by_nothing, "none left to share among"),
    "returns nothing": (lambda shapes, sparsity: None, "without a `return`"),
}


# --- gradient_flow


def flow_with(
    put=True,
    mask=True,
    number=lambda parts, kept: sum(part.square().sum() for part in parts),
    biases=False,
    copied=copy.deepcopy,
    times_theta=False,
):
    def answer(model, masks, batch):
        pruned = copied(model)
        if put:
            apply_masks(pruned, masks)
        parameters = parameters_of(pruned, biases)
        gradients = torch.autograd.grad(
            nn.functional.cross_entropy(pruned(batch[0]), batch[1]), list(parameters.values())
        )
        parts = [g * masks.get(name, 1.0) if mask else g for name, g in zip(parameters, gradients)]
        if times_theta:
            parts = [part * p.detach() for part, p in zip(parts, parameters.values())]
        return float(number(parts, sum(float(m.sum()) for m in masks.values()) or 1.0))

    return answer


def total(parts):
    return sum(part.sum() for part in parts)


def square(parts):
    return sum(part.square().sum() for part in parts)


def changes_the_masks(model, masks, batch):
    flow = flow_with()(model, masks, batch)
    for mask in masks.values():
        mask.zero_()
    return flow


def beside_other_gradients(model, masks, batch):
    pruned = copy.deepcopy(model)
    apply_masks(pruned, masks)
    gradients = torch.autograd.grad(
        nn.functional.cross_entropy(pruned(batch[0]), batch[1]), list(pruned.parameters())
    )
    return sum(float((mask * g).square().sum()) for mask, g in zip(masks.values(), gradients))


def what_apply_masks_returns(model, masks, batch):
    return apply_masks(copy.deepcopy(model), masks)(batch[0])


def one_of_each_layer(model, masks, batch):
    return {name: flow_with()(model, {name: mask}, batch) for name, mask in masks.items()}


GRADIENT_FLOW = {
    "no answer yet": (stub, "there is no answer yet"),
    "at theta": (flow_with(put=False), "the gradient at m * theta"),
    "not masked": (flow_with(mask=False), "multiply by m"),
    "neither": (flow_with(put=False, mask=False), "and of all weights"),
    "the notes' CD": (
        flow_with(number=lambda parts, kept: total(parts) / kept),
        "the CD of the notes",
    ),
    "signed mean over all": (
        flow_with(number=lambda parts, kept: total(parts) / sum(part.numel() for part in parts)),
        "where gradients cancel",
    ),
    "signed sum": (flow_with(number=lambda parts, kept: total(parts)), "with their signs"),
    "sizes": (
        flow_with(number=lambda parts, kept: sum(part.abs().sum() for part in parts)),
        "the sum of their sizes",
    ),
    "length": (
        flow_with(number=lambda parts, kept: square(parts).sqrt()),
        "The flow is its square",
    ),
    "square of the sum": (
        flow_with(number=lambda parts, kept: total(parts) ** 2),
        "Square each, then add up",
    ),
    "mean": (flow_with(number=lambda parts, kept: square(parts) / kept), "Add up the squares"),
    "mean over all": (
        flow_with(number=lambda parts, kept: square(parts) / sum(part.numel() for part in parts)),
        "That is a mean over all weights",
    ),
    "sum over the examples": (
        lambda model, masks, batch: len(batch[1]) ** 2 * flow_with()(model, masks, batch),
        "Take the mean",
    ),
    "one layer": (
        flow_with(number=lambda parts, kept: square(parts[-1:])),
        "Only fc2.weight is in it",
    ),
    "gradients of the neighbours": (
        beside_other_gradients,
        "paired with the gradients of other parameters",
    ),
    "what apply_masks returns": (what_apply_masks_returns, "in place and returns nothing"),
    "biases": (flow_with(biases=True), "The biases are in it"),
    "times theta": (flow_with(times_theta=True), "a weight's effect on the loss"),
    "prunes the model": (flow_with(copied=lambda model: model), "Work on a copy.deepcopy"),
    "changes the masks": (changes_the_masks, "the masks left as they were"),
    "one number for a layer": (one_of_each_layer, "the number"),
    "returns nothing": (nothing(flow_with()), "without a `return`"),
}
