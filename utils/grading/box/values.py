"""What crosses the wire: plain values, tensors, arrays and networks by value, everything else as a handle.

A value becomes a tree that JSON can hold and raw bytes beside it. A tensor, array, network, list or dictionary that the
checker sends gets a number; both sides remember which object it is. Before each crossing the sender says what has changed
in the objects that both know, so that a function which changes its argument in place works as if it were called at home.

What comes back is built of exact plain types: no subclass, no code, nothing of the sender's. An object that is no plain
value comes back as a handle, which can be called and asked for attributes, and is believed in nothing.
"""
import builtins
import importlib
import json
import math
import weakref

import numpy
import torch
from torch import nn

from utils.grading.box import layers

DEEPEST = 50            # containers in containers
DIGITS = 1000           # of an integer

DTYPES = {str(kind).removeprefix("torch."): kind for kind in (
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.complex64, torch.complex128, torch.bool,
    torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)}
PLAIN = (bool, int, float, str, type(None))
CONTAINERS = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
KNOWN_ROOTS = ("torch", "numpy", "math", "builtins", "operator", "copy")


class BadValue(Exception):
    """What came over the wire is no value, or what should go over it cannot."""


class Raw:
    """Byte strings of one frame; a tree refers to them by offset and length."""

    def __init__(self):
        self.pieces, self.size = [], 0

    def add(self, data):
        self.pieces.append(data)
        self.size += len(data)
        return [self.size - len(data), len(data)]


class Shared:
    """An object that both sides know, and its state when it last crossed."""

    def __init__(self, target, state):
        self.target, self.state = target, state


