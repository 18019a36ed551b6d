"""The parts of the course's library that a lab's answers may not import: they are not in the box,
and this says why."""

import sys
from collections.abc import Sequence
from importlib.machinery import PathFinder
from typing import Any


class Blocked:
    """Finds the parts of `utils` that are in the box; for any other it says what the lab asks."""

    def __init__(self, rooms: Sequence[str]) -> None:
        self.rooms = rooms

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if not name.startswith("utils."):
            return None
        found = PathFinder.find_spec(name, path)
        if found is None:
            allowed = ", ".join(f"utils.{room}" for room in self.rooms) or "nothing from utils"
            raise ModuleNotFoundError(
                f"{name} is not available while this notebook is graded: "
                "the lab asks you to write it. "
                f"Its answers may import {allowed}.",
                name=name,
            )
        return found


def block(rooms: Sequence[str]) -> None:
    sys.meta_path.insert(0, Blocked(rooms))
