"""In: a value is built from its tree, of exact plain types: no subclass, no code, nothing of the
sender's."""

from typing import Any

import numpy
import torch
from torch import nn

from grader.wire import layers
from grader.wire.encode import Encoder, can_change
from grader.wire.plain import (
    CONTAINERS,
    DEEPEST,
    PLAIN,
    SMALL,
    BadValue,
    Came,
    Tree,
    is_content,
    named,
)
from grader.wire.tensors import new_array, new_tensor


class Codec(Encoder):
    """Values and trees, both ways."""

    def theirs(self, tree: Tree) -> Any:
        """What stands here for an object of the other side."""
        raise BadValue("a handle where none can be")

    def mine(self, number: Any) -> Any:
        """The object of this side that the other side means."""
        raise BadValue("a handle that was never given")

    def decode(self, tree: Tree, raw: Came, depth: int = 0) -> Any:
        """The value of a tree. BadValue for whatever is not one."""
        with BadValue.of_everything():
            return self._decode(tree, raw, depth)

    def _decode(self, tree: Tree, raw: Came, depth: int) -> Any:
        if depth > DEEPEST:
            raise BadValue(f"containers more than {DEEPEST} deep")
        if isinstance(tree, PLAIN):
            return tree
        if not isinstance(tree, dict):
            raise BadValue("a message without a valid value")
        value = self._new(tree, raw, depth + 1)
        number = tree.get("r")
        if tree["t"] != "ref" and number is not None and not self.gives_numbers:
            self.table.add(number, value, self.state(value))
        if type(tree.get("at")) is int and is_content(tree) and can_change(value):
            raw.seen[tree["at"]] = value
        return value

    def _new(self, tree: Tree, raw: Came, depth: int) -> Any:
        kind = tree["t"]
        if kind == "ref":
            value = self.table.find(tree["r"])
            if value is None:
                raise BadValue("an object that no longer exists")
            return value
        if kind == "again":
            value = raw.seen[tree["at"]]
            if not isinstance(value, (torch.Tensor, numpy.ndarray)):
                raise BadValue("an object that can hold itself, or itself twice")
            return value
        if kind in CONTAINERS:
            return CONTAINERS[kind](self._decode(item, raw, depth) for item in tree["v"])
        if kind == "dict":
            return {
                self._decode(key, raw, depth): self._decode(item, raw, depth)
                for key, item in tree["v"]
            }
        if kind == "tensor":
            return new_tensor(tree, raw)
        if kind in ("array", "scalar"):
            array = new_array(tree, raw)
            return array[()] if kind == "scalar" else array
        if kind == "module":
            return self.new_module(tree, raw, depth)
        if kind == "handle":
            return self.theirs(tree)
        if kind == "yours":
            return self.mine(tree["h"])
        return SMALL[kind](tree, raw)

    def new_module(self, tree: Tree, raw: Came, depth: int) -> nn.Module:
        """A layer or container with its weights and layers."""
        module = layers.build(tree["k"], self.given(tree, raw, depth))
        parameters, buffers, children = (
            {name: self._decode(node, raw, depth) for name, node in named(tree[part])}
            for part in "pbc"
        )
        check_parts(parameters, buffers, children)
        module._parameters.update(parameters)
        module._buffers.update(buffers)
        for name, child in children.items():
            module._modules[name] = child
        module.training = bool(tree["m"])
        if not layers.has_weights(module):
            raise BadValue(f"a {type(module).__name__} without its weights")
        return module

    def given(self, tree: Tree, raw: Came, depth: int) -> dict[str, Any]:
        """The arguments of a layer. On the checker's side no layer computes in place: it would
        change the checks' data."""
        given = {name: self._decode(node, raw, depth) for name, node in named(tree["a"])}
        return given | {"inplace": False} if "inplace" in given and self.gives_numbers else given


def check_parts(
    parameters: dict[str, Any], buffers: dict[str, Any], children: dict[str, Any]
) -> None:
    def all_are(parts: dict[str, Any], kind: type) -> bool:
        return all(value is None or isinstance(value, kind) for value in parts.values())

    if not (
        all_are(parameters, nn.Parameter)
        and all_are(buffers, torch.Tensor)
        and all_are(children, nn.Module)
    ):
        raise BadValue("a network of other parts than parameters, buffers and layers")
