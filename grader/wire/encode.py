"""Out: a value becomes a tree, and its bytes go next to it.

A tensor, array, network, list or dictionary that the checker sends gets a number, by which both
sides know it from then on. An object that is not a plain value goes as a handle, which can be
called and asked for attributes, and is believed in nothing.
"""

import marshal
from collections import OrderedDict
from typing import Any

import numpy
import torch
from torch import nn

from grader.wire import layers
from grader.wire.plain import (
    CONTAINERS,
    DEEPEST,
    PLAIN,
    BadValue,
    Raw,
    Tree,
    fields,
    is_content,
    number_or_text,
    plain_argument,
    small_tree,
)
from grader.wire.table import Table
from grader.wire.tensors import NUMBERS, array_tree, crosses, tensor_state, tensor_tree


class Encoder:
    """Makes trees of values. Its subclasses say what becomes of objects that are not values."""

    gives_numbers = False  # the checker's side numbers what it sends; the box only remembers

    def __init__(self) -> None:
        self.table = Table()

    def opaque(self, value: Any) -> Tree:
        """The tree of an object that is not a value."""
        raise BadValue(f"a {type(value).__name__} cannot cross")

    def shares(self, value: Any) -> bool:
        """Whether an object that crosses now gets a number."""
        return self.gives_numbers and shareable(value)

    def encode(self, value: Any, raw: Raw, depth: int = 0) -> Tree:
        """The tree of a value; its bytes go into `raw`."""
        if depth > DEEPEST:
            raise BadValue(f"containers more than {DEEPEST} deep")
        if value is None or value is True or value is False or type(value) is str:
            return value
        if isinstance(value, PLAIN) and not is_number_of_numpy(value):
            return number_or_text(value)
        number = self.table.number_of.get(id(value))
        if number is not None:
            return {"t": "ref", "r": number}
        if self.shares(value):
            return self.share(value, raw, depth)
        return (
            self.labelled_tree(value, raw, depth)
            if can_change(value)
            else self.content(value, raw, depth)
        )

    def labelled_tree(self, value: Any, raw: Raw, depth: int) -> Tree:
        """The tree of an object without a number, which gets a label for this frame. The second
        time a tensor or array only points to the first."""
        first = id(value) not in raw.seen
        if not first and isinstance(value, (torch.Tensor, numpy.ndarray)):
            return {"t": "again", "at": raw.seen[id(value)][0]}
        tree = self.content(value, raw, depth)
        if first and is_content(tree):
            tree["at"] = len(raw.seen)
            raw.seen[id(value)] = tree["at"], value
        return tree

    def content(self, value: Any, raw: Raw, depth: int) -> Tree:
        """The tree of what a value holds now."""
        down = depth + 1
        if isinstance(value, torch.Tensor):
            return tensor_tree(value, raw) if crosses(value) else self.opaque(value)
        if isinstance(value, numpy.ndarray) and value.dtype.kind in NUMBERS:
            return array_tree(value, raw)
        if is_number_of_numpy(value):
            return {**array_tree(numpy.asarray(value), raw), "t": "scalar"}
        for name, kind in CONTAINERS.items():
            if isinstance(value, kind) and not isinstance(value, torch.Size):
                items = [self.encode(item, raw, down) for item in kind.__iter__(value)]
                return {"t": name, "v": items, **fields(value)}
        if isinstance(value, dict):
            ordered = isinstance(value, OrderedDict)
            pairs = OrderedDict.items(value) if ordered else dict.items(value)
            items = [
                [self.encode(key, raw, down), self.encode(item, raw, down)] for key, item in pairs
            ]
            return {"t": "dict", "v": items}
        if isinstance(value, nn.Module) and layers.crosses(value):
            return self.module_tree(value, raw, down)
        return small_tree(value, raw) or self.opaque(value)

    def module_tree(self, module: nn.Module, raw: Raw, depth: int) -> Tree:
        def trees(parts: dict[str, Any]) -> list[list[Any]]:
            return [[name, self.encode(value, raw, depth)] for name, value in parts.items()]

        given = layers.arguments(module).items()
        return {
            "t": "module",
            "k": type(module).__name__,
            "m": bool(module.training),
            "a": trees({name: plain_argument(value) for name, value in given}),
            "p": trees(module._parameters),
            "b": trees(module._buffers),
            "c": trees(module._modules),
        }

    def share(self, value: Any, raw: Raw, depth: int) -> Tree:
        """The tree of an object that crosses for the first time; now both sides know it by a
        number."""
        number, target = self.table.register(value)
        tree: Tree = None
        try:
            tree = self.content(value, raw, depth)
        finally:
            if not is_content(tree):  # it could not go, or went as a handle
                self.table.number_of.pop(id(value))
        if is_content(tree):
            self.table.add(number, value, self.state(value), target)
            self.table.held.append(value)
            tree["r"] = number
        return tree

    # --- what is compared to see whether an object has changed

    def state(self, value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            return tensor_state(value)
        if isinstance(value, numpy.ndarray):
            return value.dtype.str, value.shape, value.tobytes()
        if isinstance(value, nn.Module):
            return self.module_state(value)
        raw, numbering = Raw(), self.gives_numbers
        self.gives_numbers = False  # this is to be compared, not sent
        try:
            tree = self.content(value, raw, 0)
        finally:
            self.gives_numbers = numbering
        return marshal.dumps(tree, 2), b"".join(raw.pieces)  # 2: equal trees give equal bytes

    def module_state(self, module: nn.Module) -> Any:
        """What a network is made of; weights and layers with numbers have their own states."""
        inside, number_of = vars(module), self.table.number_of
        parts = [
            (name, id(part), None if part is None else number_of.get(id(part)) or self.state(part))
            for kind in ("_parameters", "_buffers", "_modules")
            for name, part in inside[kind].items()
        ]
        arguments = [inside.get(name) for name in layers.LAYERS.get(type(module), ())]
        return type(module), inside["training"], arguments, parts


def can_change(value: Any) -> bool:
    """Whether a function can change an object in place."""
    return isinstance(
        value, (list, dict, set, torch.Tensor, numpy.ndarray, torch.Generator, nn.Module)
    )


def shareable(value: Any) -> bool:
    """Objects of the checker that a function can change in place."""
    if isinstance(value, (list, dict, set)):
        return type(value) in (list, dict, set)
    return can_change(value) and (not isinstance(value, nn.Module) or layers.crosses(value))


def is_number_of_numpy(value: Any) -> bool:
    return isinstance(value, numpy.generic) and value.dtype.kind in NUMBERS
