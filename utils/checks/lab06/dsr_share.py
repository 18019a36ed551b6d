"""Does `dsr_share(count, survivors, room)` give whole numbers in proportion, with the exact sum, and none above its room?"""

from numbers import Real

import torch
from torch import Tensor

from utils.checks.lab06.layers import call
from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, kind_of, passed

CHECK = "check_dsr_share"
HINTS = {
    "division by zero": "Every layer was full and something was left, or nothing was left: look at the loop when `count` is 0."
}


def check_dsr_share(answer) -> None:
    """`answer(count, survivors, room)` returns how many connections each layer grows."""
    wide = {"a": 90, "b": 90, "c": 90}
    _shares(answer, 10, {"a": 50, "b": 30, "c": 20}, {"a": 30, "b": 60, "c": 90})
    _shares(answer, 7, {"a": 5, "b": 5, "c": 5}, wide)
    _shares(answer, 8, {"a": 5, "b": 5, "c": 5}, wide)
    _shares(answer, 2, {"a": 40, "b": 40, "c": 40}, wide)
    _shares(answer, 0, {"a": 5, "b": 3, "c": 2}, wide)
    _shares(answer, 100, {"a": 50, "b": 30, "c": 20}, {"a": 20, "b": 900, "c": 900})
    _shares(answer, 60, {"a": 80, "b": 19, "c": 1}, {"a": 10, "b": 12, "c": 90})
    _shares(answer, 30, {"a": 8, "b": 1, "c": 1}, {"a": 15, "b": 7, "c": 8})
    _shares(answer, 9, {"a": 50, "b": 50, "c": 50}, {"a": 0, "b": 90, "c": 90})
    _shares(answer, 0, {"a": 5, "b": 3}, {"a": 0, "b": 0})
    _shares(answer, 7, {"a": 8, "b": 3, "c": 3}, wide)  # the share of a is whole: nothing to round
    _shares(answer, 2, {"a": 1, "b": 2, "c": 1}, wide)  # and here that of b, between two halves
    _shares(
        answer, 7, {"a": 8, "b": 3, "c": 3}, {"a": 4, "b": 90, "c": 90}
    )  # and here it has just the room for it
    _shares(
        answer, 11, {"a": 6, "b": 6, "c": 5, "d": 1}, wide | {"d": 90}
    )  # rounding one after the other drifts too far
    generator = fresh_generator()
    for _ in range(30):
        survivors = {
            f"layer{k}": int(n)
            for k, n in enumerate(torch.randint(1, 400, (4,), generator=generator))
        }
        room = {
            name: int(n)
            for name, n in zip(survivors, torch.randint(0, 150, (4,), generator=generator))
        }
        _shares(
            answer,
            int(torch.randint(1, sum(room.values()) + 2, (), generator=generator)) - 1,
            survivors,
            room,
        )
        _shares(answer, 137, survivors, dict.fromkeys(survivors, 1000))
    passed(
        CHECK,
        "in proportion, whole numbers, the exact sum, the room, what is left over, nothing to share",
    )


def quotas(count: int, survivors: dict[str, int], room: dict[str, int]) -> dict[str, float]:
    """The exact shares: full layers have their room, the others the rest in proportion to their survivors."""
    full: set[str] = set()
    while True:
        rest, parts = (
            count - sum(room[name] for name in full),
            sum(n for name, n in survivors.items() if name not in full),
        )
        share = {
            name: room[name] if name in full else rest * n / parts for name, n in survivors.items()
        }
        over = {name for name in share if share[name] > room[name]}
        if not over:
            return share
        full |= over


def _shares(answer, count: int, survivors: dict[str, int], room: dict[str, int]) -> None:
    tried = f"{count} to share, survivors {survivors}, room {room}"
    given = dict(survivors), dict(room)
    got = call(CHECK, tried, answer, count, *given, hints=HINTS)
    if given != (survivors, room):
        fail(
            CHECK,
            tried,
            "the arguments left as they were",
            "changed",
            "Work on a copy: dict(room).",
        )
    quota = quotas(count, survivors, room)
    exact = (
        "{" + ", ".join(f"'{name}': {share:.4g}" for name, share in quota.items()) + "}, rounded"
    )
    if not isinstance(got, dict) or set(got) != set(survivors):
        came = f"for {sorted(map(str, got))}" if isinstance(got, dict) else kind_of(got)
        fail(
            CHECK,
            tried,
            exact,
            came,
            "The function ends without a `return`."
            if got is None
            else "One number for each layer, by its name.",
        )
    if not all(
        isinstance(n, Real) or isinstance(n, Tensor) and n.numel() == 1 for n in got.values()
    ):
        fail(CHECK, tried, exact, "something else than numbers")
    got = {name: float(got[name]) for name in survivors}
    written = "{" + ", ".join(f"'{name}': {n:.4g}" for name, n in got.items()) + "}"
    if any(n != round(n) for n in got.values()):
        fail(CHECK, tried, exact, written, "Half a connection cannot grow: whole numbers.")
    over = [name for name in got if not 0 <= got[name] <= room[name]]
    if over:
        fail(
            CHECK,
            tried,
            exact,
            written,
            f"{over[0]} has room for {room[over[0]]}. What does not fit goes to the others.",
        )
    total = sum(got.values())
    if total != count:
        fail(
            CHECK,
            f"{tried}, the sum",
            str(count),
            f"{total:g}: {written}",
            _lost(got, count, survivors, room, quota),
        )
    often = 1 + sum(
        quota[name] >= room[name] for name in quota
    )  # what a full layer leaves is shared, and rounded, again
    if any(abs(got[name] - quota[name]) >= often for name in got):
        fail(CHECK, tried, exact, written, _unfair(got, count, survivors, room))


def _lost(got: dict, count: int, survivors: dict, room: dict, quota: dict) -> str:
    if any(quota[name] >= room[name] for name in quota):
        if sum(got.values()) < count - len(quota):
            return "What does not fit into a full layer goes to the others, in proportion to their survivors."
    elif any(abs(got[name] - quota[name]) >= 1 for name in quota):
        return _unfair(got, count, survivors, room)
    return (
        "Rounding each share by itself loses some, or gives more than there are. Round down, then give the rest away one by one, to layers "
        "that have room."
    )


def _unfair(got: dict, count: int, survivors: dict, room: dict) -> str:
    if any(quota >= room[name] for name, quota in quotas(count, survivors, room).items()):
        return (
            "What does not fit into a full layer is shared among the others in proportion to their survivors, not evenly, and not given to one "
            "of them."
        )
    for words, parts in {
        "It looks as if each layer got the same. It is in proportion to its survivors.": dict.fromkeys(
            survivors, 1
        ),
        "It looks as if it were in proportion to the room. It is in proportion to the survivors.": room,
    }.items():
        if sum(parts.values()) and all(
            abs(got[name] - count * parts[name] / sum(parts.values())) <= 1 for name in got
        ):
            return words
    return "Each share is count * survivors / (sum of the survivors), rounded up or down; a whole one stays as it is."
