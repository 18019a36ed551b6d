"""Inputs that tell a right answer from one that is right most of the time, for the checks of all
labs: each kind of trap has one home here.

A visible check asks some of them; a hidden cell asks others, with other numbers.
"""

from collections import OrderedDict

import torch
from torch import Tensor, nn

Tensors = dict[str, Tensor]


def masked(generator: torch.Generator) -> list[tuple[str, Tensors, Tensors]]:
    """(what is hard, weights, masks): tensors by name, 1 in a mask where a weight is there.

    The weights that are gone are not always 0, the survivors not always something else.
    """
    return [
        (
            "survivors of 0 between weights that are gone",
            {"a": torch.tensor([0.0, 0.0, 0.0, 3.0]), "b": torch.tensor([[0.0, -1.0], [0.0, 2.0]])},
            {"a": torch.tensor([0.0, 1.0, 0.0, 1.0]), "b": torch.tensor([[1.0, 1.0], [0.0, 1.0]])},
        ),
        (
            "a weight of 0 that is gone, before the only survivor, which is 0 too",
            {"a": torch.tensor([0.0, 0.0])},
            {"a": torch.tensor([0.0, 1.0])},
        ),
        (
            "weights that are gone and larger than all others",
            {"a": torch.tensor([9.0, 1.0, -8.0, 2.0]), "b": torch.tensor([-0.5, 7.0, 0.25])},
            {"a": torch.tensor([0.0, 1.0, 0.0, 1.0]), "b": torch.tensor([1.0, 0.0, 1.0])},
        ),
        (
            "masks in another order than the weights, and tensors of one shape",
            {name: torch.randn(3, 3, generator=generator) for name in "abc"},
            {
                name: (torch.rand(3, 3, generator=generator) < density).float()
                for name, density in (("c", 0.9), ("a", 0.2), ("b", 0.5))
            },
        ),
        (
            "masks of True and False",
            {"a": torch.randn(2, 5, generator=generator)},
            {"a": torch.rand(2, 5, generator=generator) < 0.6},
        ),
        (
            "weights near 1e-7, many of one size",
            {"a": 1e-7 * torch.tensor([2.0, -1, 1, -2, 1, 2, -1, 1, 3, -3])},
            {"a": torch.ones(10)},
        ),
        (
            "weights in float64 whose differences float32 cannot hold",
            {"a": 1 + 1e-12 * torch.randperm(12, generator=generator).double().view(3, 4)},
            {"a": torch.ones(3, 4)},
        ),
        (
            "a transposed weight, whose numbers do not lie in its order",
            {"a": torch.randn(5, 3, generator=generator).T},
            {"a": (torch.rand(5, 3, generator=generator) < 0.7).float().T},
        ),
        (
            "a tensor without entries next to a single weight",
            {"a": torch.zeros(0, 3), "b": torch.tensor([-0.5])},
            {"a": torch.ones(0, 3), "b": torch.ones(1)},
        ),
        (
            "a tensor of which nothing is left",
            {"a": torch.tensor([3.0, -2.0]), "b": torch.tensor([[-1.0, 0.5, -0.0, 4.0]])},
            {"a": torch.zeros(2), "b": torch.tensor([[1.0, 1.0, 1.0, 0.0]])},
        ),
        (
            "survivors of 1e-9, which is not 0",
            {"a": 1e-9 * torch.tensor([4.0, 0.0, -3.0, 2.0, 0.0, -1.0, 5.0, 0.0])},
            {"a": torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0])},
        ),
        (
            "masks of whole numbers",
            {"a": torch.randn(7, generator=generator), "b": torch.randn(2, 3, generator=generator)},
            {
                "a": (torch.rand(7, generator=generator) < 0.5).long(),
                "b": (torch.rand(2, 3, generator=generator) < 0.7).to(torch.uint8),
            },
        ),
        (
            "weights in float16, of which many have the same size",
            {"a": torch.randn(30, 20, generator=generator).half()},
            {"a": (torch.rand(30, 20, generator=generator) < 0.7).float()},
        ),
        (
            "a part of a larger tensor",
            {"a": torch.randn(6, 8, generator=generator)[::2, 1::2]},
            {"a": (torch.rand(6, 8, generator=generator) < 0.6).float()[::2, 1::2]},
        ),
    ]


