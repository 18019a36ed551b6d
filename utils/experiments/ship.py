"""Computes the results that ship with the course again, by running the lectures that ask for them.

python -m utils.experiments.ship             all lectures
python -m utils.experiments.ship 08 09       these; what other lectures use stays
"""

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from utils.model.remember import SHIP, SHIPPED

LECTURES = Path(__file__).resolve().parents[2] / "lectures"


def ship(numbers: list[str]) -> None:
    """Runs lectures; afterwards only what they asked for is among the shipped results."""
    os.environ[SHIP] = "1"
    before = {path: path.stat().st_mtime_ns for path in SHIPPED.glob("*.xz")}
    for path in sorted(LECTURES.glob("*.ipynb")):
        if "remember(" in path.read_text(encoding="utf-8") and (
            not numbers or path.name[:2] in numbers
        ):
            print(f"{path.name} ...", flush=True)
            where = {"metadata": {"path": str(LECTURES)}}
            NotebookClient(
                nbformat.read(path, as_version=4), timeout=1800, resources=where
            ).execute()
    for path, made in before.items():
        if not numbers and path.stat().st_mtime_ns == made:
            path.unlink()  # no lecture asks for it


if __name__ == "__main__":
    ship(sys.argv[1:])
