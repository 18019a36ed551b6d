"""What crosses the wire: bounds, the bytes of a frame, and the small kinds of values.

A tree is what JSON can hold; the bytes of tensors and arrays go next to it, in a Raw that leaves or
a Came that arrives.
"""

import builtins
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import torch

Tree = Any  # None, bool, int, float, str, or a dict {"t": kind, ...}

DEEPEST = 50  # containers in containers
BITS = 3000  # of an integer: 900 digits
LONGEST = 1_000_000  # numbers of a range; entries of a shape without elements
PLAIN = (bool, int, float, str, type(None))
CONTAINERS: dict[str, type] = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
KNOWN_ROOTS = ("torch", "numpy", "math", "builtins", "operator", "copy")


class BadValue(Exception):
    """What came over the wire is not a value, or what should go over it cannot."""

    @classmethod
    @contextmanager
    def of_everything(cls) -> Iterator[None]:
        """Inside, whatever goes wrong is a BadValue: a box's tree can be wrong in every way."""
        try:
            yield
        except cls:
            raise
        except Exception as error:
            raise cls(
                f"a message without a valid value: {type(error).__name__}: {error}"[:200]
            ) from None


class Raw:
    """Byte strings of one frame that goes out; a tree refers to them by offset and length.

    seen: the tensors and arrays in it, so that one that is there twice is one on the other side
    too.
    """

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0
        self.seen: dict[int, tuple[int, Any]] = {}

    def add(self, data: bytes) -> list[int]:
        self.pieces.append(data)
        self.size += len(data)
        return [self.size - len(data), len(data)]


class Came:
    """The bytes of one frame that came in.

    They can be used only once, so that a frame cannot make values larger than itself.
    """

    def __init__(self, data: bytes | bytearray = b"") -> None:
        self.data, self.left = memoryview(data), len(data)
        self.seen: dict[int, Any] = {}

    def piece(self, place: Any) -> bytearray:
        offset, length = place
        if not (
            type(offset) is int
            and type(length) is int
            and offset >= 0
            and 0 <= length <= self.left
            and offset + length <= len(self.data)
        ):
            raise BadValue("bytes that did not come")
        self.left -= length
        return bytearray(self.data[offset : offset + length])


def is_content(tree: Tree) -> bool:
    """Whether a tree says what a value holds, and not only where it is."""
    return isinstance(tree, dict) and tree.get("t") not in ("handle", "yours", "ref", "name")


def number_or_text(value: Any) -> Any:
    """A bool, int, float, str or None of exactly that type, whatever subclass it was."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if int.bit_length(value) > BITS:
            raise BadValue("an integer of more than 900 digits")
        return int.__pos__(value)
    return float.__pos__(value) if isinstance(value, float) else str.__str__(value)


def fields(value: Any) -> dict[str, Any]:
    """The names of a named tuple's parts."""
    names = getattr(type(value), "_fields", None)
    if isinstance(value, tuple) and isinstance(names, tuple):
        return {"n": type(value).__name__, "f": list(names)}
    return {}


def short(numbers: range) -> range:
    """A range that is not too long to be gone through."""
    if numbers[LONGEST:]:
        raise BadValue(f"a range of more than {LONGEST:,} numbers")
    return numbers


def plain_argument(value: Any) -> Any:
    return tuple(value) if isinstance(value, (torch.Size, list)) else value


def plain_pairs(pairs: Any) -> list[list[Any]]:
    if not isinstance(pairs, list) or any(
        not isinstance(pair, list) or len(pair) != 2 for pair in pairs
    ):
        raise BadValue("not a list of pairs")
    return pairs


def named(pairs: Any) -> list[list[Any]]:
    """[name, tree] pairs with proper names. BadValue otherwise."""
    pairs = list(plain_pairs(pairs))
    if any(type(name) is not str or not 0 < len(name) <= 100 or "." in name for name, _ in pairs):
        raise BadValue("a part of a network without a valid name")
    return pairs


def expect(value: Any, kind: type) -> Any:
    if type(value) is not kind and not (kind is torch.Tensor and isinstance(value, torch.Tensor)):
        raise BadValue(f"a {type(value).__name__} in place of a {kind.__name__}")
    return value


def known(name: str) -> Any:
    """A function, class or module of a well-known package, by its full name."""
    parts = name.split(".")
    if parts[0] not in (*KNOWN_ROOTS, "utils"):
        raise BadValue(f"{name} is not known here")
    if parts[0] == "builtins":
        return getattr(builtins, parts[1])
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return found
    raise BadValue(f"{name} is not known here")


# --- the small kinds


def small_tree(value: Any, raw: Raw) -> Tree:
    """The tree of a value of a small kind; None for any other value."""
    if type(value) in (bytes, bytearray):
        return {"t": "bytes", "b": raw.add(bytes(value))}
    if type(value) is complex:
        return {"t": "complex", "v": [value.real, value.imag]}
    if type(value) is Fraction:
        parts = (value.numerator, value.denominator)
        return {"t": "fraction", "v": [number_or_text(part) for part in parts]}
    if type(value) is slice:
        parts = (value.start, value.stop, value.step)
        if all(type(part) in (int, type(None)) for part in parts):
            return {"t": "slice", "v": [number_or_text(part) for part in parts]}
    if type(value) is range:
        parts = (value.start, short(value).stop, value.step)
        return {"t": "range", "v": [number_or_text(part) for part in parts]}
    if isinstance(value, torch.dtype):
        return {"t": "dtype", "v": str(value).removeprefix("torch.")}
    if isinstance(value, torch.device):
        return {"t": "device", "v": str(value)}
    if isinstance(value, torch.Generator):
        return {"t": "generator", "b": raw.add(value.get_state().numpy().tobytes())}
    if isinstance(value, torch.Size):
        return {"t": "size", "v": [int(n) for n in value]}
    return {"t": "ellipsis"} if value is Ellipsis else None


def whole_numbers(parts: Any, *others: type) -> list[Any]:
    """A list of integers and, where that can be, None."""
    if not isinstance(parts, list) or any(type(part) not in (int, *others) for part in parts):
        raise BadValue("something else than whole numbers")
    return parts


def new_generator(tree: Tree, raw: Came) -> torch.Generator:
    generator = torch.Generator()
    generator.set_state(torch.frombuffer(raw.piece(tree["b"]), dtype=torch.uint8))
    return generator


def new_dtype(tree: Tree, raw: Came) -> torch.dtype:
    kind = getattr(torch, tree["v"])
    if not isinstance(kind, torch.dtype):
        raise BadValue("a dtype that is none")
    return kind


def new_device(tree: Tree, raw: Came) -> torch.device:
    if type(tree["v"]) is not str:
        raise BadValue("a device without a name")
    return torch.device(tree["v"])


SMALL: dict[str, Callable[[Tree, Came], Any]] = {
    "bytes": lambda tree, raw: bytes(raw.piece(tree["b"])),
    "complex": lambda tree, raw: complex(*map(float, tree["v"])),
    "fraction": lambda tree, raw: Fraction(*map(number_or_text, whole_numbers(tree["v"]))),
    "slice": lambda tree, raw: slice(*whole_numbers(tree["v"], type(None))),
    "range": lambda tree, raw: short(range(*whole_numbers(tree["v"]))),
    "size": lambda tree, raw: torch.Size(whole_numbers(tree["v"])),
    "dtype": new_dtype,
    "device": new_device,
    "generator": new_generator,
    "ellipsis": lambda tree, raw: Ellipsis,
}
