"""Is `fisher_diagonal(model, x, y)` the mean over the examples of the squared gradient of each?

| the statement | asked by |
|---|---|
| the gradient of each example alone, squared, then the mean | 1, 2, 3 and 7 examples; 8 (hidden) |
| cross-entropy, labels of the data | networks that predict other labels |
| all parameters, biases too, in their order | two layers; blocks in blocks, convolutions (hidden) |
| inputs (n, ...) | pictures (hidden) |
| the model left as it was, but .grad | the engine |
"""

from itertools import pairwise

import torch
from torch import Tensor, nn

from utils.checks.compare import as_tensor
from utils.checks.exercise import Case, Outcome, steps
from utils.checks.lab02.vectors import INEXACT, normal, of_vectors, shown

cross_entropy = nn.functional.cross_entropy
HINTS = {
    "same dtype": "The model and x are float64: make no float32 tensors in between.",
    "size mismatch": "Give the model one example as a batch of one: x[i:i + 1].",
    "Expected input batch_size": "Give one example as a batch of one: x[i:i + 1], y[i:i + 1].",
}


def each(model: nn.Module, x: Tensor, y: Tensor, loss=cross_entropy) -> Tensor:
    """(n, p): the gradient of the loss of each example alone."""
    parameters = list(model.parameters())
    losses = [loss(model(x[i : i + 1]), y[i : i + 1]) for i in range(len(x))]
    return torch.stack(
        [nn.utils.parameters_to_vector(torch.autograd.grad(one, parameters)) for one in losses]
    )


