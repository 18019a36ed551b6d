"""Is `synflow(model, batch)` the part of R that goes through each weight?

R is linear in the size of every single weight, so what goes through a weight is what R loses
without it: no gradient is needed here.

| the statement says | the case that asks it |
|---|---|
| absolute values, no biases, ones, R | by hand: signs and biases of all kinds |
| linear layers, convolutions, ReLUs | blocks in blocks, no biases; hidden: Conv1d |
| of `batch` only the shape | all: the data differ from ones |
| in float64 | eight layers with weights of 1e6 and 1e7 |
| divided by R alone | weights of 0.05 and 1e-7: R below 1 |
| no path: all scores are 0 | all weights of the second layer are 0; hidden: of a convolution |
| the model is left as it was | all; float32; eval mode; hidden: gradients from before |
"""

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.func import functional_call

from utils.checks.exercise import Case, Exercise, case, steps
from utils.checks.inputs import draw
from utils.checks.lab05.networks import (
    Batch,
    batch,
    convolutional,
    network,
    parameters_of,
    weights_of,
)
from utils.checks.lab05.scores import (
    GRADS,
    HINTS,
    MODE,
    leaves_gradients,
    read_scores,
    same_scores,
    shares,
    show_scores,
    sizes,
)
from utils.model import Tensors, mlp, prunable

DATA = "The data take part in the flow. All inputs are 1: torch.ones_like(x)."
BIASES = "The biases take part in the flow: set them to 0 in the copy."
SIGNS = "The weights enter by their absolute values, in every layer: abs() comes before the flow."
GONE = "The signs of the weights are gone: put them back, or work on a copy.deepcopy."
DIVIDE = "Divide by R: the score is a part of it."
NO_PATH = "0 / 0: without any path from the inputs to the outputs all scores are 0."
INSIDE = "Layers inside blocks are left out: parameters() goes into them, children() does not."
OVERFLOW = "The flow is too large for float32: compute in float64, on a copy of the model."


def flow(model: nn.Module, weights: Tensors, x: Tensor) -> float:
    """The sum of the outputs for the inputs x with these weights, without biases."""
    none = {name: torch.zeros_like(p) for name, p in model.named_parameters() if p.dim() == 1}
    return float(functional_call(model, weights | none, (x,)).sum())


def right(model: nn.Module, batch: Batch) -> Tensors:
    """In float64: what R loses without each weight, as a part of R."""
    model, one = copy.deepcopy(model).double(), torch.ones_like(batch[0][:1]).double()
    weights = sizes(weights_of(model))
    whole = flow(model, weights, one)
    lost = {name: torch.zeros_like(w) for name, w in weights.items()}
    for name, w in weights.items():
        for place in range(w.numel() if whole else 0):
            without = w.clone()
            without.view(-1)[place] = 0
            part = 1 - flow(model, weights | {name: without}, one) / whole
            lost[name].view(-1)[place] = part
    return lost


@steps
def synflow_with(
    parts=lambda twin: twin.parameters(),
    weight=torch.abs,
    bias=torch.zeros_like,
    inputs=lambda x: torch.ones_like(x[:1]),
    score=lambda w, g, theta: w * g,
    by=lambda flow: flow,
    zero=torch.nan_to_num,
    copied=copy.deepcopy,
    convert=lambda model: model.double(),
    result=lambda found: found,
    before=lambda model, batch: None,
    after=lambda model, signs: None,
):
    """Takes sizes in a copy in float64, sends ones through, and multiplies the gradient."""

    def answer(model: nn.Module, batch: Batch) -> Tensors:
        before(model, batch)
        signed = weights_of(model)
        twin = convert(copied(model))
        with torch.no_grad():
            for p in parts(twin):
                p.copy_(weight(p) if p.dim() > 1 else bias(p))
        weights = parameters_of(twin, biases=False)
        whole = twin(inputs(batch[0]).to(next(twin.parameters()).dtype)).sum()
        slopes = torch.autograd.grad(whole, list(weights.values()))
        found = {
            name: zero(score(w, g, signed[name]).detach() / by(whole.detach()))
            for (name, w), g in zip(weights.items(), slopes)
        }
        after(model, signed)
        return result(found)

    return answer


@torch.no_grad()
def weights_back(model, signed):
    for name, w in prunable(model).items():
        w.copy_(signed[name])


def itself(model):
    return model


def of_children(twin):
    return [p for layer in twin.children() for p in layer.parameters(recurse=False)]


def signless(found):
    return sizes(found)


