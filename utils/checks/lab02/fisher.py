"""Is `fisher_diagonal(model, x, y)` the mean over the examples of the squared gradient of each?"""

import torch
from torch import Tensor, nn

from utils.checks.fresh import fresh_generator
from utils.checks.report import passed, run
from utils.checks.lab02.vectors import compare, normal, show

CHECK = "check_fisher_diagonal"
HINTS = {
    "same dtype": "The model and x are float64: make no float32 tensors in between.",
    "size mismatch": "Give the model one example as a batch of one: x[i:i + 1].",
    "Expected input batch_size": "Give the model one example as a batch of one: x[i:i + 1], y[i:i + 1].",
}


def check_fisher_diagonal(answer) -> None:
    """`answer(model, x, y)` returns the diagonal (p,) of the empirical Fisher matrix."""
    generator = fresh_generator()
    for n, widths in ((1, (2, 2)), (2, (2, 2)), (7, (4, 5, 3))):
        _agrees(answer, generator, n, widths)
    passed(CHECK, "one, two and seven examples, two networks, gradient by gradient")


def _agrees(answer, generator: torch.Generator, n: int, widths: tuple[int, ...]) -> None:
    model, x = network(generator, *widths), normal(generator, n, widths[0]).round(decimals=1)
    outputs = model(x).detach()
    predicted, y = outputs.argmax(1), torch.randint(0, widths[-1], (n,), generator=generator)
    y[0] = (predicted[0] + 1) % widths[-1]  # one at least that the network has wrong
    gradients = each(model, x, y)
    right, theta = (
        gradients.square().mean(0),
        torch.cat([p.detach().flatten() for p in model.parameters()]),
    )
    own = sum(
        (p[:, None] * each(model, x, torch.full((n,), label)).square()).mean(0)
        for label, p in enumerate(outputs.softmax(1).T)
    )
    tried = (
        f"{n} example{'s' if n > 1 else ''}, a network with layers of {', '.join(map(str, widths))}"
    )
    if len(widths) == 2:
        tried = f"x = {show(x)}, y = {y.tolist()}, one linear layer, weight {show(model[0].weight)}, bias {show(model[0].bias)}"
    got = run(CHECK, tried, answer, model, x.clone(), y.clone(), hints=HINTS)
    compare(
        CHECK,
        tried,
        got,
        right,
        {
            "That is the square of the mean gradient, in which the gradients of the examples cancel each other: "
            "square first, then take the mean.": gradients.mean(0).square(),
            "That is the sum over the examples: divide by their number.": gradients.square().sum(0),
            "Divide once by the number of examples. It looks as if it were done twice.": right / n,
            "That is the gradient of the mean loss: square the gradient of each example, then take the mean.": gradients.mean(
                0
            ),
            "That is the mean gradient's size. Square the gradient of each example.": gradients.abs().mean(
                0
            ),
            "The gradients of earlier examples are still there: .grad adds up. Set it to zero before each backward().": gradients.cumsum(
                0
            )
            .square()
            .mean(0),
            "That takes the labels of the model (the true Fisher). The empirical one takes the labels of the data.": own,
            "That takes the labels that the model predicts: use the labels y of the data.": each(
                model, x, predicted
            )
            .square()
            .mean(0),
            "That is a softmax twice: cross_entropy takes the outputs themselves (logits), and has its own.": each(
                model, x, y, lambda outputs, y: nn.functional.cross_entropy(outputs.softmax(1), y)
            )
            .square()
            .mean(0),
            "nll_loss takes no logarithm: after a softmax it is not the cross-entropy. cross_entropy takes the outputs themselves "
            "(logits).": each(
                model, x, y, lambda outputs, y: nn.functional.nll_loss(outputs.softmax(1), y)
            )
            .square()
            .mean(0),
            "The variance of the gradients: nothing is subtracted from them.": gradients.var(
                0, correction=0
            ),
            "That is 1/2 theta^2 F, the score. Only F is asked for.": right * theta**2 / 2,
        },
        "One number for each parameter, biases too, in the order of model.parameters().",
    )


def network(generator: torch.Generator, *widths: int) -> nn.Sequential:
    """Linear layers with tanh between them, random weights of one decimal, float64."""
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Tanh()] * bool(layers) + [nn.Linear(inputs, outputs)]
    model = nn.Sequential(*layers).double()
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(normal(generator, *p.shape).round(decimals=1))
    return model


def each(model: nn.Module, x: Tensor, y: Tensor, loss=nn.functional.cross_entropy) -> Tensor:
    """(n, p): the gradient of the loss of each example alone."""

    def gradient(i: int) -> Tensor:
        parts = torch.autograd.grad(
            loss(model(x[i : i + 1]), y[i : i + 1]), list(model.parameters())
        )
        return torch.cat([part.flatten() for part in parts])

    return torch.stack([gradient(i) for i in range(len(x))])
