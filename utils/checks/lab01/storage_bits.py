"""The bits that a format takes for a matrix: its values, its indices, and single bits.

| the statement | asked by |
|---|---|
| value_bits for a value, index_bits for an index, 32 by default | three pairs, and none |
| nnz is the number of entries that are not zero | a third, all, none of the entries |
| 2:4: groups begin anew in each row, the last one may be incomplete | rows of 5, 1, random ones |
| any other form is a ValueError | "zip", "CSR"; nearly right ones (hidden) |
| a count, for a matrix that is not there | 10^16 entries, which a float rounds |
"""

import math
import operator
from typing import Any

import torch

from utils.checks.exercise import Case, Exercise, Outcome, steps
from utils.checks.lab01.arrays import EXACT, whole

STORED = {
    "dense": "a value for each entry, zero or not",
    "bitmask": "a bit for each entry, and a value for each one that is not zero",
    "coo": "a value, a row and a column for each entry that is not zero",
    "csr": "a value and a column for each entry, and m + 1 numbers for where the rows begin",
    "2:4": "for each group of four of a row two values and two places of 2 bits each",
}
LARGE, LARGE_NNZ = (10**8 + 1, 4 * (10**8 + 1)), 10**16 + 1
NAMES = ("form", "shape", "nnz", "value_bits", "index_bits")
A_BIT = "A bit is a bit: nothing is filled up to whole bytes."
UNKNOWN = "A format that is not known must be refused."
DEFAULTS = "Keep the defaults: 32 bits for a value and 32 for an index."
INDPTR = "CSR stores `indptr`: m + 1 numbers, one more than there are rows."
TWO_INDICES = "Each entry has two indices, its row and its column."
ALWAYS_TWO = "2:4 stores two numbers of every four, zero or not: `nnz` does not matter."
FULL = "The last group of a row can be incomplete: it is stored, and takes as much as the others."
PLACES = "A group has two places of 2 bits each: 4 bits, not indices."


def groups(m, n):
    return m * math.ceil(n / 4)


@steps
def bits_with(
    dense=lambda m, n, nnz: (m * n, 0, 0),
    bitmask=lambda m, n, nnz: (nnz, 0, m * n),
    coo=lambda m, n, nnz: (nnz, 2 * nnz, 0),
    csr=lambda m, n, nnz: (nnz, nnz + m + 1, 0),
    two_four=lambda m, n, nnz: (2 * groups(m, n), 0, 4 * groups(m, n)),
    sizes=lambda value, index: (value, index),
    default=32,
    unit=lambda bits: bits,
    other=None,
):
    """From the numbers of values, indices and single bits of each format."""
    formats = {"dense": dense, "bitmask": bitmask, "coo": coo, "csr": csr, "2:4": two_four}

    def answer(form, shape, nnz, value_bits=default, index_bits=default):
        count = formats.get(form, other)
        if count is None:
            raise ValueError(form)
        (values, indices, bits), (value, index) = count(*shape, nnz), sizes(value_bits, index_bits)
        return unit(values * value + indices * index + bits)

    return answer


def two_four_in(count, bits=lambda groups: 4 * groups):
    return bits_with(two_four=lambda m, n, nnz: (2 * count(m, n), 0, bits(count(m, n))))


def in_bytes(bits):
    return 8 * math.ceil(bits / 8)


