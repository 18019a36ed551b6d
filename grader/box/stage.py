"""The folder that a box sees as the course: the rooms of `utils` that a lab's answers may import,
and the box's own program."""

import compileall
import shutil
from collections.abc import Iterable
from pathlib import Path

from grader import HOME

LIBRARY = HOME / "utils"
# what runs in a box, of `grader`; it imports nothing else of the course
PROGRAM = {
    "wire": ("frames", "plain", "tensors", "layers", "table", "encode", "codec", "exchange"),
    "box": (
        "shell",
        "agent",
        "program",
        "wall",
        "warm",
        "rights",
        "seccomp",
        "landlock",
        "blocked",
    ),
}
KEPT = ("*.py", "*.js", "*.css")
PIP = '#!/bin/sh\necho "Nothing can be installed while this notebook is graded." >&2\nexit 1\n'
PASSWD = "root:x:0:0::/root:/bin/sh\nstudent:x:{user}:{user}::{home}:/bin/sh\n"


class StageError(Exception):
    """A lab lists a room of `utils` that does not exist, or that no box may have."""


def build(folder: Path, rooms: Iterable[str], user: int, home: str) -> None:
    """Fills an empty folder. rooms: such as "model" or "pruning.masks"; of a package named in part
    only that part is there."""
    target = folder / "utils"
    target.mkdir()
    for name in ("__init__.py", "wall.py"):
        shutil.copy(LIBRARY / name, target)
    for room in rooms:
        copy_room(target, room)
    program = folder / "grader"
    for package, names in PROGRAM.items():
        (program / package).mkdir(parents=True)
        for name in ("__init__", *names):
            shutil.copy(HOME / "grader" / package / f"{name}.py", program / package)
    (program / "__init__.py").touch()
    (folder / "bin").mkdir()
    for name in ("pip", "pip3"):
        path = folder / "bin" / name
        path.write_text(PIP)
        path.chmod(0o755)
    (folder / "etc").mkdir()
    (folder / "etc" / "passwd").write_text(PASSWD.format(user=user, home=home))
    for made in (target, program):
        compileall.compile_dir(made, quiet=2)  # or every cold box would do it again
    folder.chmod(0o755)


def copy_room(target: Path, room: str) -> None:
    parts = room.split(".")
    if parts[0] == "checks":
        raise StageError(f"utils.{room} knows the answers and never enters a box")
    source = LIBRARY.joinpath(*parts)
    if source.is_dir():
        for path in source.rglob("*"):
            if path.is_file() and any(path.match(pattern) for pattern in KEPT):
                place = target.joinpath(*parts) / path.relative_to(source)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, place)
    elif source.with_suffix(".py").is_file():
        place = target.joinpath(*parts).with_suffix(".py")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source.with_suffix(".py"), place)
    else:
        raise StageError(f"there is no utils.{room}")
    for depth in range(1, len(parts)):
        package = target.joinpath(*parts[:depth]) / "__init__.py"
        if not package.exists():
            package.touch()
