"""The way back from 2:4: every stored number at its place, and zero everywhere else.

| the statement | asked by |
|---|---|
| number s of row i goes to column_of(metadata, i, s) | one and two bytes in a row, all places |
| everything else is zero | groups with stored zeros |
| the places of a group can come in any order | second before first |
| the type of `values` | float64; float16 (hidden) |
| a matrix (rows, k) | 2 x 0, 0 x 8; numbers in another order in memory (hidden) |
"""

import torch
from torch import Tensor

from utils.checks.compare import Unfit
from utils.checks.drawn import side_by_side
from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.inputs import halves
from utils.checks.lab01.arrays import CUT, ROUNDED, TYPE, array, exactly
from utils.checks.lab01.pack_2_4 import matrix_of

COLUMN = "Number s goes to its place in the group that begins in column 4 * (s // 2)."
PLACE = f"A place is two bits (`& 3`, or `% 4`) of byte s // 4. {COLUMN}"
VALUES = "Numbers are lost: the matrix has the type of `values`, not of `metadata`."
LONG = "The places come as uint8, which torch does not take as an index: `.long()` converts them."
GUESS = "With no row -1 cannot be guessed: write the number, or use unflatten(1, (-1, 4))."
WIDE = "`values` has two numbers for each group of four: the matrix is twice as wide."