MISTAKES = [
    ("These are bytes.", bits_with(unit=lambda bits: bits / 8)),
    ("value_bits and index_bits are not always 32.", bits_with(sizes=lambda *both: (32, 32))),
    ("The sizes of values and indices are exchanged.", bits_with(sizes=lambda *both: both[::-1])),
    (DEFAULTS, bits_with(default=64)),
    ("A dense matrix stores its zeros too.", bits_with(dense=lambda m, n, nnz: (nnz, 0, 0))),
    (
        "The mask is missing: a bit for each entry.",
        bits_with(bitmask=lambda m, n, nnz: (nnz, 0, 0)),
    ),
    ("The mask has a bit for zeros too.", bits_with(bitmask=lambda m, n, nnz: (nnz, 0, nnz))),
    ("Values of zeros are not stored.", bits_with(bitmask=lambda m, n, nnz: (m * n, 0, m * n))),
    ("The mask has bits, not indices.", bits_with(bitmask=lambda m, n, nnz: (nnz, m * n, 0))),
    ("The mask has bits, not bytes.", bits_with(bitmask=lambda m, n, nnz: (nnz, 0, 8 * m * n))),
    (A_BIT, bits_with(bitmask=lambda m, n, nnz: (nnz, 0, in_bytes(m * n)))),
    (A_BIT, bits_with(bitmask=lambda m, n, nnz: (nnz, 0, m * in_bytes(n)))),
    (A_BIT, two_four_in(groups, lambda groups: in_bytes(4 * groups))),
    (A_BIT, bits_with(two_four=lambda m, n, _: (2 * groups(m, n), 0, m * in_bytes(groups(4, n))))),
    (TWO_INDICES, bits_with(coo=lambda m, n, nnz: (nnz, nnz, 0))),
    (TWO_INDICES, bits_with(coo=lambda m, n, nnz: (nnz, 0, 0))),
    (INDPTR, bits_with(csr=lambda m, n, nnz: (nnz, nnz + m, 0))),
    (INDPTR, bits_with(csr=lambda m, n, nnz: (nnz, nnz, 0))),
    ("`indptr` is about rows: m + 1.", bits_with(csr=lambda m, n, nnz: (nnz, nnz + n + 1, 0))),
    ("That is COO. " + INDPTR, bits_with(csr=lambda m, n, nnz: (nnz, 2 * nnz, 0))),
    ("The columns are stored as well.", bits_with(csr=lambda m, n, nnz: (nnz, m + 1, 0))),
    (ALWAYS_TWO, bits_with(two_four=lambda m, n, nnz: (nnz, 0, 2 * nnz))),
    (FULL, bits_with(two_four=lambda m, n, nnz: (m * n // 2, 0, m * n // 2 * 2))),
    (FULL, bits_with(two_four=lambda m, n, nnz: (m * n / 2, 0, m * n))),
    (FULL, two_four_in(lambda m, n: m * (n // 4))),
    (FULL, two_four_in(lambda m, n: m * (n // 4 + min(n % 4, 2) / 2))),
    ("A new group begins in each row.", two_four_in(lambda m, n: groups(1, m * n))),
    (PLACES, bits_with(two_four=lambda m, n, nnz: (2 * groups(m, n), 2 * groups(m, n), 0))),
    (PLACES, bits_with(two_four=lambda m, n, nnz: (2 * groups(m, n), 0, 0))),
    (PLACES, bits_with(two_four=lambda m, n, nnz: (2 * groups(m, n), 0, 2 * groups(m, n)))),
    (EXACT, bits_with(unit=float)),
    (UNKNOWN, bits_with(other=lambda m, n, nnz: (0, 0, 0))),
    (UNKNOWN, lambda form, *more: bits_with()(form, *more) if form in STORED else None),
]


def cases(generator: torch.Generator) -> list[Case]:
    def asked(form: str, *more: Any, why: str, raises: type[Exception] | None = None) -> Case:
        words = f'storage_bits("{form}", {", ".join(map(str, more))})'
        return Case(words, dict(zip(NAMES, (form, *more))), raises, why)

    shapes = [((2, 4), 4), ((3, 5), 5), ((3, 5), 0), ((0, 3), 0), ((3, 0), 0), ((1, 1), 1)]
    for m, n in torch.randint(1, 40, (2, 2), generator=generator).tolist():
        shapes.append(((m, n), m * n // 3))
    return [
        *(
            asked(form, *each, *bits, why=f"What is stored: {stored}.")
            for each in shapes
            for bits in [(32, 32), (16, 8), (8, 64)]
            for form, stored in STORED.items()
        ),
        *(asked(form, (100, 80), 800, why=DEFAULTS) for form in STORED),
        *(asked(form, LARGE, LARGE_NNZ, 32, 16, why=EXACT) for form in STORED),
        *(asked(form, (2, 4), 3, why=UNKNOWN, raises=ValueError) for form in ("zip", "CSR")),
    ]


def read(outcome: Outcome, case: Case) -> int:
    return whole("the number of bits", outcome.returned)


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    right, came = (f"{read(each, case):,} bits" for each in (expected, got))
    return case.words, right, came


def part(case: Case) -> str:
    """Each format is one, and what is said of other names is one."""
    return "other formats" if case.raises else case.arguments["form"]


check_storage_bits = Exercise(
    name="storage_bits",
    right=bits_with(),
    cases=cases,
    mistakes=MISTAKES,
    facts="five formats, several shapes and sizes, rows that are no multiple of four, defaults",
    read=read,
    same=operator.eq,
    part=part,
    show=show,
)
