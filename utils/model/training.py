"""Training and evaluation, with the notes' names and signatures."""

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from utils.model.data import Batch
from utils.model.derivatives import flat, flat_loss, put
from utils.model.parameters import Model


def train(
    model: nn.Module,
    dataloader: Iterable[Batch],
    criterion: Callable,
    optimizer: torch.optim.Optimizer,
    scheduler=None,
    callbacks: Sequence[Callable[[], None]] = (),
) -> float:
    """One pass over `dataloader`; returns the mean training loss.

    After every optimizer step, `scheduler.step()` is called once (so a cosine schedule over E
    epochs needs `T_max = E * len(dataloader)`), and then every callback, with no argument.
    """
    model.train()
    total = count = 0
    for x, y in dataloader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
        for callback in callbacks:
            callback()
        total, count = total + loss.item() * len(y), count + len(y)
    return total / count


def fit(
    model: Model,
    dataloader: DataLoader | Sequence[Batch],
    epochs: int,
    lr: float = 0.1,
    callbacks: Sequence[Callable[[], None]] = (),
) -> Model:
    """Train `model` in place for some epochs and return it: SGD with momentum, cosine learning
    rate, cross-entropy.

    `callbacks` run after every optimizer step. With 0 epochs nothing happens.
    """
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, weight_decay=1e-4)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(
        optimizer, T_max=max(1, epochs * len(dataloader))
    )
    for _ in range(epochs):
        train(model, dataloader, nn.functional.cross_entropy, optimizer, scheduler, callbacks)
    return model


def minimize(
    model: Model,
    batch: Batch,
    weight_decay: float = 0.0,
    tolerance: float = 1e-6,
    steps: int = 2000,
) -> Model:
    """Train `model` in place on one batch until the gradient is zero, for what assumes a minimum;
    returns it.

    Minimizes the loss of `flat_loss` by L-BFGS (scipy) until no component of the gradient is above
    `tolerance`, or for `steps` steps. Do it in float64: float32 stops far earlier.
    """
    from scipy.optimize import minimize as scipys

    loss, start = flat_loss(model, batch, weight_decay), flat(model)

    def value_and_gradient(theta):
        g, value = torch.func.grad_and_value(loss)(torch.as_tensor(theta, dtype=start.dtype))
        return value.item(), g.double().numpy()

    found = scipys(
        value_and_gradient,
        start.double().numpy(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": steps, "maxfun": 2 * steps, "gtol": tolerance, "ftol": 0, "maxcor": 50},
    )
    return put(model, torch.as_tensor(found.x, dtype=start.dtype))


@torch.no_grad()
def evaluate(model: nn.Module, dataloader: Iterable[Batch]) -> float:
    """The accuracy on `dataloader`, in percent (0 to 100). The model is put in eval mode."""
    model.eval()
    right = count = 0
    for x, y in dataloader:
        right, count = right + int((model(x).argmax(1) == y).sum()), count + len(y)
    return 100 * right / count


@torch.no_grad()
def loss_on(model: nn.Module, batch: Batch) -> float:
    """The mean cross-entropy on one batch, in eval mode."""
    model.eval()
    x, y = batch
    return nn.functional.cross_entropy(model(x), y).item()


@torch.no_grad()
def recalibrate(model: Model, inputs: Tensor) -> Model:
    """Measure the BatchNorm statistics of `model` afresh on `inputs` (n, ...), in place; weights
    stay as they are.

    After pruning, the activations have other means and variances than the ones BatchNorm remembers.
    """
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain average over what it sees
    model.train()
    model(inputs)
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum
    return model.eval()
