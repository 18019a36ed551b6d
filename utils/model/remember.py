"""Results of long experiments, under a hash of what decides them: a lecture has them at once.

Those of the lectures' own settings come with the course, computed by the same program; others are
computed once and kept on disk. `python -m utils.experiments.ship` computes the shipped ones again.
"""

import ast
import hashlib
import inspect
import lzma
import os
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import torch
from torch import Tensor

LIBRARY = Path(__file__).resolve().parents[1]
FOLDER = LIBRARY.parent / ".course" / "results"
SHIPPED = LIBRARY.parent / "lectures" / "results"
SHIP = "COURSE_SHIP_RESULTS"  # where this is set, results are computed and written to SHIPPED
HERE = "Computed here"  # what is said of a result that was nowhere to be found


def remember(compute: Callable, *settings, **options):
    """`compute(*settings, **options)`, or what it returned before; says on the screen which.

    The key is made of the settings and of the source of all that `compute` imports of the library,
    comments and docstrings left out: another setting or another program computes again. `options`
    (a progress bar, for example) do not count. Results are numbers, strings, tensors, lists, tuples
    and dictionaries of them.
    """
    name = f"{compute.__name__}_{key_of(compute, settings)}.pt.xz"
    shipping = bool(os.environ.get(SHIP))
    kept = () if compute.__name__ in FORGOTTEN else (SHIPPED / name,)
    for path in () if shipping else (FOLDER / name, *kept):
        if path.exists():
            result, seconds, made = read(path)
            print(
                f"Computed on {made}; it takes one core {seconds:.0f} s. To compute it here, call "
                f"forget({compute.__name__!r}) of utils.model.remember, then run this cell again."
            )
            return result
    start = time.process_time()
    result = compute(*settings, **options)
    seconds = time.process_time() - start
    print(f"{HERE}; it took {seconds:.0f} s of processor time.")
    write(SHIPPED / name if shipping else FOLDER / name, result, seconds)
    return result


FORGOTTEN = set()  # names of functions whose shipped results are not looked at


def forget(name: str) -> None:
    """Compute the results of this function again: its kept results are deleted, its shipped ones
    are not looked at until the kernel starts again.
    """
    FORGOTTEN.add(name)
    for path in FOLDER.glob(f"{name}_*.pt.xz"):
        path.unlink()


def read(path: Path) -> tuple[object, float, str]:
    """(the result, how many seconds of processor time it took, the day it was made)"""
    held = torch.load(BytesIO(lzma.decompress(path.read_bytes())), weights_only=True)
    return held["result"], held["seconds"], held["made"]


def write(path: Path, result: object, seconds: float) -> None:
    made = f"{time.localtime().tm_mday} {time.strftime('%B %Y')}"
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = BytesIO()
    torch.save({"result": result, "seconds": seconds, "made": made}, buffer)
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(lzma.compress(buffer.getvalue()))
    unfinished.replace(path)  # a run that is interrupted leaves no half of a file


def key_of(compute: Callable, settings: tuple) -> str:
    """Sixteen hexadecimal digits."""
    torchs = torch.__version__.partition("+")[0]  # builds for other devices are the same program
    parts = [program(compute), torchs, *map(described, settings)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def described(value: object) -> str:
    """A setting as text: its repr, with the numbers of tensors by their hash.

    TypeError for what has no text of its own, such as a function: its repr is another each time.
    """
    if isinstance(value, Tensor):
        numbers = value.detach().contiguous().cpu().numpy().tobytes()
        return f"{value.dtype}{tuple(value.shape)}{hashlib.sha256(numbers).hexdigest()}"
    if isinstance(value, (list, tuple)):
        return f"{type(value).__name__}({', '.join(map(described, value))})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {described(item)}" for key, item in value.items()) + "}"
    text = repr(value)
    if " at 0x" in text:
        raise TypeError(f"a result cannot be remembered by {text}: pass a name, not an object")
    return text


def program(compute: Callable) -> str:
    """The source of the library that a function stands on, without docstrings and comments."""
    module = inspect.getmodule(compute)
    own = module.__file__ if module else None
    found: dict[str, str] = {}
    todo = [Path(own).resolve()] if own else []
    while todo:
        path = todo.pop()
        if str(path) in found or not path.exists():
            continue
        source = path.read_text(encoding="utf-8")
        found[str(path)] = code_of(source)
        todo += imported(source)
    return "\n".join(found[path] for path in sorted(found))


def imported(source: str) -> Iterator[Path]:
    """The files of the library that a source imports."""
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            if name.partition(".")[0] == LIBRARY.name:
                place = LIBRARY.joinpath(*name.split(".")[1:])
                yield from (place.with_suffix(".py"), place / "__init__.py")


def code_of(source: str) -> str:
    """The lines of a source that are not blank, a comment or part of a docstring."""
    texts = set()
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            texts |= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    lines = enumerate(source.splitlines(), 1)
    kept = [line for number, line in lines if number not in texts]
    return "\n".join(line for line in kept if line.strip() and not line.lstrip().startswith("#"))
