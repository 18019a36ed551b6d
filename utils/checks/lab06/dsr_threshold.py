"""Does `dsr_threshold(threshold, dropped, target, tolerance)` rise and fall as it should?

| the statement says | the case that asks it |
|---|---|
| twice below (1 - tolerance) * target | far below, just below |
| half above (1 + tolerance) * target | far above, just above |
| otherwise the same | within, at both edges, edges that are no whole numbers, tolerance 0 |
| of any threshold | 4 to 1e-9 |
"""

import math

from utils.checks.compare import as_number
from utils.checks.exercise import Case, Exercise, Outcome, case, steps

WITHIN = "Within the tolerance it stays: from (1 - tolerance) * target to (1 + tolerance) * target."
EDGE = (
    "Exactly at the edge it stays: it rises below (1 - tolerance) * target, and falls above "
    "(1 + tolerance) * target."
)
OUTSIDE = "It stays only within the tolerance: "
TWICE = "Twice the threshold, or half of it."


def right(threshold: float, dropped: int, target: int, tolerance: float) -> float:
    off = (dropped - target) / target
    return threshold if abs(off) <= tolerance else threshold * (0.5 if off > 0 else 2)


@steps
def threshold_with(
    low=lambda dropped, target, tolerance: dropped < (1 - tolerance) * target,
    high=lambda dropped, target, tolerance: dropped > (1 + tolerance) * target,
    up=lambda threshold: 2 * threshold,
    down=lambda threshold: threshold / 2,
):
    def answer(threshold, dropped, target, tolerance):
        if low(dropped, target, tolerance):
            return up(threshold)
        return down(threshold) if high(dropped, target, tolerance) else threshold

    return answer


def double(threshold):
    return 2 * threshold


def half(threshold):
    return threshold / 2


def rounded(*given):
    return round(right(*given), 6)


MISTAKES = [
    (
        "The wrong way round: too few were dropped, so the threshold rises.",
        threshold_with(up=half, down=double),
    ),
    ("If too many were dropped, the threshold falls.", threshold_with(down=double)),
    ("If too few were dropped, the threshold rises.", threshold_with(up=half)),
    (OUTSIDE + "above it, it falls.", threshold_with(high=lambda *_: False)),
    (OUTSIDE + "below it, it rises.", threshold_with(low=lambda *_: False)),
    (
        WITHIN,
        threshold_with(low=lambda d, n, _: d < n, high=lambda d, n, _: d > n),
    ),
    (WITHIN, threshold_with(high=lambda d, n, _: d > n)),
    (WITHIN, threshold_with(low=lambda d, n, _: d < n)),
    (
        WITHIN,
        threshold_with(low=lambda d, n, t: d < n - t, high=lambda d, n, t: d > n + t),
    ),
    (WITHIN, threshold_with(high=lambda *_: True)),
    (
        EDGE,
        threshold_with(low=lambda d, n, t: d <= (1 - t) * n, high=lambda d, n, t: d >= (1 + t) * n),
    ),
    (
        "The edges are no whole numbers: do not round them.",
        threshold_with(
            low=lambda d, n, t: d < int((1 - t) * n), high=lambda d, n, t: d > int((1 + t) * n)
        ),
    ),
    ("Do not round the threshold.", rounded),
    (TWICE, threshold_with(up=lambda threshold: 1.1 * threshold)),
    (TWICE, threshold_with(up=lambda threshold: threshold + 1)),
    (TWICE, threshold_with(down=lambda threshold: 0.9 * threshold)),
]


def cases(generator) -> list[Case]:
    counts = {
        (0.001, 100, 0.1): (10, 500, 100, 95, 105),
        (0.02, 100, 0.1): (88, 112),
        (0.5, 40, 0.25): (30, 50, 29, 51),
        (0.3, 40, 0.5): (0, 21, 59, 20, 60),
        (4.0, 8, 0.0): (7, 9, 8),
        (0.2, 99, 0.1): (89, 90, 108, 109),
        (2e-9, 99, 0.1): (89, 90, 108, 109),
    }
    return [
        case(
            f"threshold {threshold}, {dropped} dropped, target {target}, tolerance {tolerance}",
            threshold=threshold,
            dropped=dropped,
            target=target,
            tolerance=tolerance,
        )
        for (threshold, target, tolerance), numbers in counts.items()
        for dropped in numbers
    ]


def read(outcome: Outcome, case: Case) -> float:
    return as_number(outcome.returned)


check_dsr_threshold = Exercise(
    name="dsr_threshold",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="twice, half, the same, both edges, and small thresholds",
    read=read,
    same=lambda got, expected: math.isclose(got, expected, rel_tol=1e-5),
)
