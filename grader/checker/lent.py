"""What a check may lend to an answer, and what the answer may ask of it. Everything not named here
is refused.

An answer can call functions of the course and of its checks, go through iterators, and use objects
of the course's own classes, data loaders, networks and optimizers. It never gets a name that begins
with an underscore, a frame, a module or a function's globals. A file, a path or a table, whose
methods write and run things, is never lent.
"""

import functools
import types
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.optim.lr_scheduler import LRScheduler
from torch.utils.data import DataLoader, Dataset, Sampler

FUNCTIONS = (types.FunctionType, types.MethodType)
ITERATORS = ("builtins", "itertools", "torch.utils.data.dataloader")
VIEWS = (type({}.keys()), type({}.values()), type({}.items()))
OPEN = {  # attributes of a library's objects
    nn.Module: (
        "training",
        "train",
        "eval",
        "forward",
        "parameters",
        "named_parameters",
        "buffers",
        "named_buffers",
        "children",
        "named_children",
        "modules",
        "named_modules",
        "get_parameter",
        "get_submodule",
        "state_dict",
        "load_state_dict",
        "zero_grad",
        "requires_grad_",
    ),
    DataLoader: ("dataset", "batch_size", "drop_last"),
    Dataset: ("tensors", "dataset", "datasets", "indices"),
    Sampler: (),
    torch.optim.Optimizer: ("step", "zero_grad", "param_groups"),
    LRScheduler: ("step", "get_last_lr", "last_epoch"),
}


class Method:
    """A method of a library's object, to be called."""

    def __init__(self, bound: Callable[..., Any]) -> None:
        self.bound = bound

    def __call__(self, *given: Any, **named: Any) -> Any:
        return self.bound(*given, **named)


def is_own(thing: Any) -> bool:
    """Whether a function or class is the course's: of its library, of a lab's cells."""
    parts = str(getattr(thing, "__module__", None)).split(".")
    return parts[0] in ("__main__", "utils")


def can_be_lent(value: Any) -> bool:
    """Whether an object of the checker may be known to a box."""
    if isinstance(value, (*FUNCTIONS, type)):
        return is_own(value)
    if type(value) is types.BuiltinMethodType:
        return type(value.__self__) in (list, dict, set)  # seen.append
    if hasattr(type(value), "__next__") and type(value).__module__ in ITERATORS:
        return True
    return (
        type(value) in (Method, functools.partial, *VIEWS)
        or isinstance(value, tuple(OPEN))
        or is_own(type(value))
    )


def attribute(target: Any, name: Any) -> Any:
    """The attribute of a lent object that an answer asks for. AttributeError when there is none
    that it may have."""
    if type(name) is str and not name.startswith("_"):
        if is_among_its_own(target, name):
            return getattr(target, name)
        if any(isinstance(target, kind) and name in names for kind, names in OPEN.items()):
            value = getattr(target, name)
            return Method(value) if callable(value) and not isinstance(value, nn.Module) else value
    raise AttributeError(
        f"a {type(target).__name__} has nothing of that name for an answer: {str(name)[:60]}"
    )


def is_among_its_own(target: Any, name: str) -> bool:
    """Whether the course's own class, or one of its objects, defines an attribute."""
    kind = target if isinstance(target, type) else type(target)
    if not is_own(kind):
        return False
    held = {} if isinstance(target, type) else getattr(target, "__dict__", {})
    parts = (
        [held.get(part, {}) for part in ("_parameters", "_buffers", "_modules")]
        if isinstance(target, nn.Module)
        else []
    )
    return any(
        name in names
        for names in (held, *parts, *(vars(base) for base in kind.__mro__ if is_own(base)))
    )
