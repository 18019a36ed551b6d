"""Both sides of a wire in one process: what one sends goes through JSON and bytes to the other."""

import json
from types import SimpleNamespace

from grader.box import agent
from grader.checker import objects
from grader.wire.plain import Came, Raw
from grader.wire.tensors import bytes_of


class Pair:
    """The checker's side and the box's, as they are in a session, without processes."""

    def __init__(self, ask=None):
        self.host = objects.CheckerSide(
            SimpleNamespace(rooms=[], own={}, life=1, number_of=lambda remote: remote._at[1])
        )
        self.guest = agent.BoxSide(ask)

    def to_box(self, value):
        return cross(self.host, self.guest, value)

    def to_checker(self, value):
        """Frames go in turn: one of the box is always followed by one of the checker."""
        found = cross(self.guest, self.host, value)
        cross(self.host, self.guest, None)
        return found

    def both_ways(self, value):
        """What the checker has of a value that the box made and of one that it sent and got back
        anew."""
        alone = Pair()
        return self.to_checker(value), alone.to_checker(Pair().to_box(value))


def cross(sender, receiver, *values):
    """Sends one frame: what has changed, then the values. Returns the value, or the values, of the
    other side."""
    raw = Raw()
    tree = {
        "sync": sender.changes(raw),
        "v": [sender.encode(value, raw) for value in values],
        "gone": sender.table.released,
        "adopt": sender.adopted,
    }
    sender.table.released, sender.adopted = [], []
    came = Came(b"".join(raw.pieces))
    tree = json.loads(json.dumps(tree))
    sender.sent(raw)
    receiver.be_told(tree["adopt"])
    receiver.apply(tree["sync"], came)
    for number in tree["gone"]:
        receiver.table.drop(number)
    found = [receiver.decode(part, came) for part in tree["v"]]
    return found[0] if len(values) == 1 else found


def same_tensor(a, b):
    return (
        type(a) is type(b)
        and a.dtype == b.dtype
        and a.shape == b.shape
        and a.requires_grad == b.requires_grad
        and bytes_of(a) == bytes_of(b)
    )


TENSOR = {"t": "tensor", "d": "float32", "s": [2], "g": False, "p": False, "b": [0, 8]}
