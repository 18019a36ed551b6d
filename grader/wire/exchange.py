"""Before each crossing the sender says what has changed in the objects that both sides know.

So a function that changes its argument in place works as if it were called at home. What a box can
change on the checker's side is what an answer could change at home: the objects that were given to
it as arguments, and what they hold, as long as they live. A check therefore compares with what it
kept, not with what it lent. (Except the data of the lab's opening cells and what the box asks for,
such as a loader's batches: of these it gets copies.) What the box hands to a function of the
checker is shared the same way for the time of that call.
"""

from typing import Any

import numpy
import torch
from torch import nn

from grader.wire import layers
from grader.wire.codec import Codec
from grader.wire.plain import BadValue, Came, Raw, Tree, expect, is_content, plain_pairs
from grader.wire.table import Shared
from grader.wire.tensors import put_tensor


class Exchange(Codec):
    """One side of the wire: values both ways, and what has become of the shared ones."""

    def __init__(self) -> None:
        super().__init__()
        self.unsent: list[tuple[Shared, Any]] = []  # states of objects, true once a frame is out
        self.adopted: list[list[int]] = []  # [label, number] of the box's objects that both know
        self.labelled: dict[int, Any] = {}  # label -> object in the frame that went out last

    # --- out

    def changes(self, raw: Raw) -> list[list[Any]]:
        """What has changed since the last crossing in the shared objects: a list of [number, tree].

        It comes first in a frame. Once the frame is out, `sent` is called. What has become
        something that cannot cross is a BadValue, and is shared no longer.
        """
        found, self.unsent = [], []
        for number, shared in list(self.table.shared.items()):
            value = shared.target()
            if value is None:
                continue
            try:
                state = self.state(value)
                if state != shared.state:
                    found.append([number, self.proper_content(value, raw)])
                    self.unsent.append((shared, state))
            except Exception:
                self.table.forget(id(value), number)
                raise
        return found

    def proper_content(self, value: Any, raw: Raw) -> Tree:
        tree = self.content(value, raw, 0)
        if not is_content(tree):
            raise BadValue(f"a {type(value).__name__} was changed into one that cannot cross")
        return tree

    def sent(self, raw: Raw) -> None:
        """A frame with the last changes and these bytes is out."""
        for shared, state in self.unsent:
            shared.state = state
        self.unsent, self.labelled = [], dict(raw.seen.values())

    def be_told(self, adopted: list[list[int]]) -> None:
        """The box learns the numbers of its own objects. Nothing in it has changed since it named
        them."""
        for label, number in adopted:
            value = self.labelled[label]
            self.table.add(number, value, self.state(value))
        if adopted:
            for shared in self.table.shared.values():
                shared.state = self.state(shared.target())

    # --- in

    def apply(self, changes: Any, raw: Came) -> None:
        """Puts changes of the other side into objects of this side. BadValue for anything else."""
        with BadValue.of_everything():
            touched = []
            for number, tree in plain_pairs(changes):
                value = self.table.find(number)
                if value is not None:
                    self.put(value, tree, raw)
                    touched.append((self.table.shared[number], value))
            if self.gives_numbers:
                self.table.held += [self.table.find(number) for number in self.adopt(raw)]
            for shared, value in touched:
                shared.state = self.state(value)

    def adopt(self, raw: Came) -> list[int]:
        """The checker numbers the objects of the box that came in a frame. Returns the numbers."""
        given = []
        for label, value in raw.seen.items():
            if id(value) not in self.table.number_of:
                number, target = self.table.register(value)
                self.table.add(number, value, self.state(value), target)
                self.adopted.append([label, number])
                given.append(number)
        return given

    def put(self, value: Any, tree: Tree, raw: Came) -> None:
        """Makes an object of this side hold what a tree says."""
        if isinstance(value, nn.Module):
            return self.put_module(value, tree, raw)
        new = self._decode({**tree, "r": None}, raw, 0)
        if isinstance(value, torch.Tensor):
            put_tensor(value, expect(new, torch.Tensor))
        elif isinstance(value, numpy.ndarray):
            if expect(new, numpy.ndarray).shape != value.shape:
                raise BadValue("an array of another shape in place of an array")
            value[...] = new
        elif isinstance(value, torch.Generator):
            value.set_state(expect(new, torch.Generator).get_state())
        elif isinstance(value, list):
            value[:] = expect(new, list)
        elif isinstance(value, (dict, set)):
            expect(new, dict if isinstance(value, dict) else set)
            value.clear()
            value.update(new)

    def put_module(self, module: nn.Module, tree: Tree, raw: Came) -> None:
        if tree.get("t") != "module" or tree.get("k") != type(module).__name__:
            raise BadValue("a network of another kind in place of a network")
        model = self.new_module(tree, raw, 1)
        for name in layers.LAYERS.get(type(module), ()):
            if name not in ("bias", "inplace"):
                setattr(module, name, getattr(model, name))
        for parts in ("_parameters", "_buffers", "_modules"):
            mine = getattr(module, parts)
            mine.clear()
            mine.update(getattr(model, parts))
        module.training = model.training
