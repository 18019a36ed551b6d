"""Is `erdos_renyi(shapes, sparsity)` in proportion to the sums of the dimensions, up to dense?

The oracle looks for epsilon by bisection: the weights kept, min(epsilon * sum of dimensions, all)
in each layer, grow with it.

| the statement says | the case that asks it |
|---|---|
| in proportion to the sum of the dimensions | two linear layers |
| with the kernel | four layers with convolutions; a kernel of 1 x 5 |
| one epsilon: (1 - sparsity) of all weights are kept | all |
| a layer above 1 is dense, the others share the rest | convolutions at 0.9 |
| which can make another one dense, and so on | two in a chain, four in a long one |
| the sparsity, by name, of all layers | all |
| `shapes` is not changed; do not round | all |
| sparsity 0 and 1 | two linear layers; hidden: convolutions |
"""

import math

from utils.checks.compare import as_dict, as_number
from utils.checks.exercise import Case, Exercise, Outcome, case, steps

Shapes = dict[str, tuple[int, ...]]
TWO: Shapes = {"fc1": (30, 10), "fc2": (20, 30)}
CONVOLUTIONS: Shapes = {
    "conv1": (64, 3, 3, 3),
    "conv2": (128, 64, 3, 3),
    "conv3": (256, 128, 3, 3),
    "fc": (10, 256),
}
CHAIN: Shapes = {"large": (100, 100), "middle": (20, 20), "thin": (1, 40)}
LONG: Shapes = {  # at 0.05 four layers become dense, one in each round
    "fc1": (100, 2),
    "fc2": (6, 10),
    "fc3": (5, 20),
    "fc4": (5, 10),
    "fc5": (10, 12),
    "fc6": (100, 3),
}
WIDE: Shapes = {"conv": (8, 4, 1, 5), "fc": (30, 20)}
KERNEL = "The kernel is left out: its height and width belong to the sum and to the product."
REPEAT = "After the first sharing out another layer passes 1. Repeat until none does."
EPSILON = "epsilon is not 1 - sparsity: it is such that (1 - sparsity) of all weights are kept."
MEAN = (
    "The mean of the densities is right, but layers have different sizes: it is the weights kept "
    "that must be (1 - sparsity) of all."
)


def number(shapes: Shapes) -> int:
    return sum(math.prod(shape) for shape in shapes.values())


def right(shapes: Shapes, sparsity: float) -> dict[str, float]:
    """The sparsities, by bisection."""
    kept, low, high = (1 - sparsity) * number(shapes), 0.0, float(number(shapes))
    for _ in range(200):
        epsilon = (low + high) / 2
        found = sum(min(epsilon * sum(shape), math.prod(shape)) for shape in shapes.values())
        low, high = (epsilon, high) if found < kept else (low, epsilon)
    return {
        name: 1 - min(high * sum(shape) / math.prod(shape), 1.0) for name, shape in shapes.items()
    }


@steps
def erdos_renyi_with(
    ratio=lambda shape: sum(shape) / math.prod(shape),
    rounds=99,
    cut=lambda density: density,
    epsilon=lambda left, ratios, sizes: left / sum(map(math.prod, zip(ratios, sizes))),
    budget=lambda s: 1 - s,
    taken=lambda s: 1.0,
    returned=lambda density, size: 1 - density,
    copied=dict,
):
    """`rounds`: how often what dense layers cannot take is shared out among the others."""

    def answer(shapes: Shapes, sparsity: float) -> dict[str, float]:
        sizes = {name: math.prod(shape) for name, shape in shapes.items()}
        left, density = budget(sparsity) * number(shapes), dict.fromkeys(shapes, 1.0)
        sparse = copied(shapes)
        for again in range(len(shapes) + 1):
            ratios = {name: ratio(shape) for name, shape in sparse.items()}
            share = epsilon(left, ratios.values(), [sizes[n] for n in sparse]) if sparse else 0
            density |= {name: share * each for name, each in ratios.items()}
            full = [name for name in sparse if density[name] > 1]
            if again == rounds or not full:
                break
            for name in full:
                density[name] = 1.0
                left -= taken(sparsity) * math.prod(sparse.pop(name))
        return {name: returned(cut(density[name]), size) for name, size in sizes.items()}

    return answer


def at_most_1(density):
    return min(1.0, density)


def no_epsilon(left, ratios, sizes):
    return left / sum(sizes)


def of_the_mean(left, ratios, sizes):
    return left / sum(sizes) * len(sizes) / sum(ratios)


def without_kernel(shape):
    return sum(shape[:2]) / math.prod(shape[:2])


def with_square_kernel(shape):
    return (sum(shape[:2]) + 2 * sum(shape[2:3])) / math.prod(shape)


def evenly(shapes, sparsity):
    """Each of the others takes the same number of what is too many."""
    kept = (1 - sparsity) * number(shapes) / sum(map(sum, shapes.values()))
    taken = {name: kept * sum(shape) for name, shape in shapes.items()}
    room = {name: math.prod(shape) for name, shape in shapes.items()}
    for _ in shapes:
        more = sum(max(0, taken[name] - room[name]) for name in shapes)
        taken = {name: min(taken[name], room[name]) for name in shapes}
        others = [name for name in shapes if taken[name] < room[name]]
        taken |= {name: taken[name] + more / len(others) for name in others}
    return {name: 1 - taken[name] / room[name] for name in shapes}


def scaled_after_the_cut(shapes, sparsity):
    found = erdos_renyi_with(rounds=0, cut=at_most_1)(shapes, sparsity)
    kept = sum((1 - found[name]) * math.prod(shape) for name, shape in shapes.items())
    factor = (1 - sparsity) * number(shapes) / kept if kept else 1
    return {name: 1 - factor * (1 - value) for name, value in found.items()}