def right(model: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    return each(model, x, y).square().mean(0)


@steps
def fisher_with(
    inputs=lambda x: x,
    labels=lambda model, x, y: y,
    loss=cross_entropy,
    mean=lambda g: g.square().mean(0),
    result=lambda f, theta: f,
):
    def answer(model, x, y):
        gradients = each(model, inputs(x), labels(model, x, y), loss)
        return result(mean(gradients), nn.utils.parameters_to_vector(model.parameters()).detach())

    return answer


def true_fisher(model, x, y):
    """The mean over the labels that the network itself gives, by their probabilities."""
    probabilities = model(x).softmax(1).detach().T
    squares = [each(model, x, torch.full_like(y, q)).square() for q in range(len(probabilities))]
    return sum((p[:, None] * square).mean(0) for p, square in zip(probabilities, squares))


def weights_only(model, x, y):
    weights = [torch.full((p.numel(),), p.dim() > 1) for p in model.parameters()]
    return right(model, x, y)[torch.cat(weights)]


def of_parameters(chosen):
    """The right answer for some of the parameters, or for all in another order."""

    def answer(model, x, y):
        sizes = {name: parameter.numel() for name, parameter in model.named_parameters()}
        found = dict(zip(sizes, right(model, x, y).split(list(sizes.values()))))
        return torch.cat([found[name] for name in chosen(list(found), model)])

    return answer


def in_twos(model, x, y):
    parameters, squares = list(model.parameters()), []
    for xs, ys in zip(x.split(2), y.split(2)):
        parts = torch.autograd.grad(cross_entropy(model(xs), ys), parameters)
        squares.append(nn.utils.parameters_to_vector(parts).square())
    return torch.stack(squares).mean(0)


def unbatched(row, label):
    def answer(model, x, y):
        return sum(cross_entropy(model(row(x, i)), label(y, i)) for i in range(len(x)))

    return answer


MISTAKES = [
    (
        "That is the square of the mean gradient: square first, then take the mean.",
        fisher_with(mean=lambda g: g.mean(0).square()),
    ),
    (
        "That is the sum: divide by the number of examples.",
        fisher_with(mean=lambda g: g.square().sum(0)),
    ),
    (
        "Divide once by the number of examples. It looks as if it were done twice.",
        fisher_with(mean=lambda g: g.square().mean(0) / len(g)),
    ),
    (
        "That is the gradient of the mean loss: square the gradient of each example first.",
        fisher_with(mean=lambda g: g.mean(0)),
    ),
    (
        "That is the mean size of the gradients. Square the gradient of each example.",
        fisher_with(mean=lambda g: g.abs().mean(0)),
    ),
    (
        ".grad adds up: set it to zero before each backward().",
        fisher_with(mean=lambda g: g.cumsum(0).square().mean(0)),
    ),
    ("Those are the labels of the model (the true Fisher). Take the labels y.", true_fisher),
    (
        "That takes the labels that the model predicts: use the labels y of the data.",
        fisher_with(labels=lambda model, x, y: model(x).argmax(1)),
    ),
    (
        "That is a softmax twice: cross_entropy takes the outputs themselves (logits).",
        fisher_with(loss=lambda outputs, y: cross_entropy(outputs.softmax(1), y)),
    ),
    (
        "nll_loss takes no logarithm: cross_entropy does, of the outputs themselves (logits).",
        fisher_with(loss=lambda outputs, y: nn.functional.nll_loss(outputs.softmax(1), y)),
    ),
    (
        "That is the variance of the gradients: nothing is subtracted from them.",
        fisher_with(mean=lambda g: g.var(0, correction=0)),
    ),
    (
        "That is 1/2 theta^2 F, the score. Only F is asked for.",
        fisher_with(result=lambda f, theta: f * theta**2 / 2),
    ),
    (
        "That is the whole matrix. One number for each parameter: its diagonal.",
        fisher_with(mean=lambda g: g.T @ g / len(g)),
    ),
    (
        "That is the square root of it.",
        fisher_with(mean=lambda g: g.square().mean(0).sqrt()),
    ),
    (
        "Divide by n, not by n - 1.",
        fisher_with(mean=lambda g: g.square().sum(0) / max(len(g) - 1, 1)),
    ),
    (
        "That is the largest of the squares, not their mean.",
        fisher_with(mean=lambda g: g.square().amax(0)),
    ),
    (
        "That is the square of the sum: square the gradient of each example first.",
        fisher_with(mean=lambda g: g.sum(0).square() / len(g)),
    ),
    ("All examples count.", fisher_with(mean=lambda g: g[: len(g) // 2 or 1].square().mean(0))),
    ("That is one gradient for two examples: one for each.", in_twos),
    (
        "The loss is the cross-entropy, not the output of the label.",
        fisher_with(loss=lambda outputs, y: -outputs[0, y[0]]),
    ),
    (
        "The order is that of model.parameters(): do not sort the names.",
        of_parameters(lambda names, model: sorted(names)),
    ),
    (
        "The order is that of model.parameters(), layer by layer: not all weights first.",
        of_parameters(
            lambda names, model: sorted(names, key=lambda name: not name.endswith("weight"))
        ),
    ),
    ("Biases are parameters too, in the order of model.parameters().", weights_only),
    (INEXACT, fisher_with(result=lambda f, theta: f.float())),
    (HINTS["same dtype"], fisher_with(inputs=Tensor.float)),
    (HINTS["Expected input batch_size"], unbatched(lambda x, i: x[i : i + 1], lambda y, i: y[i])),
    (HINTS["Expected input batch_size"], unbatched(lambda x, i: x[i], lambda y, i: y[i : i + 1])),
]


def cases(generator: torch.Generator) -> list[Case]:
    found = []
    for n, widths in ((1, (2, 2)), (2, (2, 2)), (3, (2, 3)), (3, (3, 4, 2)), (7, (4, 5, 3))):
        model, x = network(generator, *widths), normal(generator, n, widths[0]).round(decimals=1)
        y = torch.randint(0, widths[-1], (n,), generator=generator)
        y[0] = (model(x)[0].argmax() + 1) % widths[-1]  # one at least that the network has wrong
        words = f"{n} examples, a network with layers of {', '.join(map(str, widths))}"
        if len(model) == 1:
            layer = f"weight {shown(model[0].weight)}, bias {shown(model[0].bias)}"
            words = f"x = {shown(x)}, y = {y.tolist()}, one linear layer, {layer}"
        found.append(Case(words, {"model": model, "x": x, "y": y}))
    return found


def network(generator: torch.Generator, *widths: int) -> nn.Sequential:
    """Linear layers with tanh between them, random weights of one decimal, float64."""
    layers = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Tanh()] * bool(layers) + [nn.Linear(inputs, outputs)]
    model = nn.Sequential(*layers).double()
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(normal(generator, *p.shape).round(decimals=1))
    return model


def read(outcome: Outcome, case: Case) -> Tensor:
    size = sum(p.numel() for p in case.arguments["model"].parameters())
    one = "One number for each parameter, biases too, in the order of model.parameters()."
    return as_tensor(outcome.returned, (size,), one)


def diagonal(answer, model, x, y):
    """What is returned; the gradients that `.backward()` leaves in the model are allowed."""
    found = answer(model, x, y)
    model.zero_grad()
    return found


check_fisher_diagonal = of_vectors(
    name="fisher_diagonal",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="one, two, three and seven examples, four networks, gradient by gradient",
    ask=diagonal,
    read=read,
    hints=HINTS,
)
