"""What of the course's library a lab's answers may not import: it is not in the box, and this says why."""

import sys
from importlib.machinery import PathFinder


class Blocked:
    """Finds the parts of `utils` that are in the box; of any other it says what the lab asks for."""

    def __init__(self, rooms):
        self.rooms = rooms

    def find_spec(self, name, path=None, target=None):
        if not name.startswith("utils."):
            return None
        found = PathFinder.find_spec(name, path)
        if found is None:
            raise ModuleNotFoundError(
                f"{name} is not there while this notebook is graded: the lab asks you to write it. "
                f"Its answers may import {', '.join(f'utils.{room}' for room in self.rooms) or 'nothing of utils'}.",
                name=name,
            )
        return found


def block(rooms):
    sys.meta_path.insert(0, Blocked(rooms))
