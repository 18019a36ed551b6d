"""Does `storage_bits(form, shape, nnz, value_bits, index_bits)` count all that a format stores?"""

import math

import torch

from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, must_raise, passed, run
from utils.checks.lab01.returned import array

CHECK = "check_storage_bits"
FORMS = ("dense", "bitmask", "coo", "csr", "2:4")
STORED = {
    "dense": "a value for each entry, zero or not",
    "bitmask": "a bit for each entry, and a value for each one that is not zero",
    "coo": "a value, a row and a column for each entry that is not zero",
    "csr": "a value and a column for each entry that is not zero, and m + 1 numbers that say where the rows begin",
    "2:4": "for each group of four of a row two values and two places of 2 bits each",
}


def check_storage_bits(answer) -> None:
    """`answer(...)` returns the bits; a format that it does not know is a ValueError."""
    random = torch.randint(1, 40, (4, 2), generator=fresh_generator()).tolist()
    fixed = [((2, 4), 4), ((3, 5), 5), ((3, 5), 0), ((0, 3), 0), ((3, 0), 0)]
    for shape, nnz in fixed + [((m, n), m * n // 3) for m, n in random]:
        for bits in [(32, 32), (16, 8), (8, 64)]:
            for form in FORMS:
                _check_case(answer, form, shape, nnz, *bits)
    _check_defaults(answer)
    must_raise(
        CHECK,
        'storage_bits("zip", (2, 4), 3)',
        ValueError,
        answer,
        "zip",
        (2, 4),
        3,
        why="A format that is not known must be refused.",
    )
    passed(
        CHECK,
        "five formats, several shapes and sizes of numbers, rows that are no multiple of four, an unknown format",
    )


def expected_bits(form: str, shape: tuple[int, int], nnz: int, value: int, index: int) -> int:
    """Values, indices and single bits, times what each takes."""
    m, n = shape
    groups = m * -(-n // 4)
    values, numbers, single = {
        "dense": (m * n, 0, 0),
        "bitmask": (nnz, 0, m * n),
        "coo": (nnz, 2 * nnz, 0),
        "csr": (nnz, nnz + m + 1, 0),
        "2:4": (2 * groups, 0, 4 * groups),
    }[form]
    return values * value + numbers * index + single


def _check_defaults(answer) -> None:
    tried = 'storage_bits("csr", (100, 80), 800)'
    got, expected = (
        _number(tried, run(CHECK, tried, answer, "csr", (100, 80), 800)),
        expected_bits("csr", (100, 80), 800, 32, 32),
    )
    if got != expected:
        fail(
            CHECK,
            tried,
            f"{expected} bits",
            f"{got:g} bits",
            "Keep the defaults: 32 bits for a value and 32 for an index.",
        )


def _check_case(
    answer, form: str, shape: tuple[int, int], nnz: int, value: int, index: int
) -> None:
    tried = f'storage_bits("{form}", {shape}, {nnz}, {value}, {index})'
    expected = expected_bits(form, shape, nnz, value, index)
    got = _number(tried, run(CHECK, tried, answer, form, shape, nnz, value, index))
    if got == expected:
        return
    m, n = shape
    wrong = {
        expected / 8: "These are bytes.",
        expected_bits(
            form, shape, nnz, 32, 32
        ): "The arguments value_bits and index_bits count, also when they are not 32.",
    } | {
        "dense": {value * nnz: "A dense matrix stores its zeros too."},
        "bitmask": {
            value * nnz: "The mask is missing: one bit for each entry.",
            value * nnz
            + nnz: "The mask has one bit for every entry, the zeros too: how else could it tell where they are?",
            (value + 1) * m * n: "The values of zeros are not stored.",
            value * nnz + index * m * n: "An entry of the mask is one bit, not an index.",
        },
        "coo": {
            (value + index) * nnz: "Each entry has two indices, its row and its column.",
            value * nnz: "Each entry has two indices, its row and its column.",
        },
        "csr": {
            (value + index) * nnz + index * m: "`indptr` has one number more than there are rows.",
            (value + index) * nnz
            + index * (n + 1): "`indptr` is about rows. (With columns it would be CSC.)",
            (value + index) * nnz: "`indptr` is stored as well: m + 1 numbers.",
            (value + 2 * index)
            * nnz: "That is COO: CSR does not store the row of each entry, but where each row begins.",
            value * nnz + index * (m + 1): "The column of each entry is stored as well.",
        },
        "2:4": {
            (value + 2)
            * nnz: "2:4 stores two numbers of every four, whether they are zero or not: `nnz` does not matter.",
            (value + 2)
            * (
                m * n // 2
            ): "The last group of a row may not be full; it takes as much as the others.",
            (value + 2)
            * m
            * n
            / 2: "The last group of a row may not be full; it takes as much as the others.",
            (value + 2)
            * 2
            * m
            * (n // 4): "The last group of a row may not be full; it is stored as well.",
            (value + 2)
            * math.ceil(m * n / 4)
            * 2: "Each row has groups of its own: none goes on in the next row.",
            (value + index)
            * 2
            * m
            * -(
                -n // 4
            ): "The place of an entry in its group of four takes 2 bits, not a whole index.",
            value * 2 * m * -(-n // 4): "The two places of each group are missing: 2 bits each.",
        },
    }[form]
    fail(
        CHECK,
        tried,
        f"{expected} bits",
        f"{got:g} bits",
        wrong.get(got, f"What is stored: {STORED[form]}."),
    )


def _number(tried: str, value) -> float:
    number = float(array(CHECK, tried, "the number of bits", value, dims=0))
    return int(number) if number.is_integer() else number
