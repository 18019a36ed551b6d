"""Does `matmul_ops(m, k, n)` count the multiplications and additions of a product?"""

import torch

from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, passed, run
from utils.checks.lab01.in_time import run_in_time
from utils.checks.lab01.returned import counts, parts

CHECK = "check_matmul_ops"


def check_matmul_ops(answer) -> None:
    """`answer(m, k, n)` returns (multiplications, additions)."""
    random = torch.randint(2, 50, (5, 3), generator=fresh_generator()).tolist()
    for m, k, n in [(2, 2, 2), (2, 3, 4), (1, 5, 1), (3, 1, 4), (0, 3, 2), (2, 0, 3), *random]:
        tried = f"matmul_ops({m}, {k}, {n})"
        _check_case(tried, run(CHECK, tried, answer, m, k, n), m, k, n)
    m = k = n = 131_072
    tried = f"matmul_ops({m}, {k}, {n})"
    came = run_in_time(
        CHECK,
        tried,
        answer,
        m,
        k,
        n,
        mistake="These are too many to be counted one by one: find the formula.",
    )
    _check_case(tried, came, m, k, n)
    passed(CHECK, "small and large products, an inner size of 1 and 0, no row")


def _check_case(tried: str, came, m: int, k: int, n: int) -> None:
    both = parts(CHECK, tried, came, ("multiplications", "additions"))
    got = tuple(counts(CHECK, tried, "both counts", both).tolist())
    expected = (m * k * n, m * n * max(k - 1, 0))
    if got == expected:
        return
    wrong = {
        expected[::-1]: "Multiplications come first, then additions.",
        (m * k * n, m * k * n): "To add up k numbers takes k - 1 additions, not k.",
        (
            m * k * n,
            k - 1,
        ): "These are the additions of one entry of the result. How many entries are there?",
        (k, k - 1): "That is one entry of the result. How many entries are there?",
        (
            m * k * n,
            -m * n,
        ): "With k = 0 there is nothing to add: no additions, not fewer than none.",
        (m * k * n, m * k * (n - 1)): "The sum of an entry runs over the inner size k, not over n.",
        (m * k * n, (m - 1) * k * n): "The sum of an entry runs over the inner size k, not over m.",
    }
    fail(
        CHECK,
        f"{tried}, a product of {m} x {k} and {k} x {n} matrices",
        _counts(expected),
        _counts(got),
        wrong.get(got, ""),
    )


def _counts(counts: tuple[int, int]) -> str:
    return "multiplications {:,}, additions {:,}".format(*counts)