@steps
def unpack_with(
    shifts=(0, 2, 4, 6),
    byte=lambda s: s // 4,
    bits=3,
    order=lambda first, second: (first, second),
    column=lambda s, place: 4 * (s // 2) + place,
    result=lambda matrix, values: matrix,
):
    def answer(values, metadata):
        matrix = values.new_zeros(len(values), 2 * values.shape[1])
        for i, row in enumerate(values):
            places = [int(metadata[i, byte(s)]) >> shifts[s % 4] & bits for s in range(len(row))]
            for s in range(0, len(row), 2):
                places[s : s + 2] = order(*places[s : s + 2])
            for s, value in enumerate(row):
                matrix[i, column(s, places[s])] = value
        return result(matrix, values)

    return answer


def scattered(read):
    """Without loops: `read` takes each of the four places from all bytes."""

    def answer(values, metadata):
        places = torch.stack([read(metadata, shift) for shift in (0, 2, 4, 6)], -1)
        places = places.flatten(1).unflatten(1, (-1, 2))
        groups = values.new_zeros(*places.shape[:2], 4)
        return groups.scatter_(-1, places, values.unflatten(1, (-1, 2))).flatten(1)

    return answer


MISTAKES = [
    (
        "The first group of a byte is in its low half: metadata & 15.",
        unpack_with(shifts=(4, 6, 0, 2)),
    ),
    ("The first place of a group is in the two low bits.", unpack_with(shifts=(2, 0, 6, 4))),
    ("In reverse: the first place is in the two lowest bits.", unpack_with(shifts=(6, 4, 2, 0))),
    ("The shifts are 0, 2, 4 and 6.", unpack_with(shifts=(0, 1, 2, 3))),
    ("The high half of each byte has the second group.", unpack_with(shifts=(0, 2, 0, 2))),
    ("Four numbers share a byte: the first one is not for all.", unpack_with(byte=lambda s: 0)),
    ("Places come in any order: do not sort them.", unpack_with(order=lambda *two: sorted(two))),
    (COLUMN, unpack_with(column=lambda s, place: 2 * (s // 2) + place)),
    (COLUMN, unpack_with(column=lambda s, place: 2 * s + place)),
    (COLUMN, unpack_with(column=lambda s, place: place)),
    (COLUMN, unpack_with(column=lambda s, place: s)),
    (COLUMN, unpack_with(column=lambda s, place: 4 * (s // 2) + s % 2)),
    (CUT, unpack_with(result=lambda matrix, values: matrix.trunc())),
    (VALUES, unpack_with(result=lambda matrix, values: matrix.trunc().clamp(min=0))),
    (TYPE, unpack_with(result=lambda matrix, values: matrix.float())),
    (ROUNDED, unpack_with(result=lambda matrix, values: matrix.float().to(values.dtype))),
    (WIDE, unpack_with(result=lambda matrix, values: matrix[:, : values.shape[1]])),
    (PLACE, unpack_with(byte=lambda s: s // 2)),
    (PLACE, unpack_with(bits=255)),
    (PLACE, scattered(lambda metadata, shift: metadata.long() >> shift)),
    (LONG, scattered(lambda metadata, shift: metadata >> shift & 3)),
    (GUESS, unpack_with(result=lambda matrix, values: matrix.reshape(len(matrix), -1))),
]


def packed(words: str, values: Tensor, places: list[list[int]]) -> Case:
    """`places`: for each row, those of its numbers."""
    rows, half = values.shape
    fours = torch.tensor(places, dtype=torch.int64).reshape(rows, half // 4, 4)
    metadata = (fours * torch.tensor([1, 4, 16, 64])).sum(-1).to(torch.uint8)
    return case(words, values=values, metadata=metadata)


def drawn(words: str, values: Tensor, generator: torch.Generator) -> Case:
    """Each two numbers at two random places of their group."""
    rows, half = values.shape
    order = torch.rand(rows, half // 2, 4, generator=generator).argsort(-1)[..., :2]
    return packed(words, values, order.flatten(1).tolist())


def cases(generator: torch.Generator) -> list[Case]:
    one, two = torch.tensor([[5, -1.5, 7, 3]]), torch.tensor([[4.0, 6, 1, 9], [1, 2, 3, 4]])
    zeros, eight = torch.tensor([[0.0, 8, 0, 0], [0, 0, -4, 0]]), torch.arange(1.0, 9)[None]
    return [
        packed("one row of two groups", one, [[1, 3, 0, 2]]),
        packed("two rows", two, [[2, 3, 2, 3], [0, 1, 2, 3]]),
        packed("float64", 0.1 * two.double(), [[2, 3, 2, 3], [0, 1, 2, 3]]),
        packed("float64, one row", one.double() / 3, [[1, 2, 0, 3]]),
        packed("stored zeros", zeros, [[0, 3, 0, 1], [1, 2, 1, 3]]),
        packed("the second place before the first", one, [[3, 0, 2, 1]]),
        packed("the same in two bytes", eight, [[2, 0, 3, 1, 1, 0, 3, 2]]),
        *(
            drawn(f"a random {m} x {k} matrix", halves((m, k // 2), generator), generator)
            for m, k in [(1, 8), (4, 8), (3, 16), (2, 0), (0, 8)]
        ),
    ]


def read(outcome: Outcome, case: Case) -> Tensor:
    values = case.arguments["values"]
    rows, half = values.shape
    matrix = array("the matrix", outcome.returned, 2, dtype=values.dtype, like=(rows, 2 * half))
    if matrix.shape != (rows, 2 * half):
        raise Unfit(f"a {rows} x {2 * half} matrix", f"shape {tuple(matrix.shape)}", WIDE)
    return matrix


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    values, metadata = case.arguments.values()
    bits = "  ".join(f"{byte:08b}" for byte in metadata[0].tolist()[:4])
    numbers = "  ".join(f"{value:g}" for value in values[0].tolist()[:8])
    drawing = side_by_side(read(expected, case), read(got, case))
    given = f"values of row 0: {numbers}, metadata: {bits}"
    return f"{case.words}\n{drawing}\n  {given}", "", ""


check_unpack_2_4 = Exercise(
    name="unpack_2_4",
    right=matrix_of,
    cases=cases,
    mistakes=MISTAKES,
    facts="all places, stored zeros, places in any order, several bytes in a row, no entry at all",
    read=read,
    same=exactly,
    show=show,
    hints={"int64": LONG, "shape of the mask": LONG, "out of": PLACE, "reshape": GUESS},
    symptoms=[(PLACE, lambda *_: True)],
)
