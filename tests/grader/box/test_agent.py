"""The program in the box answers whatever the checker asks and whatever the answer is."""

import pytest
import torch

from tests.grader.checker.boxes import session_of
from utils.checks.in_student import in_student


@in_student
def grad_was_on(answer, x):
    """Looks at something that cannot be seen from outside."""
    import torch

    seen = []
    answer(lambda: seen.append(torch.is_grad_enabled()), x)
    return seen, x


def test_a_probe_runs_beside_the_answer_and_at_home_alike():
    x = torch.ones(1)
    probe_source = session_of(
        "import torch\ndef answer(f, x):\n    with torch.no_grad():\n        f()\n    x.add_(1)"
    )
    assert grad_was_on(probe_source.look({"answer"})["answer"], x) == ([False], x) and x.item() == 2
    probe_source.close()
    assert grad_was_on(lambda f, x: f(), x) == ([True], x)


@in_student
def cube(a):
    return lambda x: a * x**3


def test_a_probe_that_is_handed_over_is_made_beside_the_answer():
    """So autograd goes through it: a function that is lent would run elsewhere."""
    session = session_of(
        "import torch\ndef slope(make, a, x):\n    x.requires_grad_()\n"
        "    return torch.autograd.grad(make(a)(x), x)[0]"
    )
    slope, x = session.look({"slope"})["slope"], torch.tensor(2.0)
    assert slope(cube, 5.0, x) == 60.0
    session.close()


def test_an_answer_that_cannot_be_looked_at_says_so():
    session = session_of(
        "class Odd(dict):\n    __class__ = property(lambda self: 1 / 0)\ndef odd(): return Odd()\n"
        "def two(): return 2"
    )
    names = session.look({"odd", "two"})
    with pytest.raises(TypeError, match="the returned value cannot be read: division by zero"):
        names["odd"]()
    assert names["two"]() == 2
    session.close()
