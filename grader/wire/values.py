"""What crosses the wire: plain values, tensors, arrays and networks by value, everything else as a handle.

A value becomes a tree that JSON can hold and raw bytes beside it. A tensor, array, network, list or dictionary that the
checker sends gets a number; both sides remember which object it is. Before each crossing the sender says what has changed
in the objects that both know, so that a function which changes its argument in place works as if it were called at home.

What comes back is built of exact plain types: no subclass, no code, nothing of the sender's. An object that is no plain
value comes back as a handle, which can be called and asked for attributes, and is believed in nothing.

What a box can change on the checker's side is what an answer could change at home: the objects that were given to it as
arguments, and what they hold, as long as they live. So a check compares with what it kept, not with what it lent. (Not so: the
data of the lab's opening cells and what the box asks for, such as a loader's batches, which it gets as copies.)
"""

import builtins
import gc
import importlib
import marshal
import math
import weakref
from collections import OrderedDict
from contextlib import contextmanager

import numpy
import torch
from torch import nn

from grader.wire import layers
from grader.wire.frames import LARGEST_RAW

DEEPEST = 50  # containers in containers
BITS = 3000  # of an integer: 900 digits
MANY = 12  # shared objects that are worth a look at which of them are alive
LONGEST = 1_000_000  # numbers of a range; entries of a shape without elements

DTYPES = {
    str(kind).removeprefix("torch."): kind
    for kind in (
        torch.float64,
        torch.float32,
        torch.float16,
        torch.bfloat16,
        torch.complex64,
        torch.complex128,
        torch.bool,
        torch.int64,
        torch.int32,
        torch.int16,
        torch.int8,
        torch.uint8,
    )
}
PLAIN = (bool, int, float, str, type(None))
NUMBERS = "biufc"  # kinds of numpy arrays
CONTAINERS = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
KNOWN_ROOTS = ("torch", "numpy", "math", "builtins", "operator", "copy")


class BadValue(Exception):
    """What came over the wire is no value, or what should go over it cannot."""

    @classmethod
    @contextmanager
    def of_everything(cls):
        """Inside, whatever goes wrong is a BadValue: a tree from a box can be wrong in every way."""
        try:
            yield
        except cls:
            raise
        except Exception as error:
            raise cls(f"what came is no value: {type(error).__name__}: {error}"[:200]) from None


class Raw:
    """Byte strings of one frame that goes out; a tree refers to them by offset and length.

    seen: the tensors and arrays in it, so that one that stands there twice is one on the other side too.
    """

    def __init__(self):
        self.pieces, self.size, self.seen = [], 0, {}

    def add(self, data):
        self.pieces.append(data)
        self.size += len(data)
        return [self.size - len(data), len(data)]


class Came:
    """The bytes of one frame that came in. They are used up, so that a frame makes values of its own size and no larger ones."""

    def __init__(self, data=b""):
        self.data, self.left, self.seen = memoryview(data), len(data), {}

    def piece(self, place):
        offset, length = place
        if not (
            type(offset) is int
            and type(length) is int
            and 0 <= offset
            and 0 <= length <= self.left
            and offset + length <= len(self.data)
        ):
            raise BadValue("bytes that did not come")
        self.left -= length
        return bytearray(self.data[offset : offset + length])


class Shared:
    """An object that both sides know, and its state when it last crossed."""

    def __init__(self, target, state):
        self.target, self.state = target, state


