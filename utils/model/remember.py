"""Results of long experiments, kept on disk by a hash of what decides them: opened again, a
lecture has them at once.
"""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import torch

FOLDER = Path(__file__).resolve().parents[2] / ".course" / "results"
LIBRARY = Path(__file__).resolve().parents[1]
ROOMS = ("model", "importance", "pruning", "sparse_training", "experiments")  # results' source


def remember(compute: Callable, *settings, **options):
    """`compute(*settings, **options)`, or what it returned the last time; says on the screen
    which of the two.

    The key is made of the settings (their repr) and of the source of all that can compute, so
    another setting or another program computes again. `options` (a progress bar, for example)
    do not count. Results are numbers, strings, tensors, lists, tuples and dictionaries of them.
    """
    key = hashlib.sha256(
        "\n".join([program(), torch.__version__, *map(repr, settings)]).encode()
    ).hexdigest()[:16]
    path = FOLDER / f"{compute.__name__}_{key}.pt"
    if path.exists():
        made = time.strftime("%d %B, %H:%M", time.localtime(path.stat().st_mtime))
        print(
            f"Computed on {made} with these settings, and read from "
            f"{path.parent.name}/{path.name}. Delete the file to compute again."
        )
        return torch.load(path, weights_only=True)
    result = compute(*settings, **options)
    FOLDER.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    torch.save(result, unfinished)
    unfinished.replace(path)  # a run that is interrupted leaves no half of a file
    return result


def program() -> str:
    """The source of the library's rooms that results come from."""
    return "".join(
        path.read_text(encoding="utf-8")
        for room in ROOMS
        for path in sorted((LIBRARY / room).rglob("*.py"))
    )
