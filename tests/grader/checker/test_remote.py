import copy
import math
import operator
import pickle

import numpy as np
import pytest
import torch

from grader.checker.remote import CallableRemote, NotPlain, Remote, stand_in
from grader.wire.plain import BadValue
from tests.grader.checker.boxes import session_of


class Nobody:
    """A session that nobody may ask."""


def remote(name="Answer", called=False):
    return stand_in(Nobody(), {"h": 1, "n": name, "c": called}, 1)


BINARY = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.matmul,
    operator.truediv,
    operator.floordiv,
    operator.mod,
    divmod,
    operator.pow,
    operator.lshift,
    operator.rshift,
    operator.and_,
    operator.or_,
    operator.xor,
    operator.eq,
    operator.ne,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
]
OTHERS = [3, 2.5, "a", [1], (1,), {1: 2}, None, torch.ones(2), np.ones(2), np.float64(1)]


@pytest.mark.parametrize("do", BINARY, ids=lambda do: do.__name__)
@pytest.mark.parametrize("other", OTHERS, ids=lambda other: type(other).__name__)
def test_an_operator_between_a_value_and_a_students_object_is_refused_on_either_side(do, other):
    for left, right in ((remote(), other), (other, remote())):
        if do is operator.mod and left == "a" if type(left) is str else False:
            continue  # "a" % x formats
        with pytest.raises(TypeError):
            do(left, right)
    with pytest.raises(NotPlain):
        do(remote(), remote())


UNARY = [
    len,
    iter,
    next,
    reversed,
    list,
    tuple,
    set,
    dict,
    sum,
    max,
    sorted,
    all,
    bool,
    int,
    float,
    complex,
    round,
    abs,
    math.floor,
    math.ceil,
    math.trunc,
    math.sqrt,
    operator.neg,
    operator.pos,
    operator.invert,
    operator.index,
    operator.not_,
    bytes,
    open,
    copy.copy,
    copy.deepcopy,
    pickle.dumps,
    lambda x: x[0],
    lambda x: x.__setitem__(0, 1),
    lambda x: operator.delitem(x, 0),
    lambda x: 1 in x,
    lambda x: x in [1],
    lambda x: [*x],
    lambda x: {**x},
    lambda x: f"{x}",
    lambda x: f"{x:.2f}",
    lambda x: "%d" % x,  # noqa: UP031 (this very way of formatting)
    lambda x: [0][x],
    lambda x: range(x),
    lambda x: torch.ones(2)[x],
    lambda x: np.ones(2)[x],
    torch.tensor,
    torch.as_tensor,
    np.asarray,
    np.array,
    np.sum,
    lambda x: torch.equal(x, torch.ones(1)),
    lambda x: torch.allclose(torch.ones(1), x),
    lambda x: np.allclose(np.ones(1), x),
    lambda x: math.isclose(1, x),
    lambda x: torch.ones(2).add_(x),
    lambda x: torch.ones(2).copy_(x),
    lambda x: np.ones(2).__iadd__(x),
    lambda x: setattr(x, "a", 1),
    lambda x: delattr(x, "a"),
    lambda x: x(),
    lambda x: isinstance(1, x),
    lambda x: issubclass(int, x),
    lambda x: (lambda *a: 0)(*x),
    lambda x: (lambda **a: 0)(**x),
]


@pytest.mark.parametrize("use", UNARY, ids=range(len(UNARY)))
def test_nothing_is_computed_from_a_students_object(use):
    with pytest.raises((TypeError, ValueError)):
        use(remote())


def test_what_swallows_the_refusal_does_not_find_it_equal():
    assert not np.array_equal(np.ones(1), remote()) and not np.array_equal(remote(), remote())


@pytest.mark.parametrize(
    "do",
    [
        bool,
        len,
        iter,
        int,
        float,
        np.asarray,
        lambda x: x == 1,
        lambda x: x == 1,
        lambda x: torch.ones(1) == x,
        lambda x: x in [1],
        lambda x: f"{x}",
    ],
    ids=range(11),
)
def test_the_refusal_names_the_class_and_what_is_needed(do):
    with pytest.raises(
        NotPlain, match="a plain value is needed here, not an object of the class Answer"
    ):
        do(remote())


def test_a_students_object_is_of_no_class_that_a_check_could_ask_for():
    assert not isinstance(
        remote(), (int, float, str, list, dict, tuple, torch.Tensor, np.ndarray, torch.nn.Module)
    )
    assert isinstance(remote(), Remote) and remote() is not None and hash(remote()) is not None


def test_a_students_object_can_be_named_in_a_message():
    assert (
        repr(remote("Pruner")) == str(remote("Pruner")) == "<Pruner object>"
        and type(remote("Pruner")).__name__ == "Pruner"
    )


@pytest.mark.parametrize(
    "name", ["", "a b", "1a", "<script>", "\ud800", "a" * 61 + "!", None, 5, [], "x\x00"]
)
def test_a_name_that_is_no_name_is_not_taken_over(name):
    assert len(type(remote(name)).__name__) <= 60 and type(remote(name)).__name__.isidentifier()


def test_only_what_the_box_says_can_be_called_can_be_called():
    assert (
        isinstance(remote(called=True), CallableRemote)
        and callable(remote(called=True))
        and not callable(remote(called=1))
    )


@pytest.mark.parametrize("number", ["1", None, 1.0, True, [1]])
def test_a_handle_is_a_number(number):
    with pytest.raises(TypeError):
        stand_in(Nobody(), {"h": number, "n": "a", "c": True}, 1)


def test_attributes_and_methods_are_the_students_and_arrive_as_values():
    session = session_of("""
class Pruner:
    share = 0.5
    def __init__(self, n): self.n = n
    def twice(self, more=0): return 2 * self.n + more
    def me(self): return self
    @property
    def broken(self): raise KeyError("k")
""")
    Pruner = session.look({"Pruner"})["Pruner"]
    one = Pruner(4)
    assert (one.n, one.twice(), one.twice(more=1), one.share, Pruner.share, one.me().n) == (
        4,
        8,
        9,
        0.5,
        0.5,
        4,
    )
    assert type(one).__name__ == "Pruner" and hasattr(one, "twice")
    assert not hasattr(one, "missing") and not hasattr(one, "__fields__")
    with pytest.raises(AttributeError, match="missing"):
        _ = one.missing
    with pytest.raises(KeyError, match="k"):
        _ = one.broken
    session.close()


def test_an_object_of_a_box_that_has_ended_says_so():
    session = session_of("def f(): return 1")
    f = session.look({"f"})["f"]
    session.close()
    with pytest.raises(RuntimeError, match="has ended"):
        f()
    with pytest.raises(RuntimeError, match="has ended"):
        _ = f.attribute


def test_bad_value_is_no_answer_to_a_check():
    assert not issubclass(NotPlain, BadValue) and issubclass(NotPlain, TypeError)