class Codec:
    """One side of the wire. Its subclasses say what becomes of objects that are no values."""

    gives_numbers = False  # the checker's side numbers what it sends; the box only remembers

    def __init__(self):
        self.shared = {}  # number -> Shared
        self.number_of = {}  # id of an object -> number
        self.released = []  # numbers of objects that are gone
        self.borrowed = []  # containers, which are shared for the time of one call
        self.held = []  # objects that must live until a call has ended
        self.unsent = []  # states of objects, true once a frame has gone out
        self.adopted = []  # [label, number] of objects that the box made and the checker now knows too
        self.labelled = {}  # label -> object in the frame that went out last
        self.last = 0

    # --- what a subclass decides

    def opaque(self, value):
        """The tree of an object that is no value."""
        raise BadValue(f"a {type(value).__name__} cannot cross")

    def theirs(self, tree):
        """What stands here for an object of the other side."""
        raise BadValue("a handle where none can be")

    def mine(self, number):
        """The object of this side that the other side means."""
        raise BadValue("a handle that was never given")

    def shares(self, value):
        """Whether an object that crosses now gets a number."""
        return self.gives_numbers and shareable(value)

    # --- out

    def encode(self, value, raw, depth=0):
        """The tree of a value; its bytes go into `raw`."""
        if depth > DEEPEST:
            raise BadValue(f"containers more than {DEEPEST} deep")
        if value is None or value is True or value is False or type(value) is str:
            return value
        if isinstance(value, PLAIN) and not (
            isinstance(value, numpy.generic) and value.dtype.kind in NUMBERS
        ):
            return number_or_text(value)
        number = self.number_of.get(id(value))
        if number is not None:
            return {"t": "ref", "r": number}
        if self.shares(value):
            return self.share(value, raw, depth)
        if isinstance(value, (torch.Tensor, numpy.ndarray)):
            return self.again(value, raw, depth)
        return self.content(value, raw, depth)

    def again(self, value, raw, depth):
        """The tree of a tensor or array without a number; the second time in a frame only a word about the first."""
        if id(value) in raw.seen:
            return {"t": "again", "at": raw.seen[id(value)][0]}
        tree = self.content(value, raw, depth)
        if is_content(tree):
            tree["at"] = len(raw.seen)
            raw.seen[id(value)] = tree["at"], value
        return tree

    def content(self, value, raw, depth):
        """The tree of what a value holds now."""
        down = depth + 1
        if isinstance(value, torch.Tensor):
            return tensor_tree(value, raw) if crosses(value) else self.opaque(value)
        if isinstance(value, numpy.ndarray):
            return array_tree(value, raw) if value.dtype.kind in NUMBERS else self.opaque(value)
        if isinstance(value, numpy.generic):
            return (
                {**array_tree(numpy.asarray(value), raw), "t": "scalar"}
                if value.dtype.kind in NUMBERS
                else self.opaque(value)
            )
        if isinstance(value, torch.Size):
            return {"t": "size", "v": [int(n) for n in value]}
        for name, kind in CONTAINERS.items():
            if isinstance(value, kind):
                return {
                    "t": name,
                    "v": [self.encode(item, raw, down) for item in kind.__iter__(value)],
                    **fields(value),
                }
        if isinstance(value, dict):
            items = OrderedDict.items if isinstance(value, OrderedDict) else dict.items
            return {
                "t": "dict",
                "v": [
                    [self.encode(key, raw, down), self.encode(item, raw, down)]
                    for key, item in items(value)
                ],
            }
        if isinstance(value, nn.Module) and layers.crosses(value):
            return self.module_tree(value, raw, down)
        return self.small(value, raw)

    def small(self, value, raw):
        if type(value) in (bytes, bytearray):
            return {"t": "bytes", "b": raw.add(bytes(value))}
        if type(value) is complex:
            return {"t": "complex", "v": [value.real, value.imag]}
        if type(value) is slice and all(
            type(part) in (int, type(None)) for part in (value.start, value.stop, value.step)
        ):
            return {
                "t": "slice",
                "v": [number_or_text(part) for part in (value.start, value.stop, value.step)],
            }
        if type(value) is range:
            return {
                "t": "range",
                "v": [
                    number_or_text(part) for part in (value.start, short(value).stop, value.step)
                ],
            }
        if isinstance(value, torch.dtype):
            return {"t": "dtype", "v": str(value).removeprefix("torch.")}
        if isinstance(value, torch.device):
            return {"t": "device", "v": str(value)}
        if isinstance(value, torch.Generator):
            return {"t": "generator", "b": raw.add(bytes_of(value.get_state()))}
        if value is Ellipsis:
            return {"t": "ellipsis"}
        return self.opaque(value)

    def module_tree(self, module, raw, depth):
        return {
            "t": "module",
            "k": type(module).__name__,
            "m": bool(module.training),
            "a": [
                [name, self.encode(plain_argument(value), raw, depth)]
                for name, value in layers.arguments(module).items()
            ],
            "p": [
                [name, self.encode(value, raw, depth)] for name, value in module._parameters.items()
            ],
            "b": [
                [name, self.encode(value, raw, depth)] for name, value in module._buffers.items()
            ],
            "c": [
                [name, self.encode(value, raw, depth)] for name, value in module._modules.items()
            ],
        }

    # --- objects that both sides know

    def share(self, value, raw, depth):
        """The tree of an object that crosses for the first time; from now on both sides know it by a number."""
        number, target = self.register(value)
        tree = None
        try:
            tree = self.content(value, raw, depth)
        finally:
            if not is_content(tree):  # it could not go, or went as a handle
                self.number_of.pop(id(value))
        if is_content(tree):
            self.shared[number] = Shared(target, self.state(value))
            self.held.append(value)
            tree["r"] = number
        return tree

    def register(self, value):
        """A new number for an object, and what finds it."""
        self.last += 1
        number = self.last
        if isinstance(value, (list, dict, set)):
            self.borrowed.append(number)
            target = Strong(value)
        else:
            target = weakref.ref(value, lambda _, key=id(value): self.forget(key, number))
        self.number_of[id(value)] = number
        return number, target

    def adopt(self, raw):
        """The checker's side gives numbers to tensors and arrays that the box has put into objects of the checker's."""
        for label, value in raw.seen.items():
            if id(value) not in self.number_of:
                number, target = self.register(value)
                self.shared[number] = Shared(target, self.state(value))
                self.held.append(value)
                self.adopted.append([label, number])

    def be_told(self, adopted):
        """The box learns the numbers of its own objects. Nothing in it has changed since it named them."""
        for label, number in adopted:
            value = self.labelled[label]
            self.shared[number], self.number_of[id(value)] = (
                Shared(Strong(value), self.state(value)),
                number,
            )
        if adopted:
            for shared in self.shared.values():
                shared.state = self.state(shared.target())

    def forget(self, key, number):
        self.number_of.pop(key, None)
        if self.shared.pop(number, None):
            self.released.append(number)

    def give_back(self, keep=0):
        """Ends the sharing of the containers of one call. keep: how many of them belong to a call further out."""
        self.unshare(self.borrowed[keep:])
        del self.borrowed[keep:]

    def unshare(self, numbers):
        for number in numbers:
            shared = self.shared.get(number)
            if shared:
                self.forget(id(shared.target()), number)

    def sort_out(self):
        """Has the garbage collector find what is shared and dead: every shared object is looked at in every message."""
        if len(self.shared) > MANY:
            gc.collect()

    def hold(self):
        """Keeps all that is shared alive, until `held` is emptied: the other side may name it meanwhile."""
        self.held.extend(shared.target() for shared in list(self.shared.values()))

    def state(self, value):
        """What is compared to see whether an object has changed."""
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

    def module_state(self, module):
        """What a network is made of; its weights and layers have states of their own when they have numbers."""
        inside = vars(module)
        parts = [
            (
                name,
                id(part),
                None if part is None else self.number_of.get(id(part)) or self.state(part),
            )
            for kind in ("_parameters", "_buffers", "_modules")
            for name, part in inside[kind].items()
        ]
        return (
            type(module),
            inside["training"],
            [inside.get(name) for name in layers.LAYERS.get(type(module), ())],
            parts,
        )

    def changes(self, raw):
        """What has changed since the last crossing in the objects that both sides know: a list of [number, tree].

        It stands first in a frame. Once the frame is out, `sent` is called. What has become something that cannot cross is a
        BadValue, and is shared no longer.
        """
        found, self.unsent = [], []
        for number, shared in list(self.shared.items()):
            value = shared.target()
            if value is None:
                continue
            try:
                state = self.state(value)
                if state != shared.state:
                    found.append([number, self.proper_content(value, raw)])
                    self.unsent.append((shared, state))
            except Exception:
                self.forget(id(value), number)
                raise
        return found

    def proper_content(self, value, raw):
        tree = self.content(value, raw, 0)
        if not is_content(tree):
            raise BadValue(f"a {type(value).__name__} was changed into one that cannot cross")
        return tree

    def sent(self, raw):
        """A frame with the last changes and these bytes is out."""
        for shared, state in self.unsent:
            shared.state = state
        self.unsent, self.labelled = [], dict(raw.seen.values())

    def apply(self, changes, raw):
        """Puts changes of the other side into the objects of this side. BadValue for what are none."""
        with BadValue.of_everything():
            touched = []
            for number, tree in plain_pairs(changes):
                shared = self.shared.get(number)
                value = shared.target() if shared else None
                if value is None:
                    continue
                self.put(value, tree, raw)
                touched.append((shared, value))
            if self.gives_numbers:
                self.adopt(raw)
            for shared, value in touched:
                shared.state = self.state(value)

    def put(self, value, tree, raw):
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
            expect(new, type(value))
            value.clear()
            value.update(new)

    def put_module(self, module, tree, raw):
        if tree.get("t") != "module" or tree.get("k") != type(module).__name__:
            raise BadValue("a network of another kind in place of a network")
        model = layers.build(tree["k"], self.given(tree, raw, 1))
        self.fill(model, tree, raw, 1)
        for name in layers.LAYERS.get(type(module), ()):
            if name not in ("bias", "inplace"):
                setattr(module, name, getattr(model, name))
        for mine, came in (
            (module._parameters, model._parameters),
            (module._buffers, model._buffers),
            (module._modules, model._modules),
        ):
            mine.clear()
            mine.update(came)
        module.training = model.training

    # --- in

    def decode(self, tree, raw, depth=0):
        """The value of a tree. BadValue for whatever is none."""
        with BadValue.of_everything():
            return self._decode(tree, raw, depth)

    def _decode(self, tree, raw, depth):
        if depth > DEEPEST:
            raise BadValue(f"containers more than {DEEPEST} deep")
        if isinstance(tree, PLAIN):
            return tree
        if not isinstance(tree, dict):
            raise BadValue("what came is no value")
        value = self._new(tree, raw, depth + 1)
        number = tree.get("r")
        if tree["t"] != "ref" and number is not None and not self.gives_numbers:
            self.shared[number] = Shared(Strong(value), self.state(value))
            self.number_of[id(value)] = number
        if type(tree.get("at")) is int and isinstance(
            value, (torch.Tensor, numpy.ndarray)
        ):  # nothing that could hold itself, or itself twice
            raw.seen[tree["at"]] = value
        return value

    def _new(self, tree, raw, depth):
        kind = tree["t"]
        if kind == "ref":
            shared = self.shared.get(tree["r"])
            value = shared.target() if shared else None
            if value is None:
                raise BadValue("an object that is not there any more")
            return value
        if kind == "again":
            return raw.seen[tree["at"]]
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

    def new_module(self, tree, raw, depth):
        module = layers.build(tree["k"], self.given(tree, raw, depth))
        self.fill(module, tree, raw, depth)
        return module

    def given(self, tree, raw, depth):
        """The arguments of a layer. On the checker's side none computes in place: it would change the checks' own data."""
        given = {name: self._decode(node, raw, depth) for name, node in named(tree["a"])}
        return given | {"inplace": False} if "inplace" in given and self.gives_numbers else given

    def fill(self, module, tree, raw, depth):
        """Gives a new layer or container its weights and layers."""
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


