"""2:4: two of every four values, and their places: 2 bits each, the first in the lowest bits.

| the statement | asked by |
|---|---|
| values[i, s] == weight[i, column_of(...)], every entry stored | all places, read back |
| values: half the columns, and the type | float64; float16 (hidden) |
| metadata: an eighth, uint8 | int64, float32, a list |
| two different places, free ones for zeros | groups with one entry or none |
| ValueError for more than two entries | three, four, a tiny one; the last group (hidden) |
| ValueError for a row that is no multiple of eight | rows of 12 and 20; of 3 and 4 (hidden) |
| no row, no column | 2 x 0, 0 x 8 |
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from utils.checks.compare import Unfit
from utils.checks.drawn import side_by_side
from utils.checks.exercise import Case, Exercise, Outcome, steps
from utils.checks.inputs import halves
from utils.checks.lab01.arrays import (
    CUT,
    ROUNDED,
    TINY,
    TYPE,
    array,
    commas,
    exactly,
    parts,
    type_of,
)

FEWER = "A group may have one entry, or none: fill it up with zeros, each at another free place."
LOST = "`values` does not hold the entries of the matrix: two of each group, row by row."
THREE = "A group has room for two entries. To store two of three would change the matrix silently."
EIGHT = "A byte holds the places of two groups: a row must be a multiple of 8 long."
FOUR = "A place takes 2 bits: four places share a byte."
TWO = "Two groups share a byte: 4 bits each."
CODE = "A half byte is first place + 4 * second place, a byte first + 16 * second group."
TWICE = "A zero at the place of an entry would overwrite it: give it a free place."
BYTE = "A place in a group is 0, 1, 2 or 3."
UINT8 = "Right numbers, wrong type: a byte for four places is the point. `.to(torch.uint8)`."


@steps
def pack_with(
    refuse=lambda groups: ((groups != 0).sum(-1) > 2).any(),
    multiple=8,
    choose=lambda groups: (groups == 0).int().argsort(dim=-1, stable=True)[..., :2],
    values=lambda values: values,
    twice=lambda places, values: places,
    code=(1, 4, 16, 64),
    first=0,
    to=torch.uint8,
    result=lambda values, metadata: (values, metadata),
):
    def answer(weight):
        if weight.shape[1] % multiple:
            raise ValueError(weight.shape)
        groups = torch.nn.functional.pad(weight, (0, -weight.shape[1] % 8)).unflatten(1, (-1, 4))
        if refuse(groups):
            raise ValueError("more than two entries")
        places = choose(groups)
        stored = groups.gather(-1, places)
        fours = twice(places, stored).flatten(1).unflatten(1, (-1, 4)) + first
        metadata = (fours * torch.tensor(code)).sum(-1) % 256
        return result(values(stored.flatten(1)), metadata.to(to))

    return answer


def bytes_of(*bits):
    """A byte for every few bits of the metadata: (where they begin, which they are)."""
    return lambda values, metadata: (
        values,
        torch.stack([metadata >> begin & which for begin, which in bits], -1).flatten(1),
    )


def always_two(weight):
    pack_with()(weight)
    return pack_with(choose=two_of_each)(weight)


def two_of_each(groups):
    found = [group.nonzero()[:, 0] for group in groups.reshape(-1, 4)]
    return torch.tensor([[two[0], two[1]] for two in found]).reshape(*groups.shape[:2], 2)


def always_two_at_once(weight):
    _, metadata = pack_with()(weight)
    return weight[weight != 0].reshape(len(weight), weight.shape[1] // 2), metadata


MISTAKES = [
    ("The first group of a byte goes into its low half.", pack_with(code=(16, 64, 1, 4))),
    ("The first place of a group goes into the two low bits.", pack_with(code=(4, 1, 64, 16))),
    ("In reverse: the first place goes into the lowest bits.", pack_with(code=(64, 16, 4, 1))),
    (CODE, pack_with(code=(1, 3, 16, 48))),
    (CODE, pack_with(code=(1, 4, 8, 32))),
    ("Places are counted from 0.", pack_with(first=1)),
    (TWICE, pack_with(twice=lambda at, values: torch.where(values != 0, at, at[..., :1]))),
    (LOST, pack_with(choose=lambda groups: groups.topk(2).indices.sort(-1).values)),
    (LOST, pack_with(values=torch.abs)),
    (LOST, pack_with(values=torch.zeros_like)),
    (CUT, pack_with(values=torch.trunc)),
    (TYPE, pack_with(values=lambda values: values.float())),
    (ROUNDED, pack_with(values=lambda values: values.float().to(values.dtype))),
    (TINY, pack_with(refuse=lambda groups: ((groups.abs() > 1e-6).sum(-1) > 2).any())),
    (TWO, pack_with(result=bytes_of((0, 15), (4, 15)))),
    (FOUR, pack_with(result=bytes_of((0, 3), (2, 3), (4, 3), (6, 3)))),
    ("Each row has its own bytes.", pack_with(result=lambda *both: [x.flatten() for x in both])),
    (BYTE, pack_with(result=lambda values, metadata: (values, metadata.long() * 8))),
    (UINT8, pack_with(to=torch.int64)),
    (UINT8, pack_with(to=torch.float32)),
    (UINT8, pack_with(result=lambda values, metadata: (values, metadata.tolist()))),
    (THREE, pack_with(refuse=lambda groups: False)),
    (EIGHT, pack_with(multiple=1)),
    (EIGHT, pack_with(multiple=4)),
    (FEWER, always_two),
    (FEWER, always_two_at_once),
    (commas("values", "metadata"), pack_with(result=lambda values, metadata: values)),
]


def matrix_of(values: Tensor, metadata: Tensor) -> Tensor:
    """Number s of a row is in group s // 2; bits 2 (s % 4) and up of byte s // 4 are its place."""
    matrix = values.new_zeros(len(values), 2 * values.shape[1])
    for i, row in enumerate(values):
        for s, value in enumerate(row):
            matrix[i, 4 * (s // 2) + (int(metadata[i, s // 4]) >> 2 * (s % 4)) % 4] += value
    return matrix


def cases(generator: torch.Generator) -> list[Case]:
    def of(words: str, *rows: Sequence[float], dtype: Any = torch.float32, **more: Any) -> Case:
        return Case(words, {"weight": torch.tensor(rows, dtype=dtype)}, **more)

    def random(m: int, k: int) -> Case:
        """Each group has two entries, one or none."""
        weight = halves((m, k), generator)
        for group in weight.view(-1, 4):
            gone = int(torch.randint(2, 5, (), generator=generator))
            group[torch.randperm(4, generator=generator)[:gone]] = 0
        return Case(f"a random {m} x {k} matrix", {"weight": weight}, why=FEWER)

    return [
        of("one row of two groups", [0, 5, 0, -1.5, 7, 0, 3, 0]),
        of("the largest places", [0, 0, 4, 6, 0, 0, 1, 9], [1, 2, 0, 0, 0, 0, 3, 4]),
        of("tiny entries in float64", [0.1, 1e-8, 0, 0, 0, -1e-7, 0.2, 0], dtype=torch.float64),
        of("more of them", [0, 0.3, 0, 1e-9, 0.7, 0, -0.6, 0], dtype=torch.float64),
        of("one entry or none", [0, 0, 0, 8] + [0] * 4, [0] * 5 + [-4, 0, 0], why=FEWER),
        of("zeros", [0] * 8, [0] * 8, why=FEWER),
        *(random(m, k) for m, k in [(1, 8), (4, 8), (3, 16), (2, 0), (0, 8)]),
        of("a group with three entries", [1, 2, 3] + [0] * 5, why=THREE, raises=ValueError),
        of("three entries, one tiny", [0] * 4 + [5, 1e-8, 0, 2], why=THREE, raises=ValueError),
        of("again", [1e-7, 0, 4, -3] + [0] * 4, why=THREE, raises=ValueError),
        of("a group with four entries", [0] * 4 + [-1, 2, -3, 4], why=THREE, raises=ValueError),
        of("rows of 12", [0] * 12, [0] * 12, why=EIGHT, raises=ValueError),
        of("a row of 20", [0] * 20, why=EIGHT, raises=ValueError),
    ]


def packed(outcome: Outcome, case: Case) -> tuple[Tensor, Tensor]:
    """values and metadata, once they have the right shapes and are bytes."""
    (weight,) = case.arguments.values()
    rows, k = weight.shape
    values, metadata = parts(outcome.returned, "values", "metadata")
    values = array("values", values, 2, dtype=weight.dtype, like=(rows, k // 2))
    metadata = array("metadata", metadata, 2, like=(rows, k // 8))
    if (values.shape, metadata.shape) != ((rows, k // 2), (rows, k // 8)):
        wanted = f"values {rows} x {k // 2}, metadata {rows} x {k // 8}"
        came = "values {} x {}, metadata {} x {}".format(*values.shape, *metadata.shape)
        raise Unfit(wanted, came, {k // 2: FOUR, k // 4: TWO}.get(metadata.shape[1], ""))
    if not torch.isin(metadata.double(), torch.arange(256.0, dtype=torch.float64)).all():
        came = str(metadata.flatten().tolist()[:8])
        raise Unfit("metadata: bytes, from 0 to 255", came, BYTE)
    return values, metadata


def read(outcome: Outcome, case: Case) -> tuple[Tensor, Tensor, Tensor]:
    """The matrix, which groups have two different places, and whether the metadata are bytes."""
    values, metadata = packed(outcome, case)
    halves = torch.stack([metadata.int() & 15, metadata.int() >> 4], -1).flatten(1)
    in_bytes = metadata.dtype == torch.uint8 or not metadata.numel()
    return matrix_of(values, metadata), halves % 4 != halves // 4, torch.tensor(in_bytes)


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    (right, *_), (matrix, differ, _) = read(expected, case), read(got, case)
    _, metadata = packed(got, case)
    if not exactly(right, matrix):
        bits = "  ".join(f"{int(byte):08b}" for byte in metadata[0].tolist()[:4])
        drawing = f"{side_by_side(right, matrix)}\n  metadata of row 0: {bits}"
        return f"{case.words}, and the matrix that your values and metadata say\n{drawing}", "", ""
    if not differ.all():
        i, g = (~differ).nonzero()[0].tolist()
        place = int(metadata[i, g // 2]) >> 4 * (g % 2) & 3
        where = f"{case.words}: group {g} of row {i}"
        return where, "two different places", f"place {place} twice"
    return f"{case.words}: metadata", "uint8, a byte for four places", type_of(metadata.dtype)


def values_differ(case: Case, expected: Outcome, got: Outcome) -> bool:
    right, came = (packed(each, case)[0].flatten().double() for each in (expected, got))
    return not exactly(right[right != 0].sort().values, came[came != 0].sort().values)


def matrices_differ(case: Case, expected: Outcome, got: Outcome) -> bool:
    return not exactly(read(got, case)[0], read(expected, case)[0])


check_pack_2_4 = Exercise(
    name="pack_2_4",
    right=pack_with(),
    cases=cases,
    mistakes=MISTAKES,
    facts="all places, fewer than two entries, fractions, tiny entries, no entry, three entries",
    read=read,
    same=exactly,
    show=show,
    hints={"reshape": "With no row -1 cannot be guessed: write the number, or use unflatten."},
    symptoms=[(LOST, values_differ), (CODE, matrices_differ)],
)
