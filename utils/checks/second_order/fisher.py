"""Is `fisher_diagonal(model, x, y)` the mean over the examples of the squared gradient of each?"""
import torch
from torch import Tensor, nn

from utils.checks.fresh import fresh_generator
from utils.checks.report import passed, run
from utils.checks.second_order.vectors import compare, normal

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
        model = network(generator, *widths)
        x, y = normal(generator, n, widths[0]), torch.randint(0, widths[-1], (n,), generator=generator)
        gradients = each(model, x, y)
        right, probabilities = gradients.square().mean(0), model(x).softmax(1).detach()
        own = sum((probabilities[:, [label]] * each(model, x, torch.full((n,), label)).square()).mean(0) for label in range(widths[-1]))
        tried = f"{n} example{'s' if n > 1 else ''}, a network with layers of {', '.join(map(str, widths))}"
        got = run(CHECK, tried, answer, model, x.clone(), y.clone(), hints=HINTS)
        compare(CHECK, tried, got, right, {
            "That is the square of the mean gradient. The gradients of the examples cancel each other: square first, then take the mean.":
                gradients.mean(0).square(),
            "That is the sum over the examples: divide by their number.": gradients.square().sum(0),
            "Divide once by the number of examples. It looks as if it were done twice.": right / n,
            "That is the gradient of the mean loss: square the gradient of each example, then take the mean.": gradients.mean(0),
            "That is the mean gradient's size. Square the gradient of each example.": gradients.abs().mean(0),
            "The gradients of earlier examples are still there: .grad adds up. Set it to zero before each backward().":
                gradients.cumsum(0).square().mean(0),
            "That takes the labels of the model (the true Fisher). The empirical one takes the labels of the data.": own,
            "The variance of the gradients: nothing is subtracted from them.": gradients.var(0, correction=0),
            "That is 1/2 theta^2 F, the score. Only F is asked for.": right * torch.cat([p.detach().flatten() for p in model.parameters()]) ** 2 / 2,
        }, "One number for each parameter, biases too, in the order of model.parameters().")
    passed(CHECK, "one, two and seven examples, two networks, gradient by gradient")


def network(generator: torch.Generator, *widths: int) -> nn.Sequential:
    """Linear layers with tanh between them, random weights, float64."""
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Tanh()] * bool(layers) + [nn.Linear(inputs, outputs)]
    model = nn.Sequential(*layers).double()
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(normal(generator, *p.shape))
    return model


def each(model: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    """(n, p): the gradient of the cross-entropy of each example alone."""
    losses = nn.functional.cross_entropy(model(x), y, reduction="none")
    return torch.stack([torch.cat([g.flatten() for g in torch.autograd.grad(loss, list(model.parameters()), retain_graph=True)]) for loss in losses])
