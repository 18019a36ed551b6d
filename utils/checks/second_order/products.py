"""Is `hessian_vector_product(loss, theta, v)` H v, and is it found without H?"""
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from utils.checks.fresh import fresh_generator
from utils.checks.in_student import in_student
from utils.checks.report import fail, passed, run
from utils.checks.second_order.losses import Case, quartic, small, some
from utils.checks.second_order.vectors import compare, normal, plain, show, tensor

CHECK = "check_hessian_vector_product"
LARGE = 2000                                    # H has four million entries: enough to see it, too few to fill a memory
HINTS = {
    "does not require grad": "The gradient must keep its graph to be differentiated again: create_graph=True in the first "
                             "torch.autograd.grad, with theta.detach().requires_grad_(). torch.func.grad needs neither.",
    "scalar outputs": "The gradient is a vector; autograd differentiates numbers. Which number has the derivative H v?",
    "backward through the graph a second time": "The graph was freed by the first entry of g. One differentiation of the number g @ v "
                                                "does it, not one for each entry row by row.",
    "numbers was made": "That is H. A network of a million weights has no room for it. Differentiate the number g @ v instead: its gradient is H v.",
    "operations": "It looks as if H were made row by row. One more differentiation, of the number g @ v, gives H v at once.",
}


def check_hessian_vector_product(answer) -> None:
    """`answer(loss, theta, v)` returns H v (p,)."""
    generator = fresh_generator()
    cases = [(small(), tensor([1.0, -1.0]))]
    cases += [(case, normal(generator, len(case.theta))) for case in some(generator)]
    for case, v in cases:
        _agrees(answer, case, v)
    _without_the_matrix(answer, normal(generator, 4, LARGE))
    passed(CHECK, f"three losses, and {LARGE:,} parameters without H")


@in_student
def product(answer, make, numbers, theta: Tensor, v: Tensor):
    """What the answer returns for a loss that is made beside it."""
    return plain(answer(make(*numbers), theta.clone(), v.clone()))


@in_student
def watched(answer, make, numbers, theta: Tensor, v: Tensor):
    """As `product`, and the answer is stopped when it makes H."""
    with Watch(len(theta)):
        return plain(answer(make(*numbers), theta.clone(), v.clone()))


class Watch(TorchDispatchMode):
    """Sees every operation of torch: a RuntimeError when one makes p^2 numbers, and when there are more than p operations."""

    def __init__(self, p: int):
        super().__init__()
        self.p, self.operations = p, 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        made = function(*args, **(kwargs or {}))
        self.operations += 1
        largest = max((part.numel() for part in tree_leaves(made) if isinstance(part, Tensor)), default=0)
        if largest >= self.p ** 2:
            raise RuntimeError(f"a tensor of {largest:,} numbers was made")
        if self.operations > self.p:
            raise RuntimeError(f"more than {self.p:,} operations")
        return made


def _agrees(answer, case: Case, v: Tensor) -> None:
    tried = f"v = {show(v)}, {case.words}"
    got = run(CHECK, tried, product, answer, case.make, case.numbers, case.theta, v, hints=HINTS)
    value, g, h = case.derivatives()
    compare(CHECK, tried, got, h @ v, {
        "That is H times theta, not times v.": h @ case.theta,
        "Only the diagonal of H was used.": h.diagonal() * v,
        "That is the gradient: differentiate it once more.": g,
        "That is the gradient times v, entry by entry: differentiate the number g @ v.": g * v,
        "That is the sum of the rows of H: v was not used.": h.sum(0),
        "The 1/2 belongs to the Taylor polynomial. H v has none.": h @ v / 2,
        "v is taken as it is given. It looks as if it were made a unit vector.": h @ v / v.norm(),
        "The sign is wrong.": -(h @ v),
    }, "H v is a vector with as many entries as theta.")


def _without_the_matrix(answer, numbers: Tensor) -> None:
    a, u, theta, v = numbers
    expected = 12 * a * theta ** 2 * v + 6 * (u @ theta) * (u @ v) * u
    tried = f"a quartic loss of {LARGE:,} parameters"
    got = run(CHECK, tried, watched, answer, quartic, (a, u), theta, v, hints=HINTS)
    compare(CHECK, tried, got, expected, {})