class Codec:
    """One side of the wire. Its subclasses say what becomes of objects that are no values."""

    gives_numbers = False       # the checker's side numbers what it sends; the box only remembers

    def __init__(self):
        self.shared = {}        # number -> Shared
        self.number_of = {}     # id of an object -> number
        self.released = []      # numbers of objects that are gone
        self.borrowed = []      # containers, which are shared for the time of one call
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

    # --- out

    def encode(self, value, raw, depth=0):
        """The tree of a value; its bytes go into `raw`."""
        if depth > DEEPEST:
            raise BadValue(f"containers more than {DEEPEST} deep")
        if value is None or value is True or value is False or type(value) is str:
            return value
        if isinstance(value, (bool, int, float, str)) and not isinstance(value, numpy.generic):
            return number_or_text(value)
        number = self.number_of.get(id(value))
        if number is not None:
            return {"t": "ref", "r": number}
        if self.gives_numbers and shareable(value):
            return self.share(value, raw, depth)
        return self.content(value, raw, depth)

    def content(self, value, raw, depth):
        """The tree of what a value holds now."""
        down = depth + 1
        if isinstance(value, torch.Tensor):
            return tensor_tree(value, raw) if crosses(value) else self.opaque(value)
        if isinstance(value, numpy.ndarray):
            return array_tree(value, raw) if value.dtype.kind in "biufc" else self.opaque(value)
        if isinstance(value, numpy.generic):
            return {**array_tree(numpy.asarray(value), raw), "t": "scalar"} if value.dtype.kind in "biufc" else self.opaque(value)
        if isinstance(value, torch.Size):
            return {"t": "size", "v": [int(n) for n in value]}
        for name, kind in CONTAINERS.items():
            if isinstance(value, kind):
                return {"t": name, "v": [self.encode(item, raw, down) for item in kind.__iter__(value)]}
        if isinstance(value, dict):
            pairs = [[self.encode(key, raw, down), self.encode(item, raw, down)] for key, item in dict.items(value)]
            return {"t": "dict", "v": pairs}
        if isinstance(value, nn.Module) and layers.crosses(value):
            return self.module_tree(value, raw, down)
        return self.small(value, raw)

    def small(self, value, raw):
        if type(value) in (bytes, bytearray):
            return {"t": "bytes", "b": raw.add(bytes(value))}
        if type(value) is complex:
            return {"t": "complex", "v": [value.real, value.imag]}
        if type(value) in (slice, range) and all(type(part) in (int, type(None)) for part in (value.start, value.stop, value.step)):
            return {"t": type(value).__name__, "v": [value.start, value.stop, value.step]}
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
            "t": "module", "k": type(module).__name__, "m": bool(module.training),
            "a": [[name, self.encode(plain_argument(value), raw, depth)] for name, value in layers.arguments(module).items()],
            "p": [[name, self.encode(value, raw, depth)] for name, value in module._parameters.items()],
            "b": [[name, self.encode(value, raw, depth)] for name, value in module._buffers.items()],
            "c": [[name, self.encode(value, raw, depth)] for name, value in module._modules.items()],
        }

    # --- objects that both sides know

    def share(self, value, raw, depth):
        """The tree of an object that crosses for the first time; from now on both sides know it by a number."""
        self.last += 1
        number = self.last
        if isinstance(value, (list, dict, set)):
            self.borrowed.append(number)
            target = Strong(value)
        else:
            target = weakref.ref(value, lambda _, key=id(value): self.forget(key, number))
        self.number_of[id(value)] = number
        tree = self.content(value, raw, depth)
        if not is_content(tree):                    # it went as a handle after all
            self.number_of.pop(id(value))
            return tree
        self.shared[number] = Shared(target, self.state(value))
        return {**tree, "r": number}

    def forget(self, key, number):
        self.number_of.pop(key, None)
        if self.shared.pop(number, None):
            self.released.append(number)

    def give_back(self, keep=0):
        """Ends the sharing of the containers of one call. keep: how many of them belong to a call further out."""
        for number in self.borrowed[keep:]:
            shared = self.shared.get(number)
            if shared:
                self.forget(id(shared.target()), number)
        del self.borrowed[keep:]

    def state(self, value):
        """What is compared to see whether an object has changed."""
        if isinstance(value, torch.Tensor):
            return str(value.dtype), tuple(value.shape), value.requires_grad, bytes_of(value)
        if isinstance(value, numpy.ndarray):
            return value.dtype.str, value.shape, value.tobytes()
        raw, numbering = Raw(), self.gives_numbers
        self.gives_numbers = False          # this is to be compared, not sent
        try:
            tree = self.content(value, raw, 0)
        finally:
            self.gives_numbers = numbering
        return json.dumps(tree), b"".join(raw.pieces)

    def changes(self, raw):
        """What has changed since the last crossing in the objects that both sides know: a list of [number, tree]."""
        found = []
        for number, shared in list(self.shared.items()):
            value = shared.target()
            if value is None:
                continue
            if self.state(value) != shared.state:
                found.append([number, self.content(value, raw, 0)])
                shared.state = self.state(value)
        return found

    def apply(self, changes, raw):
        """Puts changes of the other side into the objects of this side."""
        touched = []
        for number, tree in plain_pairs(changes):
            shared = self.shared.get(number)
            value = shared.target() if shared else None
            if value is None:
                continue
            self.put(value, tree, raw)
            touched.append((shared, value))
        for shared, value in touched:
            shared.state = self.state(value)

    def put(self, value, tree, raw):
        """Makes an object of this side hold what a tree says."""
        if isinstance(value, nn.Module):
            return self.put_module(value, tree, raw)
        new = self.decode({**tree, "r": None}, raw)
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
        parameters = {name: self.decode(node, raw) for name, node in named(tree["p"])}
        buffers = {name: self.decode(node, raw) for name, node in named(tree["b"])}
        children = {name: self.decode(node, raw) for name, node in named(tree["c"])}
        check_parts(parameters, buffers, children)
        module._parameters.clear()
        module._parameters.update(parameters)
        module._buffers.clear()
        module._buffers.update(buffers)
        module._modules.clear()
        module._modules.update(children)
        module.training = bool(tree["m"])

    # --- in

    def decode(self, tree, raw, depth=0):
        """The value of a tree. BadValue for whatever is none."""
        try:
            return self._decode(tree, raw, depth)
        except BadValue:
            raise
        except (KeyError, TypeError, ValueError, IndexError, RuntimeError, OverflowError, RecursionError, AttributeError) as error:
            raise BadValue(f"what came is no value: {type(error).__name__}: {error}"[:200]) from None

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
        return value

    def _new(self, tree, raw, depth):
        kind = tree["t"]
        if kind == "ref":
            shared = self.shared.get(tree["r"])
            value = shared.target() if shared else None
            if value is None:
                raise BadValue("an object that is not there any more")
            return value
        if kind in CONTAINERS:
            return CONTAINERS[kind](self._decode(item, raw, depth) for item in tree["v"])
        if kind == "dict":
            return {self._decode(key, raw, depth): self._decode(item, raw, depth) for key, item in tree["v"]}
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
        given = {name: self._decode(node, raw, depth) for name, node in named(tree["a"])}
        module = layers.build(tree["k"], given)
        parts = [{name: self._decode(node, raw, depth) for name, node in named(tree[part])} for part in "pbc"]
        check_parts(*parts)
        if type(module) in layers.WITH_WEIGHTS:
            same_shapes(module, *parts)
        module._parameters.update(parts[0])
        module._buffers.update(parts[1])
        for name, child in parts[2].items():
            module._modules[name] = child
        module.training = bool(tree["m"])
        return module


class Strong:
    """Called like a weak reference, but it holds."""

    def __init__(self, value):
        self.value = value

    def __call__(self):
        return self.value


def shareable(value):
    """Objects that a function can change in place."""
    return (type(value) in (list, dict, set) or isinstance(value, (torch.Tensor, numpy.ndarray, torch.Generator))
            or isinstance(value, nn.Module) and layers.crosses(value))


def is_content(tree):
    return isinstance(tree, dict) and tree.get("t") not in ("handle", "yours", "ref", "name")


