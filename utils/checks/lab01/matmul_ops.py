"""How many multiplications and additions has the product of an (m, k) and a (k, n) matrix?

| the statement | asked by |
|---|---|
| the two numbers, multiplications first | 2 x 2 x 2 |
| a product of (m, k) and (k, n) | three different sizes |
| k is 0: no operation | k = 0, also with m or n = 0 |
| not one by one | 131,072 cubed; a million cubed, which a float rounds |
"""

import operator

import torch

from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.lab01.arrays import EXACT, commas, parts, whole

NAMES = ("multiplications", "additions")
FORMULA = "These are too many to be counted one by one: find the formula."
ONE_ENTRY = "These are the operations of one entry. How many entries has the result?"
FIRST = "The first product of every entry is added to nothing, not only that of the first entry."
INNER = "The sum of an entry runs over the inner size k, not over"


@steps
def ops_with(
    multiplications=lambda m, k, n: m * k * n,
    additions=lambda m, k, n: m * max(k - 1, 0) * n,
    result=lambda *both: both,
):
    return lambda m, k, n: result(multiplications(m, k, n), additions(m, k, n))


def counts_row_by_row(m, k, n):
    rows = [sum(k for _ in range(n)) for _ in range(m)]
    return sum(rows), sum(rows) - m * n * (k > 0)


MISTAKES = [
    ("Multiplications come first, then additions.", ops_with(result=lambda *both: both[::-1])),
    ("Adding up k numbers takes k - 1 additions.", ops_with(additions=lambda m, k, n: m * k * n)),
    (ONE_ENTRY, ops_with(additions=lambda m, k, n: max(k - 1, 0))),
    (ONE_ENTRY, ops_with(additions=lambda m, k, n: k - 1)),
    (ONE_ENTRY, lambda m, k, n: (k, max(k - 1, 0))),
    (ONE_ENTRY, lambda m, k, n: (k, k - 1)),
    ("An entry needs k multiplications.", ops_with(multiplications=lambda m, k, n: m * n)),
    ("With k = 0 there is nothing to add.", ops_with(additions=lambda m, k, n: m * (k - 1) * n)),
    ("With k = 0 there is nothing to add.", ops_with(additions=lambda m, k, n: m * abs(k - 1) * n)),
    (
        "With k = 0 nothing is multiplied.",
        ops_with(multiplications=lambda m, k, n: m * n * (k or 1)),
    ),
    (FIRST, ops_with(additions=lambda m, k, n: max(m * k * n - 1, 0))),
    (f"{INNER} n.", ops_with(additions=lambda m, k, n: m * k * max(n - 1, 0))),
    (f"{INNER} m.", ops_with(additions=lambda m, k, n: max(m - 1, 0) * k * n)),
    (commas(*NAMES), ops_with(result=lambda *both: sum(both))),
    (FORMULA, counts_row_by_row),
    (EXACT, ops_with(result=lambda *both: tuple(map(float, both)))),
]


def cases(generator: torch.Generator) -> list[Case]:
    sizes = [(2, 2, 2), (2, 3, 4), (1, 5, 1), (3, 1, 4), (0, 3, 2), (2, 0, 3), (4, 0, 1)]
    sizes += torch.randint(2, 50, (3, 3), generator=generator).tolist()
    sizes += [(131_072,) * 3, (1_000_003, 999_999, 1_000_001), (999_999, 1_000_001, 1_000_003)]
    return [case(f"matmul_ops({m}, {k}, {n})", m=m, k=k, n=n) for m, k, n in sizes]


def read(outcome: Outcome, case: Case) -> list[int]:
    both = parts(outcome.returned, *NAMES)
    return [whole(name, value) for name, value in zip(NAMES, both)]


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    wanted, came = (
        "multiplications {:,}, additions {:,}".format(*read(each, case)) for each in (expected, got)
    )
    m, k, n = case.arguments.values()
    return f"{case.words}, a product of {m} x {k} and {k} x {n} matrices", wanted, came


check_matmul_ops = Exercise(
    name="matmul_ops",
    right=ops_with(),
    cases=cases,
    mistakes=MISTAKES,
    facts="small and large products, an inner size of 1 and 0, no row",
    read=read,
    same=operator.eq,
    show=show,
    hints={"still running": FORMULA},
    seconds=3,
)