def uniform(shapes, sparsity):
    return dict.fromkeys(shapes, sparsity)


MISTAKES = [
    (
        "A density is above 1, a sparsity below 0. Such a layer is dense, and the others share "
        "the rest.",
        erdos_renyi_with(rounds=0),
    ),
    (
        "What the dense layers cannot take is lost. Share it out among the others.",
        erdos_renyi_with(rounds=0, cut=at_most_1),
    ),
    (REPEAT, erdos_renyi_with(rounds=1)),
    (REPEAT + " Here what is cut off is lost.", erdos_renyi_with(rounds=1, cut=at_most_1)),
    (
        "The sizes of the dense layers are not subtracted from the weights left for the others.",
        erdos_renyi_with(taken=lambda s: 0.0),
    ),
    (
        "The others get (1 - sparsity) of their own weights. Subtract the whole size of each "
        "dense layer from the weights left.",
        erdos_renyi_with(taken=lambda s: 1 - s),
    ),
    (KERNEL, erdos_renyi_with(ratio=without_kernel)),
    (KERNEL, erdos_renyi_with(ratio=without_kernel, rounds=0, cut=at_most_1)),
    (
        "The kernel's height and width belong to the sum too.",
        erdos_renyi_with(ratio=lambda shape: sum(shape[:2]) / math.prod(shape)),
    ),
    (
        "The kernel's height and width belong to the product too.",
        erdos_renyi_with(ratio=lambda shape: sum(shape) / math.prod(shape[:2])),
    ),
    (
        "A kernel is not always square: add its height and its width.",
        erdos_renyi_with(
            ratio=lambda shape: (sum(shape[:2]) + 2 * sum(shape[2:3])) / math.prod(shape)
        ),
    ),
    (
        "What the dense layers cannot take is shared evenly. The others share it by the same rule.",
        evenly,
    ),
    (
        "All were multiplied by one factor after the cut: some are above 1 again. Only those that "
        "are not dense share the rest.",
        scaled_after_the_cut,
    ),
    (
        "The ratio is upside down: large layers become sparser, not denser.",
        erdos_renyi_with(ratio=lambda shape: math.prod(shape) / sum(shape)),
    ),
    ("That is the uniform sparsity.", uniform),
    (EPSILON, erdos_renyi_with(epsilon=no_epsilon, rounds=0)),
    (EPSILON, erdos_renyi_with(epsilon=no_epsilon, rounds=0, cut=at_most_1)),
    (MEAN, erdos_renyi_with(epsilon=of_the_mean, rounds=0)),
    (MEAN, erdos_renyi_with(epsilon=of_the_mean, rounds=0, cut=at_most_1)),
    (
        "These are densities. A sparsity is 1 minus it.",
        erdos_renyi_with(returned=lambda density, size: density),
    ),
    (
        "`sparsity` is taken for the density: the weights kept are (1 - sparsity) of all.",
        erdos_renyi_with(budget=lambda s: s),
    ),
    (
        "`sparsity` is taken for the density, and densities are returned.",
        erdos_renyi_with(budget=lambda s: s, returned=lambda density, size: density),
    ),
    (
        "These are numbers of weights. Divide by the size of each layer, and subtract from 1.",
        erdos_renyi_with(returned=lambda density, size: density * size),
    ),
    (
        "Do not round to whole weights.",
        erdos_renyi_with(returned=lambda density, size: 1 - int(density * size) / size),
    ),
    (
        "Do not round to whole weights.",
        erdos_renyi_with(returned=lambda density, size: 1 - round(density * size) / size),
    ),
    ("Take layers out of a copy: dict(shapes).", erdos_renyi_with(copied=lambda shapes: shapes)),
]


def cases(generator) -> list[Case]:
    asked = [(TWO, 0.8), (CONVOLUTIONS, 0.9), (CHAIN, 0.75), (CONVOLUTIONS, 0.99)]
    asked += [(CONVOLUTIONS, 0.85), (WIDE, 0.5), (WIDE, 0.8), (LONG, 0.05)]
    asked += [(TWO, 0.0), (TWO, 1.0), (CHAIN | {"thin": (1, 50)}, 0.76)]
    return [
        case(f"sparsity {sparsity}, shapes {shapes}", shapes=shapes, sparsity=sparsity)
        for shapes, sparsity in asked
    ]


def read(outcome: Outcome, case: Case) -> dict[str, float]:
    dense = "The layers that are dense belong to it too, with sparsity 0."
    found = as_dict(outcome.returned, case.arguments["shapes"], dense)
    return {name: as_number(value, f"a number for {name}") for name, value in found.items()}


def same(got: dict[str, float], expected: dict[str, float]) -> bool:
    return all(math.isclose(got[name], expected[name], abs_tol=1e-6) for name in expected)


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    wanted, came = (
        ", ".join(f"{name} {value:z.4f}" for name, value in read(each, case).items())
        for each in (expected, got)
    )
    return case.words, wanted, came


check_erdos_renyi = Exercise(
    name="erdos_renyi",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="linear layers, convolutions, layers that become dense one after the other, "
    "sparsity 0 and 1",
    read=read,
    same=same,
    show=show,
    hints={
        "ZeroDivisionError": "When every layer is dense there is none left to share among: at "
        "sparsity 0 all are 0.",
        "changed size during iteration": "Collect the names of the dense layers first, then take "
        "them out: a dictionary must not shrink while a loop goes through it.",
    },
)
