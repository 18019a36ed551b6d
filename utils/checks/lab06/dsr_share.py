"""Does `dsr_share(count, survivors, room)` share `count` in proportion, in whole numbers?

| the statement says | the case that asks it |
|---|---|
| `count` in all, whole numbers | every case |
| in proportion, rounded up or down, whole shares stay | ten cases by hand, random ones |
| none gets more than its room | a layer with little room, with none |
| what does not fit goes to the others, in proportion | the same; three in turn |
| by name | room in another order than the survivors |
| nothing to share, no room | a count of 0 |
| nothing is changed | every case |
"""

import math
from fractions import Fraction
from itertools import accumulate, pairwise

import torch

from utils.checks.compare import as_dict, as_number
from utils.checks.exercise import Case, Exercise, Outcome, case, steps

SUM = (
    "Rounding each share by itself loses some, or gives too many. Round down, then give the rest "
    "away one by one, to layers that have room."
)
ROOM = "A layer got more than it has room for. What does not fit goes to the others."
LOST = "What does not fit into a full layer goes to the others: here it is lost."
OVERFLOW = (
    "What does not fit into a full layer is shared among the others in proportion to their "
    "survivors, not evenly, and not given to one of them."
)
SHARE = (
    "Each share is count * survivors / (sum of the survivors), rounded up or down; a whole one "
    "stays as it is."
)


def quotas(count: int, survivors: dict[str, int], room: dict[str, int]) -> dict[str, Fraction]:
    """The exact shares: full layers have their room, the others the rest in proportion."""
    full: set[str] = set()
    while True:
        parts = sum(n for name, n in survivors.items() if name not in full)
        rest = count - sum(room[name] for name in full)
        share = {
            name: Fraction(room[name]) if name in full else Fraction(rest * n, parts)
            for name, n in survivors.items()
        }
        over = {name for name in share if share[name] > room[name]}
        if not over:
            return share
        full |= over


def without_room(count: int, survivors: dict[str, int], room: dict[str, int]):
    """The shares as if every layer had room for all."""
    return quotas(count, survivors, dict.fromkeys(survivors, count))


def rest_to(ranked):
    """Rounds down, and gives the rest one by one, in the order of `ranked(share)`."""

    def whole(share, count, survivors):
        given = {name: math.floor(part) for name, part in share.items()}
        order = ranked(share)
        for turn in range(count - sum(given.values())):
            given[order[turn % len(order)]] += 1
        return given

    return whole


largest_remainders = rest_to(
    lambda share: sorted(share, key=lambda name: math.floor(share[name]) - share[name])
)


def rounded_by(rule):
    return lambda share, count, survivors: {name: rule(part) for name, part in share.items()}


def rounded_sums(share, count, survivors):
    edges = [round(edge) for edge in accumulate(share.values(), initial=0)]
    return {name: end - begin for name, (begin, end) in zip(share, pairwise(edges))}


def one_after_the_other(share, count, survivors):
    """Each rounds its part of what the ones before it have left: the last ones drift."""
    left, parts, given = count, sum(survivors.values()), {}
    for name, n in survivors.items():
        given[name] = round(left * n / parts)
        left, parts = left - given[name], parts - n
    return given


def cut(given, count, room):
    return {name: min(n, room[name]) for name, n in given.items()}


def cut_and_refilled(given, count, room):
    given = cut(given, count, room)
    for name in given:
        given[name] += min(count - sum(given.values()), room[name] - given[name])
    return given


@steps
def share_with(
    share=quotas,
    parts=lambda survivors, room: survivors,
    whole=largest_remainders,
    fit=lambda given, count, room: given,
):
    def answer(count: int, survivors: dict[str, int], room: dict[str, int]) -> dict[str, int]:
        if not count:
            return dict.fromkeys(survivors, 0)
        weights = parts(survivors, room)
        return fit(whole(share(count, weights, room), count, weights), count, room)

    return answer


def by_place(count, survivors, room):
    return share_with()(count, survivors, dict(zip(survivors, room.values())))


MISTAKES = [
    (SUM, share_with(whole=rounded_by(math.floor))),
    (SUM, share_with(whole=rounded_by(round))),
    (SUM, share_with(whole=rounded_by(math.ceil))),
    ("Half a connection cannot grow: whole numbers.", share_with(whole=rounded_by(float))),
    (SHARE, share_with(whole=rest_to(lambda share: list(share)[-1:]))),
    (SHARE, share_with(whole=rest_to(list))),
    (SHARE, share_with(whole=rounded_sums)),
    (SHARE, share_with(whole=one_after_the_other)),
    (
        "It is in proportion to the survivors. Here each layer got the same.",
        share_with(parts=lambda survivors, room: dict.fromkeys(survivors, 1)),
    ),
    (
        "It is in proportion to the survivors. Here it is in proportion to the room.",
        share_with(parts=lambda survivors, room: room),
    ),
    (
        SHARE,
        share_with(parts=lambda survivors, room: {name: n**9 for name, n in survivors.items()}),
    ),
    (ROOM, share_with(share=without_room)),
    (LOST, share_with(share=without_room, fit=cut)),
    (OVERFLOW, share_with(share=without_room, fit=cut_and_refilled)),
    ("Layers go by name: the room can stand in another order.", by_place),
]


