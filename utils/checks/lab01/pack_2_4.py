"""Does `pack_2_4(weight)` store two of every four values and their places, 2 bits each?"""

import torch
from torch import Tensor

from utils.checks.drawn import side_by_side
from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, must_raise, passed, run
from utils.checks.lab01.matrices import halves
from utils.checks.lab01.returned import CUT, array, counts, equal, parts, type_of

CHECK = "check_pack_2_4"
FEWER = "A group may have one entry, or none: it is filled up with zeros, each with a different free place."
HINTS = {
    "reshape": "With no row at all, -1 cannot be guessed: write the number, or use unflatten(1, (-1, 4))."
}


def check_pack_2_4(answer) -> None:
    """`answer(weight)` returns (values, metadata), which say the weight back; where a group has free places, any of them is right."""
    _check(answer, "one row of two groups", torch.tensor([[0.0, 5, 0, -1.5, 7, 0, 3, 0]]))
    _check(
        answer,
        "the largest places",
        torch.tensor([[0.0, 0, 4, 6, 0, 0, 1, 9], [1.0, 2, 0, 0, 0, 0, 3, 4]]),
    )
    _check(
        answer,
        "groups with one entry and with none",
        torch.tensor([[0.0, 0, 0, 8, 0, 0, 0, 0], [0.0, 0, 0, 0, 0, -4, 0, 0]]),
    )
    _check(answer, "zeros", torch.zeros(2, 8))
    generator = fresh_generator()
    for m, k in [(1, 8), (4, 8), (3, 16), (2, 0), (0, 8)]:
        _check(answer, f"a random {m} x {k} matrix", random_2_4((m, k), generator))
    must_raise(
        CHECK,
        "a group with three entries",
        ValueError,
        answer,
        torch.tensor([[1.0, 2, 3, 0, 0, 0, 0, 0]]),
        why="A group has room for two entries. Storing two of three would change the matrix without a word.",
    )
    must_raise(
        CHECK,
        "rows of 12",
        ValueError,
        answer,
        torch.zeros(2, 12),
        why="A byte holds the places of two groups: 12 is no multiple of 8.",
    )
    passed(
        CHECK,
        "all places, groups with fewer than two entries, fractions, zeros, no entry at all, a group with three",
    )


def random_2_4(shape: tuple[int, int], generator: torch.Generator) -> Tensor:
    """A matrix in which each group of four has two entries, one or none."""
    weight = halves(shape, generator)
    for group in weight.view(-1, 4):
        gone = int(torch.randint(2, 5, (), generator=generator))
        group[torch.randperm(4, generator=generator)[:gone]] = 0
    return weight


def read_2_4(values: Tensor, metadata: Tensor) -> Tensor:
    """The matrix: number s of a row stands in group s // 2, at the place that bits 2 (s % 4) and 2 (s % 4) + 1 of byte s // 4 say."""
    rows, half = values.shape
    matrix = torch.zeros(rows, 2 * half, dtype=torch.float64)
    for i in range(rows):
        for s in range(half):
            matrix[i, 4 * (s // 2) + (int(metadata[i, s // 4]) >> 2 * (s % 4)) % 4] += float(
                values[i, s]
            )
    return matrix


def _check(answer, tried: str, weight: Tensor) -> None:
    rows, k = weight.shape
    hints = HINTS
    if ((weight.reshape(-1, 4) != 0).sum(1) < 2).any():
        hints = HINTS | dict.fromkeys(
            ["out of", "equal size", "sequence of length", "to unpack", "is invalid for input"],
            FEWER,
        )
    came = parts(
        CHECK, tried, run(CHECK, tried, answer, weight.clone(), hints=hints), ("values", "metadata")
    )
    values = array(CHECK, tried, "values", came[0], dims=2, empty=(rows, k // 2))
    typed = array(CHECK, tried, "metadata", came[1], dims=2, empty=(rows, k // 8))
    metadata = counts(CHECK, tried, "metadata", typed, dims=2)
    if (tuple(values.shape), tuple(metadata.shape)) != ((rows, k // 2), (rows, k // 8)):
        mistake = (
            "Two groups share a byte: 4 bits each."
            if tuple(metadata.shape) == (rows, k // 4)
            else "A place takes 2 bits: four places share a byte."
            if tuple(metadata.shape) == (rows, k // 2)
            else ""
        )
        fail(
            CHECK,
            f"{tried}, {rows} x {k}",
            f"values {rows} x {k // 2}, metadata {rows} x {k // 8}",
            "values {} x {}, metadata {} x {}".format(*values.shape, *metadata.shape),
            mistake,
        )
    if metadata.numel() and not 0 <= metadata.min() <= metadata.max() <= 255:
        fail(
            CHECK,
            f"{tried}: metadata",
            "bytes, from 0 to 255",
            str(metadata.flatten().tolist()[:8]),
            "A place in a group is 0, 1, 2 or 3.",
        )
    read = read_2_4(values, metadata)
    if not equal(read, weight):
        fail(
            CHECK,
            f"{tried}, and the matrix that your values and metadata say\n{side_by_side(weight, read)}\n"
            f"  metadata of row 0: {_bits(metadata[0])}",
            mistake=_mistake(weight, values, metadata),
        )
    for i in range(rows):
        for g in range(k // 4):
            code = int(metadata[i, g // 2]) >> 4 * (g % 2)
            if code % 4 == code // 4 % 4:
                fail(
                    CHECK,
                    f"{tried}: group {g} of row {i}",
                    "two different places",
                    f"place {code % 4} twice",
                    "A zero at a place where an entry stands would overwrite it: give it a free place.",
                )
    if typed.numel() and typed.dtype != torch.uint8:
        fail(
            CHECK,
            f"{tried}: metadata",
            "uint8, a byte for four places",
            type_of(typed),
            "The right numbers in another type. That the places take so little room is the point of 2:4: `.to(torch.uint8)`.",
        )


def _mistake(weight: Tensor, values: Tensor, metadata: Tensor) -> str:
    swapped = metadata % 16 * 16 + metadata // 16
    if equal(read_2_4(values, swapped), weight):
        return "The first group of a byte goes into its low half, the second into the high half."
    if equal(read_2_4(values, _places_turned(metadata)), weight):
        return "The place of the first entry goes into the two low bits of its half, that of the second into the two bits above."
    if equal(read_2_4(values, _places_turned(swapped)), weight):
        return "The bits are in reverse order: the first place goes into the two lowest bits."
    if equal(read_2_4(values, metadata), weight.trunc()):
        return CUT
    if equal(_sizes(read_2_4(values, metadata)), _sizes(weight)):
        return "The right values at wrong places: each half byte is first place + 4 * second place, the places counted from 0."
    if not equal(_sizes(values), _sizes(weight)):
        return "`values` does not hold the entries of the matrix: two of each group, row by row."
    return "A half byte is first place + 4 * second place; the byte is first group + 16 * second group."


def _places_turned(metadata: Tensor) -> Tensor:
    places = [metadata >> 2 * place & 3 for place in range(4)]
    return places[1] + 4 * places[0] + 16 * places[3] + 64 * places[2]


def _sizes(matrix: Tensor) -> Tensor:
    return matrix[matrix != 0].sort().values


def _bits(metadata: Tensor) -> str:
    return "  ".join(f"{byte:08b}" for byte in metadata.tolist()[:4])
