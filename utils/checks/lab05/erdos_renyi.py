"""Is `erdos_renyi(shapes, sparsity)` in proportion to the sums of the dimensions, with no density above 1 and nothing lost?

The oracle looks for epsilon by bisection: the weights kept, min(epsilon * sum of dimensions, all) in each layer, grow with it.
"""

import math
from numbers import Real

from torch import Tensor

from utils.checks.report import fail, kind_of, passed, run

CHECK = "check_erdos_renyi"
HINTS = {
    "ZeroDivisionError": "When every layer is dense there is none left to share among: at sparsity 0 all are 0.",
    "changed size during iteration": "Collect the names of the dense layers first, then take them out: a dictionary "
    "must not shrink while a loop goes through it.",
}

TWO = {"fc1": (30, 10), "fc2": (20, 30)}
CONVOLUTIONS = {
    "conv1": (64, 3, 3, 3),
    "conv2": (128, 64, 3, 3),
    "conv3": (256, 128, 3, 3),
    "fc": (10, 256),
}
CHAIN = {"large": (100, 100), "middle": (20, 20), "thin": (1, 40)}


def check_erdos_renyi(answer) -> None:
    """`answer(shapes, sparsity)` returns {name: sparsity} for shapes {name: tuple}."""
    for shapes, sparsity in (
        (TWO, 0.8),
        (CONVOLUTIONS, 0.9),
        (CHAIN, 0.75),
        (CONVOLUTIONS, 0.99),
        (TWO, 0.0),
        (TWO, 1.0),
    ):
        _agrees(answer, shapes, sparsity)
    passed(
        CHECK,
        "linear layers, convolutions, layers that become dense one after the other, sparsity 0 and 1",
    )


def right(shapes: dict[str, tuple], sparsity: float) -> dict[str, float]:
    """The sparsities, by bisection."""
    sizes, kept = (
        {name: math.prod(shape) for name, shape in shapes.items()},
        (1 - sparsity) * _all(shapes),
    )
    low, high = 0.0, float(_all(shapes))
    for _ in range(200):
        epsilon = (low + high) / 2
        if sum(min(epsilon * sum(shape), sizes[name]) for name, shape in shapes.items()) < kept:
            low = epsilon
        else:
            high = epsilon
    return {name: 1 - min(high * sum(shape) / sizes[name], 1.0) for name, shape in shapes.items()}


def _all(shapes: dict[str, tuple]) -> int:
    return sum(math.prod(shape) for shape in shapes.values())


def _agrees(answer, shapes: dict[str, tuple], sparsity: float) -> None:
    tried, given = f"sparsity {sparsity}, shapes {shapes}", dict(shapes)
    got = run(CHECK, tried, answer, given, sparsity, hints=HINTS)
    if given != shapes:
        fail(
            CHECK,
            tried,
            "shapes left as they were",
            f"shapes = {given}",
            "Take layers out of a copy: dict(shapes).",
        )
    expected = right(shapes, sparsity)
    if not isinstance(got, dict) or set(got) != set(shapes):
        fail(
            CHECK,
            tried,
            f"a sparsity for each of {', '.join(shapes)}",
            f"for {', '.join(map(str, got)) or 'none'}" if isinstance(got, dict) else kind_of(got),
            "The function ends without a `return`."
            if got is None
            else "The layers that are dense belong to it too, with sparsity 0."
            if isinstance(got, dict)
            else "",
        )
    for name, value in got.items():
        if (
            not isinstance(value, (Real, Tensor))
            or isinstance(value, Tensor)
            and value.numel() != 1
        ):
            fail(
                CHECK,
                tried,
                f"{name}: the number {expected[name]:.4g}",
                f"a {type(value).__name__}",
            )
    got = {name: float(got[name]) for name in shapes}
    if not _same(got, expected):
        fail(
            CHECK, tried, written(expected), written(got), _mistake(got, shapes, sparsity, expected)
        )


def _same(a: dict[str, float], b: dict[str, float]) -> bool:
    return all(math.isclose(a[name], b[name], abs_tol=1e-6) for name in b)


def written(sparsities: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:z.4f}" for name, value in sparsities.items())


def _of_sums(shape: tuple) -> float:
    return sum(shape) / math.prod(shape)


def _without_kernel(shape: tuple) -> float:
    return _of_sums(shape[:2])


def _kernel_in_product(shape: tuple) -> float:
    return sum(shape[:2]) / math.prod(shape)


def _upside_down(shape: tuple) -> float:
    return math.prod(shape) / sum(shape)