class Strong:
    """Called like a weak reference, but it holds."""

    def __init__(self, value):
        self.value = value

    def __call__(self):
        return self.value


def shareable(value):
    """Objects that a function can change in place."""
    return (
        type(value) in (list, dict, set)
        or isinstance(value, (torch.Tensor, numpy.ndarray, torch.Generator))
        or isinstance(value, nn.Module)
        and layers.crosses(value)
    )


def is_content(tree):
    return isinstance(tree, dict) and tree.get("t") not in ("handle", "yours", "ref", "name")


def number_or_text(value):
    """A bool, int, float, str or None of exactly that type, whatever subclass it was."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if int.bit_length(value) > BITS:
            raise BadValue("an integer of more than 900 digits")
        return int.__pos__(value)
    return float.__pos__(value) if isinstance(value, float) else str.__str__(value)


def fields(value):
    """The names of a named tuple's parts."""
    names = getattr(type(value), "_fields", None)
    return (
        {"n": type(value).__name__, "f": list(names)}
        if isinstance(value, tuple) and isinstance(names, tuple)
        else {}
    )


def short(numbers):
    """A range that is not too long to be gone through."""
    if numbers[LONGEST:]:
        raise BadValue(f"a range of more than {LONGEST:,} numbers")
    return numbers


def plain_argument(value):
    return tuple(value) if isinstance(value, (torch.Size, list)) else value


