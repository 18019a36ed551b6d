"""Is `training_memory(weights, density, method)` the number of bytes at the peak?

| the statement says | the case that asks it |
|---|---|
| the four rows of the table | each method, five sizes and densities, 0 and 1 too |
| any other method is a ValueError | "csr", "Dense"; hidden: a blank, a longer name, none |
"""

from utils.checks.compare import as_number
from utils.checks.exercise import Case, Exercise, Outcome, case, refused, steps

KEPT = {
    "dense": "values, gradients, momenta of all weights, 4 bytes each",
    "masked": "as dense, and a mask of one byte a weight",
    "sparse": "value, index, gradient, momentum of each connection, 4 bytes each",
    "rigl": "as sparse, and one dense gradient",
}
BYTES = {"dense": (12, 0), "masked": (13, 0), "sparse": (0, 16), "rigl": (4, 16)}
UNKNOWN = "A name that is not one of the four is a typing mistake: raise a ValueError."
INDEX = "One index for each connection, not two."
MASKS = "Masks do not make tensors smaller: everything is kept for all weights."
DENSE = "Count connections, not all weights: only what is named is dense."


@steps
def memory_with(present=lambda density: density, factor=1, unknown=ValueError, **methods):
    """`methods`: other numbers of bytes, (of each weight, of each connection)."""
    table = BYTES | methods

    def answer(weights, density, method):
        if method not in table and unknown:
            raise unknown(method)
        of_all, of_kept = table.get(method, BYTES["rigl"])
        return factor * (of_all * weights + of_kept * weights * present(density))

    return answer


right = memory_with()
MISTAKES = [
    ("The indices are missing: 4 bytes to say where each value is.", memory_with(sparse=(0, 12))),
    (
        "The indices are missing, or the gradients of the connections: the dense one is extra.",
        memory_with(rigl=(4, 12)),
    ),
    (INDEX, memory_with(sparse=(0, 20))),
    (INDEX, memory_with(rigl=(4, 20))),
    (
        "The density is taken as the fraction of zeros. It is the fraction that is there.",
        memory_with(present=lambda density: 1 - density),
    ),
    (MASKS, memory_with(masked=(1, 12))),
    (MASKS + " The mask too: one byte for each weight.", memory_with(masked=(0, 13))),
    ("The mask is missing: one byte for each weight.", memory_with(masked=(12, 0))),
    ("A mask of bools has one byte for each weight, not 4.", memory_with(masked=(16, 0))),
    ("The mask has one byte for each weight, not one bit.", memory_with(masked=(12.125, 0))),
    (
        "When RigL grows, the gradient of every weight is there too: 4 bytes each.",
        memory_with(rigl=(0, 16)),
    ),
    ("RigL is sparse but for one dense gradient.", memory_with(rigl=(12, 0))),
    (DENSE, memory_with(sparse=(12, 0))),
    ("Density plays no part in the dense network: nothing is gone.", memory_with(dense=(0, 12))),
    ("The gradients and momenta are missing: 4 bytes each.", memory_with(dense=(4, 0))),
    ("The gradients, or the momenta, are missing: 4 bytes each.", memory_with(dense=(8, 0))),
    ("Those are bits. A byte has 8 of them.", memory_with(factor=8)),
    ("Those are kilobytes: bytes are asked for.", memory_with(factor=1 / 1000)),
    ("Those are kilobytes: bytes are asked for.", memory_with(factor=1 / 1024)),
    (UNKNOWN, memory_with(unknown=KeyError)),
    (UNKNOWN, memory_with(unknown=None)),
    (UNKNOWN, lambda weights, density, method: right(weights, density, method.lower())),
]


def cases(generator) -> list[Case]:
    sizes = ((1000, 0.1), (50200, 0.01), (1_000_000, 0.9), (64, 1.0), (1000, 0.0))
    known = [
        case(
            f"{weights} weights, density {density}, {method}: {kept}",
            weights=weights,
            density=density,
            method=method,
        )
        for weights, density in sizes
        for method, kept in KEPT.items()
    ]
    return known + [
        refused(f"the method {name!r}", ValueError, UNKNOWN, weights=1000, density=0.1, method=name)
        for name in ("csr", "Dense")
    ]


def read(outcome: Outcome, case: Case) -> float:
    return as_number(outcome.returned, "a number of bytes")


check_training_memory = Exercise(
    name="training_memory",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="four ways, small and large densities, an unknown one",
    read=read,
    same=lambda got, expected: abs(got - expected) <= 1,
)