def _shared_out(
    shapes: dict[str, tuple], sparsity: float, ratio=_of_sums, times: int = 0, taken: float = 1.0
) -> dict[str, float]:
    """Densities epsilon * ratio(shape); what layers above 1 have too much is shared out among the others, so many times.
    `taken`: the part of a dense layer's size that is subtracted from what is left.
    """
    sparse, full, kept = dict(shapes), {}, (1 - sparsity) * _all(shapes)
    while sparse:
        epsilon = kept / sum(ratio(shape) * math.prod(shape) for shape in sparse.values())
        found = {name: epsilon * ratio(shape) for name, shape in sparse.items()}
        above = [name for name, density in found.items() if density > 1]
        if not above or times == 0:
            return full | found
        for name in above:
            kept, full[name], times = (
                kept - taken * math.prod(sparse.pop(name)),
                1.0,
                times - (name == above[0]),
            )
    return full


def _cut(densities: dict[str, float]) -> dict[str, float]:
    return {name: min(density, 1.0) for name, density in densities.items()}


def _mistake(
    got: dict[str, float], shapes: dict[str, tuple], sparsity: float, expected: dict[str, float]
) -> str:
    sizes, count = {name: math.prod(shape) for name, shape in shapes.items()}, len(shapes)
    plain, once = _shared_out(shapes, sparsity), _shared_out(shapes, sparsity, times=1)
    ratios = [_of_sums(shape) for shape in shapes.values()]
    unweighted = {
        name: (1 - sparsity) * ratio * len(ratios) / sum(ratios)
        for name, ratio in zip(shapes, ratios)
    }
    kernels = [
        (
            "The kernel is left out: its height and width belong to the sum and to the product.",
            _without_kernel,
        ),
        ("The kernel's height and width belong to the sum too.", _kernel_in_product),
        ("The ratio is upside down: large layers become sparser, not denser.", _upside_down),
    ]
    ways = [
        (words, change(_shared_out(shapes, sparsity, ratio, times)))
        for words, ratio in kernels
        for times, change in ((0, dict), (0, _cut), (count, dict))
    ]
    by_sparsity = {name: (1 - sparsity) * ratio for name, ratio in zip(shapes, ratios)}
    return next(
        (
            words
            for words, densities in (
                ("These are densities. A sparsity is 1 minus it.", expected),
                (
                    "`sparsity` is taken for the density: the weights kept are (1 - sparsity) of all.",
                    _kept(right(shapes, 1 - sparsity)),
                ),
                (
                    "`sparsity` is taken for the density, and densities are returned.",
                    right(shapes, 1 - sparsity),
                ),
                (
                    "These are numbers of weights. Divide by the size of each layer, and subtract from 1.",
                    {
                        name: 1 - density * math.prod(shapes[name])
                        for name, density in _kept(expected).items()
                    },
                ),
                ("That is the uniform sparsity.", dict.fromkeys(shapes, 1 - sparsity)),
                (
                    "A density is above 1, a sparsity below 0. Such a layer is dense, and the others share the rest.",
                    plain,
                ),
                (
                    "What the dense layers cannot take is lost: the network keeps too few weights. Share it out among the others.",
                    _cut(plain),
                ),
                (
                    "After the first sharing out another layer passes 1. Repeat until none does.",
                    once,
                ),
                (
                    "After the first sharing out another layer passes 1, and what is cut off is lost. Repeat until none does.",
                    _cut(once),
                ),
                (
                    "The sizes of the dense layers are not subtracted from the weights left for the others.",
                    _shared_out(shapes, sparsity, times=count, taken=0.0),
                ),
                (
                    "The others get (1 - sparsity) of their own weights: what dense layers have above that must come from them. "
                    "Subtract the whole size of each dense layer from the weights left.",
                    _shared_out(shapes, sparsity, times=count, taken=1 - sparsity),
                ),
                (
                    "epsilon is not 1 - sparsity: it is such that (1 - sparsity) of all weights are kept.",
                    by_sparsity,
                ),
                (
                    "epsilon is not 1 - sparsity: it is such that (1 - sparsity) of all weights are kept.",
                    _cut(by_sparsity),
                ),
                *ways,
                (
                    "The mean of the densities is right, but layers have different sizes: it is the weights kept that must be (1 - sparsity) of all.",
                    unweighted,
                ),
                (
                    "The mean of the densities is right, but layers have different sizes: it is the weights kept that must be (1 - sparsity) of all.",
                    _cut(unweighted),
                ),
            )
            if _same(_kept(got), densities)
        ),
        "Do not round to whole weights."
        if all(abs(got[name] - expected[name]) * sizes[name] <= 1 for name in shapes)
        else "",
    )


def _kept(sparsities: dict[str, float]) -> dict[str, float]:
    """The densities."""
    return {name: 1 - value for name, value in sparsities.items()}