def matrices(generator: torch.Generator) -> list[tuple[str, Tensor]]:
    """(what is hard, a matrix with at most two entries in every four neighbors of a row): numbers
    of other types, in another order in memory, almost zero, equal, many."""

    def sparse(rows: int, columns: int, dtype: torch.dtype = torch.float32) -> Tensor:
        groups = halves((rows, columns // 4, 4), generator).to(dtype)
        order = torch.rand(groups.shape, generator=generator).argsort(-1)
        kept = torch.randint(0, 3, (*groups.shape[:2], 1), generator=generator)
        return (groups * (order < kept)).flatten(1)

    places = sparse(3, 8) != 0
    return [
        ("float64, with digits that float32 cannot hold", sparse(3, 8).double() * (1 + 1e-12)),
        ("float16", sparse(4, 8, torch.float16)),
        ("a transposed matrix", sparse(3, 8).T.contiguous().T),
        ("every other row of a larger matrix", sparse(6, 8)[::2]),
        ("entries of 1e-30", 1e-30 * sparse(3, 16)),
        ("entries that add up to 0", torch.tensor([[1.0, -1, 0, 0, 0, 2, -2, 0], [0.0] * 8])),
        ("zeros with a minus sign", torch.where(places, 1.5, -0.0)),
        ("equal entries", 3.0 * places),
        (
            "rows of 400 entries",
            halves((2, 800), generator) * torch.tensor([1, 1, 0, 0]).repeat(200),
        ),
    ]


def halves(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Multiples of 1/2 from -4.5 to 4.5 without 0: exact in products, and not all whole."""
    signs = torch.randint(0, 2, shape, generator=generator) * 2 - 1
    return torch.randint(1, 10, shape, generator=generator) * signs / 2


def layers(generator: torch.Generator) -> list[tuple[str, Tensor, Tensor]]:
    """(what is hard, the weight of a layer, its mask): 1 in the mask where a connection is.

    A weight at a free place can be anything, and that of a connection can be 0.
    """

    def drawn(*shape: int, kind: torch.dtype = torch.float32) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=kind)

    def mask(*shape: int) -> Tensor:
        return (torch.rand(shape, generator=generator) < 0.6).float()

    nan, inf = torch.nan, torch.inf
    return [
        (
            "connections of weight 0 before, between and after free places",
            torch.tensor([[0.0, 0, 0, 2], [0, -1, 0, 0]]),
            torch.tensor([[1.0, 0, 1, 1], [0, 1, 0, 1]]),
        ),
        (
            "NaN and infinity at free places",
            torch.tensor([[nan, 0.5, -inf, -3], [2, inf, -1, nan]]),
            torch.tensor([[0.0, 1, 0, 1], [1, 0, 1, 0]]),
        ),
        (
            "numbers of 1e9",
            1e9 * torch.tensor([[1.0, -2, 3, -4], [5, -6, 7, -8]]),
            torch.tensor([[1.0, 1, 0, 1], [0, 1, 1, 1]]),
        ),
        ("a mask of True and False", drawn(4, 5), mask(4, 5).bool()),
        ("a transposed layer", drawn(5, 4).T, mask(5, 4).T),
        (
            "float64, which differs in the twelfth digit",
            1 + 1e-12 * torch.randperm(20, generator=generator).double().view(4, 5),
            mask(4, 5).double(),
        ),
        ("numbers of 1e-25", 1e-25 * drawn(4, 6), mask(4, 6)),
        ("float16", drawn(5, 6, kind=torch.float16), mask(5, 6).half()),
        ("a part of a larger layer", drawn(8, 9)[::2, 1::2], mask(8, 9)[::2, 1::2]),
        ("one dimension", drawn(11), mask(11)),
        (
            "connections of weight 0 and -0.0",
            torch.tensor([[0.0, -0.0, -0.0, 0.0, -1, 2, -3, 4]]),
            torch.tensor([[1.0, 1, 1, 0, 1, 1, 1, 1]]),
        ),
        ("a layer of one weight", torch.tensor([[-0.5]]), torch.ones(1, 1)),
        ("a layer without weights", torch.zeros(0, 3), torch.zeros(0, 3)),
    ]


# (fraction, number of things): halves, which Python's round() takes to the even neighbor
HALVES = [(0.5, 1), (0.5, 3), (0.5, 5), (0.25, 10), (0.75, 10), (0.05, 10), (0.125, 20)]


def networks(generator: torch.Generator) -> list[tuple[str, nn.Sequential, Tensor]]:
    """(what is hard, a network, an input for it); every number of a network is drawn."""
    nested = nn.Sequential(
        nn.Linear(4, 6), nn.Sequential(nn.ReLU(), nn.Sequential(nn.Linear(6, 3)))
    )
    normed = nn.Sequential(
        OrderedDict(
            first=nn.Linear(4, 5), scale=nn.BatchNorm1d(5), act=nn.ReLU(), second=nn.Linear(5, 3)
        )
    )
    plain = nn.Sequential(nn.Linear(4, 5, bias=False), nn.Tanh(), nn.Linear(5, 3, bias=False))
    other = nn.Sequential(
        nn.Unflatten(1, (1, 4)), nn.Conv1d(1, 3, 2), nn.Flatten(), nn.LayerNorm(9), nn.Linear(9, 3)
    )
    images = nn.Sequential(
        nn.Unflatten(1, (1, 2, 2)),
        nn.Sequential(nn.Conv2d(1, 3, 2, bias=False), nn.BatchNorm2d(3, affine=False), nn.ReLU()),
        nn.Flatten(),
        nn.Linear(3, 3),
    )
    small = [nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3)) for _ in range(3)]
    frozen, used, sparse = small
    parts = nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 3))
    precise = nn.Sequential(nn.Linear(4, 3)).double()
    found = [
        ("layers in blocks in blocks", nested),
        ("BatchNorm under a name of its own", normed),
        ("layers without biases", plain),
        ("Conv1d and LayerNorm", other),
        ("a layer that is not trained", frozen),
        ("a network in float64", precise),
        ("Conv2d and BatchNorm without scale and shift", images),
        ("a network in eval mode, with gradients of an earlier batch", used),
        ("a network of which one layer alone is in eval mode", parts),
        ("a network with many weights that are 0", sparse),
    ]
    for _, model in found:
        draw(model, generator)
    frozen[0].requires_grad_(False)
    parts[1].eval()
    for p in used.eval().parameters():
        p.grad = torch.randn(p.shape, generator=generator)
    for p in sparse.parameters():
        p.data.mul_(torch.rand(p.shape, generator=generator) < 0.5)
    return [
        (words, model, torch.randn(8, 4, generator=generator, dtype=next(model.parameters()).dtype))
        for words, model in found
    ]


@torch.no_grad()
def draw(model: nn.Module, generator: torch.Generator) -> None:
    """Draws every number of a network, BatchNorm's statistics too."""
    for name, value in model.state_dict().items():
        if value.is_floating_point():
            drawn = torch.randn(value.shape, generator=generator, dtype=value.dtype)
            value.copy_(drawn.abs() + 0.5 if name.endswith("running_var") else drawn)
        else:
            value.add_(3)