def cases(generator: torch.Generator) -> list[Case]:
    wide = {"a": 90, "b": 90, "c": 90}
    same, eight = {"a": 5, "b": 5, "c": 5}, {"a": 8, "b": 3, "c": 3}
    falling = {"a": 50, "b": 30, "c": 20}
    drift = {"a": 6, "b": 6, "c": 5, "d": 1}  # rounding one after the other goes too far
    calls: list[tuple[int, dict[str, int], dict[str, int]]] = [
        (10, falling, {"a": 30, "b": 60, "c": 90}),
        (7, same, wide),
        (8, same, wide),
        (2, {"a": 40, "b": 40, "c": 40}, wide),
        (0, {"a": 5, "b": 3, "c": 2}, wide),
        (7, eight, wide),  # the share of a is whole
        (2, {"a": 1, "b": 2, "c": 1}, wide),  # and that of b, between two halves
        (11, drift, wide | {"d": 90}),
        (9, {"a": 50, "b": 50, "c": 50}, {"a": 0, "b": 90, "c": 90}),
        (7, eight, {"a": 4, "b": 90, "c": 90}),  # a has just the room for it
        (0, {"a": 5, "b": 3}, {"a": 0, "b": 0}),
        (30, {"a": 8, "b": 1, "c": 1}, {"a": 15, "b": 7, "c": 8}),
        (60, {"a": 80, "b": 19, "c": 1}, {"a": 10, "b": 12, "c": 90}),
        (100, falling, {"a": 20, "b": 900, "c": 900}),
        (60, falling, {"c": 90, "b": 90, "a": 10}),
        (60, falling, {"b": 12, "c": 90, "a": 90}),
    ]
    names = [f"layer{k}" for k in range(4)]
    for _ in range(20):
        survivors = dict(zip(names, torch.randint(1, 400, (4,), generator=generator).tolist()))
        room = dict(zip(names, torch.randint(0, 150, (4,), generator=generator).tolist()))
        count = int(torch.randint(sum(room.values()) + 1, (), generator=generator))
        calls += [(count, survivors, room), (137, survivors, dict.fromkeys(names, 1000))]
    return [
        case(
            f"{count} to share, survivors {survivors}, room {room}",
            count=count,
            survivors=survivors,
            room=room,
        )
        for count, survivors, room in calls
    ]


def faults(given: dict[str, float], case: Case) -> list[str]:
    """What is wrong, in words. A layer may be one off, and one more for each layer that is full."""
    count, survivors, room = case.arguments.values()
    share = quotas(count, survivors, room)
    full = sum(share[name] >= room[name] for name in share)
    found = {
        "Half a connection cannot grow: whole numbers.": any(n % 1 for n in given.values()),
        ROOM: not all(0 <= given[name] <= room[name] for name in room),
        LOST: full > 0 and sum(given.values()) < count - len(given),
        SUM: sum(given.values()) != count,
        OVERFLOW if full else SHARE: any(abs(given[n] - share[n]) >= 1 + full for n in share),
    }
    return [words for words, wrong in found.items() if wrong]


def numbers(outcome: Outcome, case: Case) -> dict[str, float]:
    given = as_dict(
        outcome.returned, case.arguments["room"], "One number for each layer, by its name."
    )
    return {name: as_number(n, "one number for each layer") for name, n in given.items()}


def read(outcome: Outcome, case: Case) -> str | dict[str, float]:
    """Every right way to round is the same; a wrong one is its numbers."""
    given = numbers(outcome, case)
    return given if faults(given, case) else "right"


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    exact, came = quotas(*case.arguments.values()), numbers(got, case)
    written = [
        "{" + ", ".join(f"'{name}': {float(n):.4g}" for name, n in each.items()) + "}"
        for each in (exact, came)
    ]
    words, count, total = case.words, case.arguments["count"], sum(came.values())
    if total != count:
        return f"{words}, the sum", f"{count}: {written[0]}, rounded", f"{total:g}: {written[1]}"
    return words, f"{written[0]}, rounded", written[1]


def symptom(words: str):
    return words, lambda case, expected, got: words in faults(numbers(got, case), case)


check_dsr_share = Exercise(
    name="dsr_share",
    right=share_with(),
    cases=cases,
    mistakes=MISTAKES,
    facts="in proportion, whole numbers, the sum, the room, what is left over, nothing to share",
    read=read,
    show=show,
    hints={
        "division by zero": "Was every layer full and something left, or nothing to share? "
        "Look at the loop when `count` is 0.",
    },
    symptoms=[
        symptom(words)
        for words in (
            "Half a connection cannot grow: whole numbers.",
            ROOM,
            LOST,
            SUM,
            OVERFLOW,
            SHARE,
        )
    ],
)
