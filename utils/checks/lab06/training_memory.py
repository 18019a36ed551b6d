"""Is `training_memory(weights, density, method)` the number of bytes at the peak?"""

from utils.checks.lab06.layers import call, number
from utils.checks.report import fail, must_raise, passed

CHECK = "check_training_memory"
KEPT = {
    "dense": "values, gradients, momenta of all weights, 4 bytes each",
    "masked": "as dense, and a mask of one byte a weight",
    "sparse": "value, index, gradient, momentum of each connection, 4 bytes each",
    "rigl": "as sparse, and one dense gradient",
}
BYTES = {
    "dense": (12, 0),
    "masked": (13, 0),
    "sparse": (0, 16),
    "rigl": (4, 16),
}  # of each weight, of each connection


def check_training_memory(answer) -> None:
    """`answer(weights, density, method)` returns bytes."""
    for weights, density in ((1000, 0.1), (50200, 0.01), (1_000_000, 0.9), (64, 1.0), (1000, 0.0)):
        for method in KEPT:
            tried, right = (
                f"{weights} weights, density {density}, {method}",
                total(weights, density, method),
            )
            got = number(
                CHECK,
                tried,
                call(CHECK, tried, answer, weights, density, method),
                f"{right:.6g} bytes",
            )
            if abs(got - right) > 1:
                fail(
                    CHECK,
                    f"{tried}: {KEPT[method]}",
                    f"{right:.6g} bytes",
                    f"{got:.6g}",
                    _mistake(got, weights, density, method),
                )
    must_raise(
        CHECK,
        "the method 'csr'",
        ValueError,
        answer,
        1000,
        0.1,
        "csr",
        why="A name that is none of the four is a slip of the pen: raise a ValueError.",
    )
    passed(CHECK, "four ways, small and large densities, an unknown one")


def total(weights: int, density: float, method: str) -> float:
    """The right answer."""
    of_all, of_kept = BYTES[method]
    return of_all * weights + of_kept * weights * density


def _mistake(got: float, weights: int, density: float, method: str) -> str:
    kept, right = weights * density, total(weights, density, method)
    for words, value in {
        "The indices are missing: a sparse tensor must say where each value is, 4 bytes more.": right
        - 4 * kept
        if method == "sparse"
        else None,
        "The indices are missing, or the gradients of the connections: the dense gradient comes on top of all that sparse keeps.": right
        - 4 * kept
        if method == "rigl"
        else None,
        "One index for each connection, not two.": right + 4 * kept
        if method in ("sparse", "rigl")
        else None,
        "It looks as if density were taken as the fraction of zeros. It is the fraction that is there.": total(
            weights, 1 - density, method
        ),
        "Masks do not make tensors smaller: with a mask everything is kept for all weights.": 12
        * kept
        + weights
        if method == "masked"
        else None,
        "Masks do not make tensors smaller: with a mask everything is kept for all weights. And the mask itself has one byte for each.": 13
        * kept
        if method == "masked"
        else None,
        "The mask is missing: one byte for each weight.": 12 * weights
        if method == "masked"
        else None,
        "A mask of bools has one byte for each weight, not 4.": 16 * weights
        if method == "masked"
        else None,
        "The mask has one byte for each weight, not one bit.": 12 * weights + weights / 8
        if method == "masked"
        else None,
        "When RigL grows, the gradient by all weights is there too: 4 bytes for each.": 16 * kept
        if method == "rigl"
        else None,
        "The dense gradient comes on top of what is kept for the connections.": 12 * kept
        + 4 * weights
        if method == "rigl"
        else None,
        "RigL is sparse but for one dense gradient. It looks as if everything were dense.": 12
        * weights
        if method in ("sparse", "rigl")
        else None,
        "Those are bits. A byte has 8 of them.": 8 * right,
        "The gradients and momenta are missing: they are as large as the values.": 4 * weights
        if method == "dense"
        else None,
        "The gradients, or the momenta, are missing: they are as large as the values.": 8 * weights
        if method == "dense"
        else None,
        "Density plays no part in the dense network: nothing is gone.": 12 * kept
        if method == "dense"
        else None,
    }.items():
        if value is not None and abs(got - value) <= 1:
            return words
    return ""