def crosses(tensor):
    with torch._C.DisableTorchFunctionSubclass():
        return (
            tensor.layout == torch.strided
            and tensor.device.type == "cpu"
            and tensor.dtype in DTYPES.values()
        )


def bytes_of(tensor):
    """The bytes of a tensor's elements in their order."""
    if (
        type(tensor) in (torch.Tensor, nn.Parameter)
        and tensor.dtype is not torch.bfloat16
        and not (tensor.is_conj() or tensor.is_neg())
    ):
        if tensor.numel() * tensor.itemsize <= LARGEST_RAW:
            return tensor.detach().numpy().tobytes()  # the shortest way, which nearly all go
    with torch.no_grad(), torch._C.DisableTorchFunctionSubclass():
        if tensor.numel() * tensor.itemsize > LARGEST_RAW:
            raise BadValue(f"a tensor of {tensor.numel():,} elements, which is too large")
        flat = (
            tensor.detach()
            .as_subclass(torch.Tensor)
            .resolve_conj()
            .resolve_neg()
            .contiguous()
            .reshape(-1)
        )
        return flat.view(torch.uint8).numpy().tobytes()


def gradient(tensor):
    """A tensor's .grad when there is one that can cross."""
    grad = tensor.grad if tensor.is_leaf else None
    return grad if grad is not None and crosses(grad) else None


