"""The oracle: one network, trained in the plain way with the pruner of the library."""

from torch import nn

from utils.experiments.sparse_training.trained_sparse import (
    starts,
)
from utils.model.ensemble import batch_orders
from utils.model.randomness import seeded_generator
from utils.sparse_training import DSR, SET, DeepR, DynamicPruner, RigL

WIDTHS, STEPS = (64, 30, 10), 60


class Turned(nn.Module):
    """The network with its weights stored as (in, out), as the engine has them: the same draws then
    fall on the same places.
    """

    def __init__(self, network):
        super().__init__()
        layers = [layer for layer in network if isinstance(layer, nn.Linear)]
        self.weights = nn.ParameterList([layer.weight.detach().T.clone() for layer in layers])
        self.biases = nn.ParameterList([layer.bias.detach().clone() for layer in layers])

    def forward(self, x):
        for number, (w, b) in enumerate(zip(self.weights, self.biases)):
            x = (x if number == 0 else x.relu()) @ w + b
        return x


class NoStepLost(RigL):
    """RigL as in the experiment: growing comes between two steps of the optimizer, not instead of
    one.
    """

    def rewire(self, model, batch):
        super().rewire(model, batch)
        self.step -= 1


PRUNERS = {
    "static": lambda model, masks, optimizer, generator: DynamicPruner(model, masks, optimizer),
    "SET": lambda model, masks, optimizer, generator: SET(model, masks, optimizer, 0.3, generator),
    "DSR": lambda model, masks, optimizer, generator: DSR(
        model,
        masks,
        optimizer,
        round(0.3 * sum(int(m.sum()) for m in masks.values())),
        generator=generator,
    ),
    "RigL": lambda model, masks, optimizer, generator: NoStepLost(
        model, masks, optimizer, round(0.75 * STEPS), 0.3
    ),
    "DEEP R": lambda model, masks, optimizer, generator: DeepR(
        model, masks, optimizer, 1e-2, 1e-6, generator
    ),
}


def alone(case, data, optimizer_type, lr):
    """(accuracy, masks at the start and at the end) of a case trained in the plain way with the
    pruner of the library.
    """
    (network,), start = starts(WIDTHS, [case])
    model, masks = Turned(network), {f"weights.{k}": m[0] for k, m in enumerate(start)}
    optimizer = optimizer_type(model.parameters(), lr=lr)
    pruner = PRUNERS[case.arm](model, masks, optimizer, seeded_generator(case.seed + 1000))
    for step, order in enumerate(batch_orders([case.seed], STEPS, 64, len(data.train[1]))[:, 0]):
        batch = data.train[0][order], data.train[1][order]
        if step and step % case.every == 0 and case.arm in ("SET", "DSR", "RigL"):
            pruner.rewire(model, batch)
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(batch[0]), batch[1]).backward()
        optimizer.step()
        if (
            case.arm != "DEEP R" or step < STEPS - 1
        ):  # the experiment does not rewire after the last step
            pruner.apply(model)
    accuracy = 100 * float((model(data.test[0]).argmax(1) == data.test[1]).double().mean())
    return accuracy, start, [mask[None] for mask in pruner.masks.values()]
