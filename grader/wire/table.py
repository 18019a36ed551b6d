"""The objects that both sides of the wire know by a number."""

import gc
import weakref
from collections.abc import Callable, Iterable
from typing import Any

MANY = 12  # shared objects that are worth a look at which of them are alive


class Strong:
    """Called like a weak reference, but it holds."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self) -> Any:
        return self.value


class Shared:
    """An object that both sides know, and its state when it last crossed."""

    def __init__(self, target: Callable[[], Any], state: Any) -> None:
        self.target, self.state = target, state


class Table:
    """Numbers and objects. Tensors and networks are known as long as they live, containers for one
    call."""

    def __init__(self) -> None:
        self.shared: dict[int, Shared] = {}  # by number
        self.number_of: dict[int, int] = {}  # by the id of an object
        self.released: list[int] = []  # numbers of objects that are gone
        self.borrowed: list[int] = []  # containers, which are shared for the time of one call
        self.held: list[Any] = []  # objects that must live until a call has ended
        self.last = 0

    def register(self, value: Any) -> tuple[int, Callable[[], Any]]:
        """A new number for an object, and what finds it."""
        self.last += 1
        number = self.last
        if isinstance(value, (list, dict, set)):
            self.borrowed.append(number)
            target: Callable[[], Any] = Strong(value)
        else:
            target = weakref.ref(value, lambda _, key=id(value): self.forget(key, number))
        self.number_of[id(value)] = number
        return number, target

    def add(self, number: int, value: Any, state: Any, target: Callable[[], Any] | None = None):
        """From now on both sides know the object by this number."""
        self.shared[number] = Shared(target or Strong(value), state)
        self.number_of[id(value)] = number

    def find(self, number: Any) -> Any:
        """The object with this number; None when it is gone."""
        shared = self.shared.get(number)
        return shared.target() if shared else None

    def forget(self, key: int, number: int) -> None:
        self.number_of.pop(key, None)
        if self.shared.pop(number, None):
            self.released.append(number)

    def drop(self, number: int) -> None:
        """The other side has let go of a number."""
        shared = self.shared.pop(number, None)
        if shared:
            self.number_of.pop(id(shared.target()), None)

    def give_back(self, keep: int = 0) -> None:
        """Ends the sharing of a call's containers. keep: how many belong to a call further out."""
        self.unshare(self.borrowed[keep:])
        del self.borrowed[keep:]

    def unshare(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            shared = self.shared.get(number)
            if shared:
                self.forget(id(shared.target()), number)

    def sort_out(self) -> None:
        """Lets the garbage collector find what is shared and dead: each message looks at all that
        is shared."""
        if len(self.shared) > MANY:
            gc.collect()

    def hold(self) -> None:
        """Keeps all that is shared alive until `held` is emptied: the other side can name it
        meanwhile."""
        self.held.extend(shared.target() for shared in list(self.shared.values()))
