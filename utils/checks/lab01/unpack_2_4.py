"""Does `unpack_2_4(values, metadata)` put the stored numbers back to their places?"""

import torch
from torch import Tensor

from utils.checks.drawn import side_by_side
from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, passed, run
from utils.checks.lab01.matrices import halves
from utils.checks.lab01.pack_2_4 import read_2_4
from utils.checks.lab01.returned import CUT, array, equal

CHECK = "check_unpack_2_4"
GROUP = "number s of a row belongs to group s // 2, which begins in column 4 * (s // 2)"
TO_LONG = (
    "The places come as uint8, which torch does not take as an index: `.long()` converts them."
)
HINTS = {
    "int64": TO_LONG,
    "shape of the mask": TO_LONG,
    "out of": f"A place is two bits (`& 3`, or `% 4`) of byte s // 4, and {GROUP}.",
    "reshape": "With no row at all, -1 cannot be guessed: write the number, or use unflatten(1, (-1, 4)).",
}


def check_unpack_2_4(answer) -> None:
    """`answer(values, metadata)` returns the dense matrix; metadata comes as uint8, the places of a group in any order."""
    _check(answer, "one row of two groups", torch.tensor([[5.0, -1.5, 7, 3]]), [[(1, 3), (0, 2)]])
    _check(
        answer,
        "two rows",
        torch.tensor([[4.0, 6, 1, 9], [1.0, 2, 3, 4]]),
        [[(2, 3), (2, 3)], [(0, 1), (2, 3)]],
    )
    _check(
        answer,
        "stored zeros",
        torch.tensor([[0.0, 8, 0, 0], [0.0, 0, -4, 0]]),
        [[(0, 3), (0, 1)], [(1, 2), (1, 3)]],
    )
    _check(
        answer,
        "the second place before the first",
        torch.tensor([[1.0, 2, 3, 4]]),
        [[(3, 0), (2, 1)]],
    )
    generator = fresh_generator()
    for rows, k in [(1, 8), (4, 8), (3, 16), (2, 0), (0, 8)]:
        places = [
            [
                tuple(torch.randperm(4, generator=generator)[:2].sort().values.tolist())
                for _ in range(k // 4)
            ]
            for _ in range(rows)
        ]
        _check(answer, f"a random {rows} x {k} matrix", halves((rows, k // 2), generator), places)
    passed(CHECK, "all places, stored zeros, several bytes in a row, no entry at all")


def packed(places: list[list[tuple[int, int]]], shape: tuple[int, int]) -> Tensor:
    """The metadata of the places of each row's groups."""
    halves = [[first + 4 * second for first, second in row] for row in places]
    return torch.tensor(
        [[a + 16 * b for a, b in zip(row[::2], row[1::2])] for row in halves], dtype=torch.uint8
    ).reshape(shape)


def _check(answer, tried: str, values: Tensor, places: list[list[tuple[int, int]]]) -> None:
    metadata = packed(places, (len(values), values.shape[1] // 4))
    expected = read_2_4(values, metadata)
    got = array(
        CHECK,
        tried,
        "the matrix",
        run(CHECK, tried, answer, values.clone(), metadata.clone(), hints=HINTS),
        dims=2,
        empty=tuple(expected.shape),
    )
    if got.shape != expected.shape:
        fail(
            CHECK,
            tried,
            f"a {expected.shape[0]} x {expected.shape[1]} matrix",
            f"shape {tuple(got.shape)}",
            "values has two numbers for each group of four: the matrix is twice as wide.",
        )
    if equal(got, expected):
        return
    bits = "  ".join(f"{byte:08b}" for byte in metadata[0].tolist()[:4])
    fail(
        CHECK,
        f"{tried}\n{side_by_side(expected, got)}\n  values of row 0: {_numbers(values[0][:8])}, metadata: {bits}",
        mistake=_mistake(values, metadata, got),
    )


def _numbers(values: Tensor) -> str:
    return "  ".join(f"{value:g}" for value in values.tolist())


def _mistake(values: Tensor, metadata: Tensor, got: Tensor) -> str:
    byte = metadata.long()
    halves = byte % 16 * 16 + byte // 16
    turned = (byte >> 2 & 3) + 4 * (byte & 3) + 16 * (byte >> 6 & 3) + 64 * (byte >> 4 & 3)
    backwards = (turned % 16) * 16 + turned // 16
    for read, text in [
        (halves, "The first group of a byte is in its low half: metadata % 16, or metadata & 15."),
        (
            turned,
            "The two low bits of each half are the place of the first number, the next two that of the second.",
        ),
        (backwards, "The bits were read in reverse: the first place is in the two lowest bits."),
    ]:
        if equal(got, read_2_4(values, read)):
            return text
    expected = read_2_4(values, metadata)
    if equal(got, expected.trunc()):
        return CUT
    if _in_their_groups(values, got) and got[expected == 0].any():
        return "Each number is in its group, but not at its place: a place has two bits of its own. The shifts are 0, 2, 4 and 6."
    if equal(got[got != 0].sort().values, values[values != 0].sort().values):
        return f"The right numbers at wrong places: {GROUP}."
    return "Numbers are lost or doubled: does a later one overwrite an earlier one?"


def _in_their_groups(values: Tensor, got: Tensor) -> bool:
    """Each group has only numbers of its own, or their sum, and at least one unless all are 0: two at one place leave one."""
    for own, group in zip(values.reshape(-1, 2).tolist(), got.reshape(-1, 4).tolist()):
        came = {number for number in group if number}
        if not came <= {*own, sum(own)} or (any(own) and not came):
            return False
    return True
