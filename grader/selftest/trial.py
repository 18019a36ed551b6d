"""Tries the attacks in real boxes and prints the result of each as JSON.

    python -m grader.selftest.trial BACKEND

Runs in a separate process, because a box treats every later child of the process that made it as
part of itself.
"""

import contextlib
import json
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil

from grader.box import backends, plan, process, rights, stage, tree
from grader.box.process import Box
from grader.box.program import WIRE
from grader.selftest import attacks
from grader.selftest.bait import Bait
from grader.selftest.canary import MARKER, PATIENCE, Canary, NoBox
from grader.wire.frames import WireError

# {name of an attack: {"got": what got through, "refused": what the rest was told}}
Found = dict[str, dict[str, list[str]]]
MB = 1 << 20
MEMORY = 1024 * MB  # of the box that is tried
PIECE = 80 * MB  # a third of what is too much in many pieces

# in this order, in the first box; what changes the bait comes last
FIRST = (
    "files_of_the_course",
    "home_folder",
    "temporary_files",
    "environment",
    "memory_of_others",
    "descriptors",
    "network",
    "unix_sockets",
    "rights",
    "system_calls",
    "number_of_processes",
    "disk",
    "memory_of_nobody",
    "memory_in_one_piece",
    "other_processes",
    "writing_outside",
    "leaving",
    "outliving",
)
SECOND = ("the_box_before",)
QUIET = {"outliving": "all ended with the box", "rights": "none left and none to gain"}


def tried(name: str) -> list[Canary]:
    """Tries everything in boxes of this back-end. Returns a list of Canary."""
    rights.adopt_orphans()
    token = os.environ.get(MARKER) or secrets.token_hex(8)
    with tempfile.TemporaryDirectory(prefix="canaries_") as folder, Bait(token) as bait:
        user = plan.own_user()
        stage.build(Path(folder), (), user, plan.HOME)
        shutil.copytree(Path(attacks.__file__).parent, Path(folder, "grader/selftest/attacks"))
        bait.writable.append(folder)
        bait.told |= {
            "wire": WIRE,
            "processes": plan.PROCESSES,
            "disk": [[".", 256], ["/tmp", 64], ["/dev/shm", 64]],
            "too_much": MEMORY + 1536 * MB,
            "piece": PIECE,
        }
        boxes = backends.starter(name, plan.Plan(Path(folder), user, memory=MEMORY, seconds=60))
        try:
            return judged(found_in(boxes, bait), bait)
        finally:
            boxes.close()


def found_in(boxes: Any, bait: Bait) -> Found:
    """{name of an attack: {"got": ..., "refused": ...}} of two boxes, one after the other."""
    with opened(boxes) as first:
        found = attack(first, FIRST, bait)
        noticed = bait.noticed(first)
        pids = {pid: born(pid) for pid in first.pids()}
    noticed["outliving"] = survivors(pids, bait.token)
    bait.told["before"] = (found.pop("leaving")["got"] or ["/"])[0]

    with opened(boxes) as second:
        found |= attack(second, SECOND, bait)
        found["memory_in_many_pieces"] = too_much(second, bait)
    for name, more in noticed.items():
        found[name]["got"] += more
    return found


@contextlib.contextmanager
def opened(boxes: Any) -> Iterator[Box]:
    """A new box that knows the attacks."""
    box = boxes.box()
    try:
        run(box, "from grader.selftest.attacks import try_out")
        yield box
    finally:
        box.close()


def run(box: Box, source: str) -> dict[str, Any]:
    """Runs a cell in a box. Returns the box's reply; NoBox when it does not finish."""
    timer = process.Timer(box, PATIENCE / 4)
    try:
        box.wire.send({"do": "cell", "source": source})
        return box.wire.receive()[0]
    except WireError as error:
        raise NoBox(f"the attacks did not finish: {error}") from None
    finally:
        timer.cancel()


def attack(box: Box, names: Iterable[str], bait: Bait) -> Found:
    """Tries these attacks in one cell. Returns the result of each; NoBox when it cannot be
    known."""
    outputs = list(texts(run(box, f"try_out({list(names)!r}, {bait.told!r})")))
    printed = next((text for text in outputs if text.startswith(bait.token)), None)
    if printed is None:
        raise NoBox(f"the attacks did not finish: {' '.join(outputs)[-300:]}")
    return json.loads(printed.removeprefix(bait.token))


def texts(tree: Any) -> Iterator[str]:
    """All texts in a tree of JSON."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, (list, dict)):
        for item in tree.values() if isinstance(tree, dict) else tree:
            yield from texts(item)


def too_much(box: Box, bait: Bait) -> dict[str, list[str]]:
    """Takes more memory than there may be, in three processes. Whoever watches from outside must
    see it and be able to end it."""
    most = tree.memory(box.pids(), 0) + 2 * PIECE
    box.wire.send({"do": "cell", "source": f"try_out(['memory_in_many_pieces'], {bait.told!r})"})
    process.wait_until(lambda: tree.memory(box.pids(), most) > most, 4)
    if (taken := tree.memory(box.pids(), most)) <= most:
        return {"got": ["was not noticed from outside"], "refused": []}
    box.kill()
    process.wait_until(lambda: all(map(tree.dead, box.pids())), 2)
    what = f"{(taken - most + 2 * PIECE) // MB} MB in three processes"
    return (
        {"got": [], "refused": [f"{what}, seen and ended"]}
        if all(map(tree.dead, box.pids()))
        else {"got": [f"{what}, not ended"], "refused": []}
    )


def survivors(pids: dict[int, float | None], token: str) -> list[str]:
    """What of a box runs on after its end, by number or by name; it is ended now."""
    process.wait_until(lambda: not any(map(alive, pids.items())), 1)
    left = [pid for pid, when in pids.items() if alive((pid, when))]
    left += [
        one.pid
        for one in psutil.process_iter(["cmdline"])
        if token in (one.info["cmdline"] or ()) and one.pid not in left
    ]
    tree.end(lambda: left)
    return [f"{len(left)} still running"] if left else []


def born(pid: int) -> float | None:
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return None


def alive(one: tuple[int, float | None]) -> bool:
    pid, when = one
    return when is not None and born(pid) == when and not tree.dead(pid)


def judged(found: Found, bait: Bait) -> list[Canary]:
    """The canaries, one for each attack, and one for who the student's process is."""
    canaries = [
        Canary(name.replace("_", " "), not one["got"], seen(name, one))
        for name, one in found.items()
    ]
    user = (
        "root, like the user who started it"
        if bait.uid == 0
        else "a separate user"
        if plan.is_root()
        else "the same user as the one who started it"
    )
    return [*canaries, Canary("another user", bait.uid != 0, user)]


def seen(name: str, one: dict[str, list[str]]) -> str:
    """What an attack got, or what it was told."""
    if not one["got"]:
        return ", ".join(one["refused"][:3]) or QUIET.get(name, "it had no result")
    more = len(one["got"]) - 3
    return "; ".join(one["got"][:3]) + (f"; {more} more" if more > 0 else "")


def main(name: str) -> None:
    if missing := backends.possible(name):
        return print(json.dumps({"missing": missing}))
    try:
        print(json.dumps({"canaries": [asdict(one) for one in tried(name)]}))
    except (NoBox, plan.BoxError) as error:
        print(json.dumps({"problem": str(error)}))


if __name__ == "__main__":
    main(sys.argv[1])
