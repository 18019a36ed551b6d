"""What the answers of a lab may import of `utils`: the same in the box, in Validate and at home.

The rooms that hold what a lab asks for are installed on a student's machine, since the lectures
need them; an import of one must fail there as it fails where answers are graded.
"""

import builtins
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

ALWAYS = ("checks", "wall")  # in a box the checks are there by name alone


class Wall:
    """Stands in place of `__import__`. What the course's own modules import is not looked at.

    rooms: what a lab gives, such as "model" or "pruning.masks".
    """

    def __init__(self, rooms: Sequence[str]) -> None:
        self.rooms, self.real = rooms, builtins.__import__

    def __call__(
        self,
        name: str,
        globals: Any = None,
        locals: Any = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        if level == 0 and top(name) == "utils" and is_outside(globals):
            parts = [f"{name}.{part}" for part in fromlist or () if part != "*"] or [name]
            for part in parts:
                self.require(part, name)
        return self.real(name, globals, locals, fromlist, level)

    def require(self, part: str, name: str | None = None) -> None:
        """ModuleNotFoundError unless the lab gives this part of `utils`. name: the module that it
        is imported from, which is named when the lab gives nothing of it."""
        if not self.gives(part):
            opened = name == "utils" or any(
                f"utils.{room}.".startswith(f"{name}.") for room in self.rooms
            )
            said = name if name and not opened else part
            raise ModuleNotFoundError(self.sentence(said), name=said)

    def gives(self, part: str) -> bool:
        rooms = [f"utils.{room}." for room in (*self.rooms, *ALWAYS)]
        return part == "utils" or any(f"{part}.".startswith(room) for room in rooms)

    def sentence(self, part: str) -> str:
        allowed = ", ".join(f"utils.{room}" for room in self.rooms) or "nothing from utils"
        return (
            f"{part} is not available while this notebook is graded: the lab asks you to write it. "
            f"Its answers may import {allowed}."
        )

    def inside(self, space: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """(name, where it comes from) of what a notebook had imported before the wall stood."""
        for name, value in list(space.items()):
            home = value.__name__ if isinstance(value, ModuleType) else defined_in(value)
            if top(home) == "utils" and not self.gives(home) and not name.startswith("_"):
                yield name, home


def is_outside(space: dict[str, Any] | None) -> bool:
    """Whether code with these names belongs neither to the library nor to the grader."""
    return top(str((space or {}).get("__name__", ""))) not in ("utils", "grader")


def top(name: str) -> str:
    return name.partition(".")[0]


def defined_in(value: Any) -> str:
    known = isinstance(value, (FunctionType, type))
    return str(getattr(value, "__module__", "")) if known else ""


def raise_wall(rooms: Sequence[str], kind: type[Wall] = Wall) -> Wall:
    """From now on imports go through a Wall with these rooms. Returns it."""
    wall = standing() or kind(rooms)
    wall.rooms = rooms
    builtins.__import__ = wall
    return wall


def standing() -> Wall | None:
    """The Wall that stands in this process."""
    return builtins.__import__ if isinstance(builtins.__import__, Wall) else None


# --- at home


def raise_at_home(checks: str) -> None:
    """In a notebook kernel: raises the wall of the lab whose room of checks is imported.

    checks: the name of the room, such as "utils.checks.lab03". Lectures import what they like.
    """
    if is_kernel() and Path.cwd().name != "lectures" and (rooms := rooms_of(checks)) is not None:
        raise_wall(rooms)


def is_kernel() -> bool:
    """Whether this process is the kernel of a notebook."""
    ipython = sys.modules.get("IPython")
    return hasattr(ipython and ipython.get_ipython(), "kernel")


def rooms_of(checks: str) -> list[str] | None:
    """What course.toml lets the answers of a lab import; None where there is no such lab."""
    from bootstrap.manifest import ManifestError, read

    try:
        labs = read(Path(__file__).parents[1]).labs
    except ManifestError:
        return None
    return next((lab.imports for lab in labs if checks == f"utils.checks.lab{lab.number}"), None)


def imported_before() -> str:
    """What to say of a notebook that had a part of `utils` before the wall stood; "" of others."""
    if wall := standing():
        for name, home in wall.inside(vars(sys.modules["__main__"])):
            return (
                f"your notebook imported `{name}` of {home} before the lab's first cell ran.\n"
                f"{wall.sentence(home)}\n"
                "Remove that import, restart the kernel and run all cells."
            )
    return ""