def tensor_state(tensor):
    with torch._C.DisableTorchFunctionSubclass():
        grad = gradient(tensor)
        return (
            tensor.dtype,
            tensor.shape,
            tensor.requires_grad,
            bytes_of(tensor),
            None if grad is None else bytes_of(grad),
        )


def tensor_tree(tensor, raw):
    with torch._C.DisableTorchFunctionSubclass():
        grad = gradient(tensor)
        return {
            "t": "tensor",
            "d": str(tensor.dtype).removeprefix("torch."),
            "s": [int(n) for n in tensor.shape],
            "g": bool(tensor.requires_grad),
            "p": isinstance(tensor, nn.Parameter),
            "b": raw.add(bytes_of(tensor)),
            **({} if grad is None else {"q": tensor_tree(grad, raw)}),
        }


def array_tree(array, raw):
    if array.nbytes > LARGEST_RAW:
        raise BadValue(f"an array of {array.size:,} elements, which is too large")
    return {
        "t": "array",
        "d": array.dtype.str,
        "s": [int(n) for n in array.shape],
        "b": raw.add(numpy.ascontiguousarray(array).tobytes()),
    }


def shape_of(tree, size, data):
    """The shape a tree claims, once its bytes are seen to fill it."""
    shape = tuple(tree["s"])
    if (
        len(shape) > 32
        or any(type(n) is not int or n < 0 for n in shape)
        or math.prod(shape) * size != len(data)
    ):
        raise BadValue("a shape that its bytes do not fill")
    if not data and math.prod(n for n in shape if n) > LONGEST:
        raise BadValue("too large a shape for no elements")
    return shape


