"""Is `grasp(model, batch, temperature)` theta * (H g)?

The tests compare the right answer with the exact Hessian.

| the statement says | the case that asks it |
|---|---|
| the mean cross-entropy of model(x) / temperature | temperatures 1, 3 and none: the default |
| g and H of all parameters | by hand: the biases are in g |
| the scores of the prunable weights, signed | blocks in blocks, no biases; hidden: more kinds |
| the model is left as it was | all; hidden: gradients from before |
| H is never formed | 200,500 parameters: H would have 4e10 entries |
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from utils.checks.exercise import Case, Exercise, case, steps
from utils.checks.lab05.networks import (
    BY_HAND,
    Batch,
    batch,
    by_hand,
    convolutional,
    mean_loss,
    network,
    parameters_of,
    seen_kinds,
)
from utils.checks.lab05.scores import (
    GRADS,
    HINTS,
    LABELS,
    MODE,
    NEIGHBOURS,
    PART,
    SOFTMAX,
    first_example,
    halves,
    leaves_gradients,
    predicted_labels,
    read_scores,
    same_scores,
    show_scores,
    sizes,
    softmax_twice,
    sum_of_losses,
    total,
)
from utils.model import Tensors, flat, flat_loss, prunable, split

NO_GRAPH = (
    "g must be differentiable to be differentiated again: torch.autograd.grad(..., "
    "create_graph=True). And prunable(model) returns detached tensors."
)
TEMPERATURE = "The temperature is missing: cross_entropy(model(x) / temperature, y)."


FORMED = (
    "H is never formed: of all parameters it would have 4e10 entries, in 200,500 rows. H g costs "
    "two gradients."
)


class Divided(nn.Module):
    """Divides by a temperature."""

    def __init__(self, temperature: float):
        super().__init__()
        self.temperature = temperature

    def forward(self, x: Tensor) -> Tensor:
        return x / self.temperature


def derivatives(model: nn.Module, batch: Batch, temperature: float) -> tuple[Tensor, Tensor]:
    """g (p,) and H (p, p) of all parameters of a small network, in their order."""
    if sum(p.numel() for p in model.parameters()) > 1000:
        raise MemoryError("H is too large")
    hot = nn.Sequential(model, Divided(temperature))
    loss, theta = flat_loss(hot, batch), flat(hot)
    return torch.func.grad(loss)(theta), torch.func.hessian(loss)(theta)


def from_matrices(score):
    """Scores of other products: score(theta, g, H)."""

    def answer(model, batch, temperature=200.0):
        parts = split(model, score(flat(model), *derivatives(model, batch, temperature)))
        return {name: parts[name] for name in prunable(model)}

    return answer


@steps
def grasp_with(
    score=lambda w, hg, g: w * hg,
    factor=1.0,
    size=lambda score: score,
    scaled=lambda outputs, t: outputs / t,
    loss=mean_loss,
    divide=lambda loss, t: loss,
    vector=lambda theta, g: g,
    second=lambda t: t,
    together=lambda one, other: True,
    biases=True,
    paired=lambda parameters, hg: hg,
    part=lambda batch: batch,
    default=200.0,
    result=lambda found: found,
    before=lambda model, batch: None,
):
    """Differentiates g^T v again, for v = g. `together`: whose g^T v a parameter sees."""

    def answer(model: nn.Module, batch: Batch, temperature: float = default) -> Tensors:
        before(model, batch)
        x, y = part(batch)
        parameters = parameters_of(model, biases)

        def slopes(t: float) -> tuple[Tensor, ...]:
            value = loss(scaled(model(x), t), y)
            value = divide(value, t)
            return torch.autograd.grad(value, list(parameters.values()), create_graph=True)

        g = dict(zip(parameters, slopes(temperature)))
        fixed = dict(zip(parameters, slopes(second(temperature))))
        products = {
            name: (vector(p, fixed[name]).detach() * g[name]).sum()
            for name, p in parameters.items()
        }
        hg = {}
        for name, p in parameters.items():
            seen = torch.stack([part for other, part in products.items() if together(name, other)])
            hg[name] = torch.autograd.grad(seen.sum(), p, retain_graph=True)[0]
        hg = paired(parameters, hg)
        scores = {n: factor * score(p, hg[n], g[n]).detach() for n, p in parameters.items()}
        found = {n: size(score) for n, score in scores.items()}
        return result({name: found[name] for name in prunable(model)})

    return answer


right = grasp_with()


def layer_of(name: str) -> str:
    return name.split(".")[0]


def by_place(parameters, hg):
    """H g of the parameter at the same place, where the weights alone are counted."""
    weights = [name for name, p in parameters.items() if p.dim() > 1]
    return hg | dict(zip(weights, hg.values()))


MISTAKES = [
    (
        "That is -theta * (H g), as in the paper. Here high = keep.",
        grasp_with(factor=-1.0),
    ),
    ("The score is signed: no abs().", grasp_with(size=torch.abs)),
    (
        "The score is signed: no abs() of theta.",
        grasp_with(score=lambda w, hg, g: w.abs() * hg),
    ),
    (
        "Drop the factor 2: the derivative of |g|^2 is 2 H g.",
        grasp_with(factor=2.0),
    ),
    (
        "That is -2 theta * (H g), the change of |g|^2. The score is theta * (H g): high = keep.",
        grasp_with(factor=-2.0),
    ),
    (
        "The loss is added up. Take the mean of the examples.",
        grasp_with(loss=sum_of_losses),
    ),
    (
        "That is theta * g, SNIP with its sign. H is missing.",
        grasp_with(score=lambda w, hg, g: w * g),
    ),
    ("Multiply by theta: that is H g.", grasp_with(score=lambda w, hg, g: hg)),
    ("Multiply H g by theta, not by g.", grasp_with(score=lambda w, hg, g: g * hg)),
    (
        "The Hessian multiplies g, and not theta * g; theta comes after.",
        grasp_with(score=lambda w, hg, g: hg, vector=torch.mul),
    ),
    (
        "That is g * (H theta). The Hessian multiplies g; theta comes after.",
        grasp_with(score=lambda w, hg, g: g * hg, vector=lambda theta, g: theta),
    ),
    (
        "g g^T is not H: that is theta * g * |g|^2. Differentiate the gradient again.",
        from_matrices(lambda theta, g, h: theta * g * (g @ g)),
    ),
    (
        "The square of g is not H: that is theta * g^3. Differentiate the gradient again.",
        grasp_with(score=lambda w, hg, g: w * g**3),
    ),
    (
        "That takes the diagonal of H alone. Removing a weight changes other gradients too.",
        from_matrices(lambda theta, g, h: theta * h.diagonal() * g),
    ),
    (
        "The biases are left out of g and H. Take all parameters.",
        grasp_with(biases=False),
    ),
    (
        "Each layer is differentiated by itself. First add up g^T v over all tensors.",
        grasp_with(together=lambda one, other: layer_of(one) == layer_of(other)),
    ),
    (
        "Each tensor is differentiated by itself. First add up g^T v over all tensors.",
        grasp_with(together=lambda one, other: one == other),
    ),
    (
        "The scores are divided by the sum of their sizes, as SNIP's are. Here they are not.",
        grasp_with(result=lambda found: {n: s / total(sizes(found)) for n, s in found.items()}),
    ),
    (TEMPERATURE, grasp_with(scaled=lambda outputs, t: outputs)),
    (TEMPERATURE + " Its default is 200.", grasp_with(default=1.0)),
    (
        "The loss is divided by the temperature. It is the outputs that are divided.",
        grasp_with(scaled=lambda outputs, t: outputs, divide=lambda loss, t: loss / t),
    ),
    (
        "Divide the outputs by the temperature.",
        grasp_with(scaled=lambda outputs, t: outputs * t),
    ),
    ("The temperature is in one of the two gradients only.", grasp_with(second=lambda t: 1.0)),
    (
        "The outputs are divided by 200, whatever is given: divide by `temperature`.",
        grasp_with(scaled=lambda outputs, t: outputs / 200),
    ),
    (NEIGHBOURS, grasp_with(paired=by_place)),
    (GRADS, grasp_with(before=leaves_gradients)),
    (SOFTMAX, grasp_with(loss=softmax_twice)),
    (LABELS, grasp_with(loss=predicted_labels)),
    (PART, grasp_with(part=halves)),
    (PART, grasp_with(part=first_example)),
    (MODE, grasp_with(before=lambda model, batch: model.eval())),
    (MODE, grasp_with(before=lambda model, batch: model.train())),
]


def cases(generator: torch.Generator) -> Iterator[Case]:
    model, examples = by_hand()
    yield case(f"temperature 1: {BY_HAND}", model=model, batch=examples, temperature=1.0)
    for words, model in (
        ("layers of 3, 4, 3", network(generator, 3, 4, 3, activation=nn.Tanh)),
        ("a convolution, in eval mode", convolutional(generator, activation=nn.Tanh).eval()),
    ):
        for temperature in (1.0, None, 3.0):
            given = {"temperature": temperature} if temperature else {}
            told = f"temperature {temperature:g}" if temperature else "no temperature given"
            examples = batch(generator, model, 8)
            yield case(f"{told}: a tanh network with {words}", model=model, batch=examples, **given)
    wide = network(generator, 400, 400, 100)
    given = {"model": wide, "batch": batch(generator, wide, 4), "temperature": 1.0}
    yield Case("temperature 1: a network with 200,500 parameters", given, why=FORMED)
    for words, model, examples in seen_kinds(generator):
        yield case(f"temperature 2: {words}", model=model, batch=examples, temperature=2.0)


check_grasp = Exercise(
    name="grasp",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="a layer by hand, four networks, four temperatures, a network too large for H; "
    "the model left as it was",
    read=read_scores,
    same=same_scores,
    show=show_scores,
    hints=HINTS
    | {"does not require grad": NO_GRAPH}
    | dict.fromkeys(("still running", "not enough memory", "MemoryError"), FORMED),
)