def number_or_text(value):
    """A bool, int, float or str of exactly that type, whatever subclass it was."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        if value.bit_length() > 3 * DIGITS:
            raise BadValue("an integer of more than 1000 digits")
        return int.__add__(value, 0)
    return float.__add__(value, 0.0) if isinstance(value, float) and value != 0 else float(value) if isinstance(value, float) else str.__str__(value)


def plain_argument(value):
    return tuple(value) if isinstance(value, (torch.Size, list)) else value


def crosses(tensor):
    return tensor.layout == torch.strided and tensor.device.type == "cpu" and tensor.dtype in DTYPES.values()


def bytes_of(tensor):
    """The bytes of a tensor's elements in their order."""
    with torch.no_grad(), torch._C.DisableTorchFunctionSubclass():
        flat = tensor.detach().as_subclass(torch.Tensor).resolve_conj().resolve_neg().contiguous().reshape(-1)
        return flat.view(torch.uint8).numpy().tobytes()


def tensor_tree(tensor, raw):
    return {"t": "tensor", "d": str(tensor.dtype).removeprefix("torch."), "s": [int(n) for n in tensor.shape],
            "g": bool(tensor.requires_grad), "p": isinstance(tensor, nn.Parameter), "b": raw.add(bytes_of(tensor))}


def array_tree(array, raw):
    return {"t": "array", "d": array.dtype.str, "s": [int(n) for n in array.shape], "b": raw.add(numpy.ascontiguousarray(array).tobytes())}


def piece(place, raw):
    offset, length = place
    if not (type(offset) is int and type(length) is int and 0 <= offset and 0 <= length and offset + length <= len(raw)):
        raise BadValue("bytes that did not come")
    return bytearray(raw[offset:offset + length])


def shape_of(tree, size, data):
    """The shape a tree claims, once its bytes are seen to fill it."""
    shape = tuple(tree["s"])
    if len(shape) > 32 or any(type(n) is not int or n < 0 for n in shape) or math.prod(shape) * size != len(data):
        raise BadValue("a shape that its bytes do not fill")
    return shape


def new_tensor(tree, raw):
    kind = DTYPES[tree["d"]]
    data = piece(tree["b"], raw)
    shape = shape_of(tree, kind.itemsize, data)
    if not data:
        tensor = torch.empty(shape, dtype=kind)
    elif kind is torch.bool:
        tensor = torch.frombuffer(data, dtype=torch.uint8).ne(0).reshape(shape)
    else:
        tensor = torch.frombuffer(data, dtype=kind).clone().reshape(shape)
    wanted = bool(tree["g"]) and (kind.is_floating_point or kind.is_complex)
    return nn.Parameter(tensor, requires_grad=wanted) if tree["p"] and (kind.is_floating_point or not wanted) else tensor.requires_grad_(wanted)


def new_array(tree, raw):
    kind = numpy.dtype(tree["d"])
    if kind.kind not in "biufc":
        raise BadValue("an array of something else than numbers")
    data = piece(tree["b"], raw)
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


def named(pairs):
    """[name, tree] pairs with proper names. BadValue otherwise."""
    pairs = list(plain_pairs(pairs))
    if any(type(name) is not str or "." in name or len(name) > 100 for name, _ in pairs):
        raise BadValue("a part of a network without a proper name")
    return pairs


def plain_pairs(pairs):
    if not isinstance(pairs, list) or any(not isinstance(pair, list) or len(pair) != 2 for pair in pairs):
        raise BadValue("no list of pairs")
    return pairs


def check_parts(parameters, buffers, children):
    right = (all(value is None or isinstance(value, nn.Parameter) for value in parameters.values())
             and all(value is None or isinstance(value, torch.Tensor) for value in buffers.values())
             and all(value is None or isinstance(value, nn.Module) for value in children.values()))
    if not right:
        raise BadValue("a network of other parts than parameters, buffers and layers")


def same_shapes(module, parameters, buffers, children):
    """The weights that came are those that such a layer has."""
    for mine, came in ((module._parameters, parameters), (module._buffers, buffers)):
        if {name: value.shape for name, value in mine.items() if value is not None} != \
           {name: value.shape for name, value in came.items() if value is not None}:
            raise BadValue(f"a {type(module).__name__} whose weights have other shapes than it says")
    if children:
        raise BadValue(f"a {type(module).__name__} with layers inside")


def expect(value, kind):
    if type(value) is not kind and not (kind is torch.Tensor and isinstance(value, torch.Tensor)):
        raise BadValue(f"a {type(value).__name__} in place of a {kind.__name__}")
    return value


def new_generator(tree, raw):
    generator = torch.Generator()
    generator.set_state(torch.frombuffer(piece(tree["b"], raw), dtype=torch.uint8))
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


SMALL = {
    "bytes": lambda tree, raw: bytes(piece(tree["b"], raw)),
    "complex": lambda tree, raw: complex(*map(float, tree["v"])),
    "slice": lambda tree, raw: slice(*tree["v"]),
    "range": lambda tree, raw: range(*tree["v"]) if tree["v"][2] is not None else range(tree["v"][0], tree["v"][1]),
    "size": lambda tree, raw: torch.Size(tree["v"]),
    "dtype": lambda tree, raw: DTYPES[tree["v"]],
    "device": lambda tree, raw: torch.device(tree["v"]),
    "generator": new_generator,
    "ellipsis": lambda tree, raw: Ellipsis,
}
