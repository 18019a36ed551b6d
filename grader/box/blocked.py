"""The parts of the course's library that a lab's answers may not import: they are not in the box,
and this says why. The checks are there by name alone: they know the answers."""

import sys
from collections.abc import Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from utils.wall import Wall, raise_wall

CHECKS = "utils.checks"


class Nothing:
    """What every name of the checks stands for in a box: called, it returns None."""

    def __call__(self, *given: Any, **named: Any) -> None:
        return None

    def __getattr__(self, name: str) -> "Nothing":
        if name.startswith("_"):
            raise AttributeError(name)
        return self


class Inert(Loader):
    """Makes a module of the checks in which every public name is a Nothing."""

    def exec_module(self, module: ModuleType) -> None:
        module.__getattr__ = Nothing().__getattr__  # type: ignore[method-assign]


class Blocked:
    """Finds the parts of `utils` that are in the box; for any other it says what the lab asks."""

    def __init__(self, rooms: Sequence[str]) -> None:
        self.wall = Wall(rooms)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if not name.startswith("utils."):
            return None
        if f"{name}.".startswith(f"{CHECKS}."):
            return ModuleSpec(name, Inert(), is_package=True)
        found = PathFinder.find_spec(name, path)
        if found is None:
            raise ModuleNotFoundError(self.wall.sentence(name), name=name)
        return found


def block(rooms: Sequence[str]) -> None:
    raise_wall(rooms)
    sys.meta_path.insert(0, Blocked(rooms))