MISTAKES = [
    (DATA, synflow_with(inputs=lambda x: x)),
    (DATA, synflow_with(inputs=lambda x: x[:1])),
    (DATA, synflow_with(inputs=lambda x: x.abs())),
    (SIGNS, synflow_with(weight=torch.clone)),
    (SIGNS, synflow_with(weight=torch.clone, result=signless)),
    (BIASES, synflow_with(bias=torch.clone)),
    (BIASES, synflow_with(bias=torch.abs)),
    ("Multiply by |theta|: that is the gradient alone.", synflow_with(score=lambda w, g, _: g)),
    (
        "Multiply by |theta| and divide by R: that is the gradient alone.",
        synflow_with(score=lambda w, g, theta: g, by=torch.ones_like),
    ),
    (
        "The sign of theta is in it: multiply by |theta|.",
        synflow_with(score=lambda w, g, theta: theta * g),
    ),
    (DIVIDE, synflow_with(by=torch.ones_like)),
    (DIVIDE, synflow_with(by=torch.ones_like, inputs=torch.ones_like)),
    (DIVIDE, synflow_with(by=lambda flow: flow.clamp(min=1))),
    ("Divide by R alone: nothing is added to it.", synflow_with(by=lambda flow: flow + 1e-4)),
    (
        "The sums of the layers are R each: divide by R, not by the sum over all layers.",
        synflow_with(result=lambda found: {n: s.nan_to_num() for n, s in shares(found).items()}),
    ),
    (NO_PATH, synflow_with(zero=torch.clone)),
    (OVERFLOW, synflow_with(convert=itself)),
    (GONE, synflow_with(copied=itself, convert=itself)),
    (GONE, synflow_with(copied=itself, convert=itself, bias=torch.clone)),
    (GONE, synflow_with(copied=itself, convert=itself, bias=torch.abs)),
    (
        "The biases of the model are 0 now. Work on a copy.deepcopy of the model.",
        synflow_with(copied=itself, convert=itself, after=weights_back),
    ),
    (
        "model.double() converts the model itself: work on a copy.deepcopy of it.",
        synflow_with(copied=lambda model: copy.deepcopy(model.double())),
    ),
    (INSIDE, synflow_with(parts=of_children)),
    (GRADS, synflow_with(before=leaves_gradients)),
    (MODE, synflow_with(after=lambda model, signed: model.eval())),
]


@torch.no_grad()
def changed(model: nn.Sequential, change) -> nn.Sequential:
    """A copy with `change(p)` in place of each parameter."""
    model = copy.deepcopy(model)
    for p in model.parameters():
        p.copy_(change(p))
    return model


def by_hand() -> nn.Sequential:
    model = mlp(2, 2, 1).double()
    values = {"fc1.weight": [[2.0, -1.0], [1.0, -3.0]], "fc2.weight": [[-1.0, 2.0]]}
    values |= {"fc1.bias": [1.0, 1.0], "fc2.bias": [1.0]}
    model.load_state_dict({name: torch.tensor(value) for name, value in values.items()})
    return model


def in_blocks(generator: torch.Generator, bias: bool = True) -> nn.Sequential:
    """Two linear layers, of 4, 6, 3: the second lies inside two blocks."""
    first, second = nn.Linear(4, 6, bias), nn.Linear(6, 3, bias)
    model = nn.Sequential(first, nn.Sequential(nn.ReLU(), nn.Sequential(second))).double()
    draw(model, generator)
    return model.train(not bias)


def cases(generator: torch.Generator) -> Iterator[Case]:
    pair = torch.tensor([[2.0, -1.0]], dtype=torch.float64), torch.tensor([0])
    words = "layers of 2, 2, 1, weights [[2, -1], [1, -3]] and [[-1, 2]], biases 1"
    yield case(words, model=by_hand(), batch=pair)
    conv, deep, low = (
        convolutional(generator),
        network(generator, 4, 5, 6, 3),
        network(generator, 4, 5, 3),
    )
    wide = network(generator, *[4] * 9).float()
    for words, model in (
        ("layers of 4, 5, 6, 3", deep),
        ("layers of 3, 2 in float32", network(generator, 3, 2).float()),
        ("small weights, R below 1", changed(deep, lambda p: 0.05 * p)),
        ("weights of 1e-7, R below 1", changed(low, lambda p: 1e-7 * p)),
        ("blocks in blocks, in eval mode", in_blocks(generator)),
        ("blocks in blocks, without biases", in_blocks(generator, bias=False)),
        ("a convolution", conv),
        ("a convolution with zeros, as if it were pruned", changed(conv, lambda p: p * (p > 0))),
    ):
        x, y = batch(generator, model, 5)
        examples = x.to(next(model.parameters()).dtype), y
        yield case(f"a network with {words}", model=model, batch=examples)
    for widths in ((3, 4, 2), (3, 3, 3)):
        cut = network(generator, *widths)
        cut.load_state_dict(cut.state_dict() | {"fc2.weight": 0 * cut.get_parameter("fc2.weight")})
        words = f"layers of {', '.join(map(str, widths))}, all weights of the second are 0"
        yield Case(words, {"model": cut, "batch": batch(generator, cut, 5)}, why=NO_PATH)
    for size in (1e6, 1e7):
        x, y = batch(generator, wide, 5)
        words = f"eight layers of 4 in float32, weights of {size:g}"
        large = changed(wide, lambda p, size=size: size * p)
        yield Case(words, {"model": large, "batch": (x.float(), y)}, why=OVERFLOW)


check_synflow = Exercise(
    name="synflow",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="a network by hand, six others, zeros, no path, a flow of 1e50; "
    "the model and its signs left as they were",
    read=read_scores,
    same=same_scores,
    show=show_scores,
    hints=HINTS
    | {
        "same dtype": "Inputs and weights must have the same dtype: give a float64 network ones "
        "in float64.",
        "shapes cannot be multiplied": "The ones have the shape of one example: "
        "torch.ones_like(x[:1], ...).",
    },
)