def new_tensor(tree, raw):
    kind = DTYPES[tree["d"]]
    data = raw.piece(tree["b"])
    shape = shape_of(tree, kind.itemsize, data)
    if not data:
        tensor = torch.empty(shape, dtype=kind)
    elif kind is torch.bool:
        tensor = torch.frombuffer(data, dtype=torch.uint8).ne(0).reshape(shape)
    else:
        tensor = torch.frombuffer(data, dtype=kind).clone().reshape(shape)
    wanted = bool(tree["g"]) and (kind.is_floating_point or kind.is_complex)
    tensor = (
        nn.Parameter(tensor, requires_grad=wanted) if tree["p"] else tensor.requires_grad_(wanted)
    )
    if "q" in tree:
        tensor.grad = new_tensor(tree["q"], raw).requires_grad_(False)
    return tensor


def new_array(tree, raw):
    kind = numpy.dtype(tree["d"]) if type(tree["d"]) is str and len(tree["d"]) < 6 else None
    if kind is None or kind.kind not in NUMBERS:
        raise BadValue("an array of something else than numbers")
    data = raw.piece(tree["b"])
    shape = shape_of(tree, kind.itemsize, data)
    if kind.kind == "b":
        return (numpy.frombuffer(data, dtype="u1") != 0).reshape(shape)
    return numpy.frombuffer(data, dtype=kind).reshape(shape).copy()


def put_tensor(old, new):
    with torch.no_grad():
        if old.shape == new.shape and old.dtype == new.dtype:
            old.copy_(new)
        else:
            old.data = new.data
    if old.is_leaf and (old.is_floating_point() or old.is_complex()):
        old.requires_grad_(new.requires_grad)
        if old.grad is None or new.grad is None:
            old.grad = new.grad
        else:
            old.grad.copy_(new.grad)


def named(pairs):
    """[name, tree] pairs with proper names. BadValue otherwise."""
    pairs = list(plain_pairs(pairs))
    if any(type(name) is not str or not 0 < len(name) <= 100 or "." in name for name, _ in pairs):
        raise BadValue("a part of a network without a proper name")
    return pairs


def plain_pairs(pairs):
    if not isinstance(pairs, list) or any(
        not isinstance(pair, list) or len(pair) != 2 for pair in pairs
    ):
        raise BadValue("no list of pairs")
    return pairs


def check_parts(parameters, buffers, children):
    right = (
        all(value is None or isinstance(value, nn.Parameter) for value in parameters.values())
        and all(value is None or isinstance(value, torch.Tensor) for value in buffers.values())
        and all(value is None or isinstance(value, nn.Module) for value in children.values())
    )
    if not right:
        raise BadValue("a network of other parts than parameters, buffers and layers")


def expect(value, kind):
    if type(value) is not kind and not (kind is torch.Tensor and isinstance(value, torch.Tensor)):
        raise BadValue(f"a {type(value).__name__} in place of a {kind.__name__}")
    return value


def new_generator(tree, raw):
    generator = torch.Generator()
    generator.set_state(torch.frombuffer(raw.piece(tree["b"]), dtype=torch.uint8))
    return generator


def known(name):
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


def new_dtype(tree, raw):
    kind = getattr(torch, tree["v"])
    if not isinstance(kind, torch.dtype):
        raise BadValue("a dtype that is none")
    return kind


def whole_numbers(parts, *others):
    """A list of integers and, where that can be, None."""
    if not isinstance(parts, list) or any(type(part) not in (int, *others) for part in parts):
        raise BadValue("something else than whole numbers")
    return parts


def new_device(tree, raw):
    if type(tree["v"]) is not str:
        raise BadValue("a device without a name")
    return torch.device(tree["v"])


SMALL = {
    "bytes": lambda tree, raw: bytes(raw.piece(tree["b"])),
    "complex": lambda tree, raw: complex(*map(float, tree["v"])),
    "slice": lambda tree, raw: slice(*whole_numbers(tree["v"], type(None))),
    "range": lambda tree, raw: short(range(*whole_numbers(tree["v"]))),
    "size": lambda tree, raw: torch.Size(whole_numbers(tree["v"])),
    "dtype": new_dtype,
    "device": new_device,
    "generator": new_generator,
    "ellipsis": lambda tree, raw: Ellipsis,
}
