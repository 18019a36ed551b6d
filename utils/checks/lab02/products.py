"""Is `hessian_vector_product(loss, theta, v)` H v, and is it found without H?"""

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from utils.checks.fresh import fresh_generator
from utils.checks.in_student import in_student
from utils.checks.report import fail, passed, run
from utils.checks.lab02.losses import Case, quartic, small, some, tilted
from utils.checks.lab02.vectors import compare, normal, plain, same, show, tensor

CHECK = "check_hessian_vector_product"
LARGE = 2000  # H has four million entries: enough to see it, too few to fill a memory
STEEP = 1e12  # the difference of two gradients of this size is right to 1e-4 only
HINTS = {
    "(nor does theta)": "theta must require a gradient before the loss is asked: theta.detach().requires_grad_(), a new tensor. "
    "torch.func.grad needs no such thing.",
    "element 0 of tensors does not require grad": "The gradient must keep its graph to be differentiated again: create_graph=True in the first torch.autograd.grad.",
    "One of the differentiated Tensors": "Differentiate by the same tensor that the loss was asked about.",
    "not have been used in the graph": "Differentiate by the same tensor that the loss was asked about.",
    "scalar outputs": "The gradient is a vector; autograd differentiates numbers. Which number has the derivative H v?",
    "backward through the graph a second time": "The graph was freed by the first entry of g. One differentiation of the number "
    "g @ v does it, not one for each entry row by row.",
    "numbers was made": "That is H. A network of a million weights has no room for it. Differentiate the number g @ v instead: "
    "its gradient is H v.",
    "operations": "It looks as if H were made row by row. One more differentiation, of the number g @ v, gives H v at once.",
}
QUOTIENT = (
    "The slope of the loss gets into it: it looks like a difference quotient, (gradient - gradient) / h. Whatever h is, "
    "digits are lost. Differentiate the number g @ v, exactly."
)


def check_hessian_vector_product(answer) -> None:
    """`answer(loss, theta, v)` returns H v (p,)."""
    generator = fresh_generator()
    _agrees(answer, small(), tensor([1.0, -1.0]))
    _exact(answer, generator)
    for case in some(generator):
        _agrees(answer, case, normal(generator, len(case.theta)))
    _without_the_matrix(answer, normal(generator, 4, LARGE))
    passed(CHECK, f"three kinds of losses, a steep one too, and {LARGE:,} parameters without H")


@in_student
def product(answer, make, numbers, theta: Tensor, v: Tensor):
    """What the answer returns for a loss that is made beside it, and whether it made theta itself require a gradient."""
    loss, given, required = make(*numbers), theta.clone(), []

    def asked(weights):
        required.append(weights.requires_grad)
        return loss(weights)

    try:
        return plain(answer(asked, given, v.clone())), given.requires_grad
    except RuntimeError as error:
        if "does not require grad" in str(error) and not any(required):
            error.args = (f"{error} (nor does theta)",)
        raise


@in_student
def watched(answer, make, numbers, theta: Tensor, v: Tensor):
    """What the answer returns; it is stopped when it makes H."""
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
        largest = max(
            (part.numel() for part in tree_leaves(made) if isinstance(part, Tensor)), default=0
        )
        if largest >= self.p**2:
            raise RuntimeError(f"a tensor of {largest:,} numbers was made")
        if self.operations > self.p:
            raise RuntimeError(f"more than {self.p:,} operations")
        return made


def _product(answer, case: Case, v: Tensor, tried: str):
    got, requires = run(
        CHECK, tried, product, answer, case.make, case.numbers, case.theta, v, hints=HINTS
    )
    if requires:
        fail(
            CHECK,
            tried,
            "theta left as it was",
            "theta.requires_grad = True, which was False",
            "The answer must leave its arguments alone: use theta.detach() first (a new tensor), then requires_grad_().",
        )
    return got


def _agrees(answer, case: Case, v: Tensor) -> None:
    tried = f"v = {show(v)}, {case.words}"
    got = _product(answer, case, v, tried)
    value, g, h = case.derivatives()
    compare(
        CHECK,
        tried,
        got,
        h @ v,
        {
            "That is H times theta, not times v.": h @ case.theta,
            "Only the diagonal of H was used.": h.diagonal() * v,
            "That is the gradient: differentiate it once more.": g,
            "That is the gradient times v, entry by entry: differentiate the number g @ v.": g * v,
            "That is the sum of the rows of H: v was not used.": h.sum(0),
            "That is the gradient of the sum of g, times v. v belongs inside: the gradient of g @ v.": h.sum(
                0
            )
            * v,
            "The 1/2 belongs to the Taylor polynomial. H v has none.": h @ v / 2,
            "v is taken as it is given. It looks as if it were made a unit vector.": h
            @ v
            / v.norm(),
            "The sign is wrong.": -(h @ v),
        },
        "H v is a vector with as many entries as theta.",
    )


def _exact(answer, generator: torch.Generator) -> None:
    """A slope changes no second derivative, and a steep one leaves a difference quotient too few digits, whatever its h."""
    a, u, slope, theta, v = normal(generator, 5, 7)
    level = Case("a quartic loss of 7 parameters", quartic, (a, u), theta)
    steep = Case(
        f"{level.words} with {STEEP:.0e} b^T theta added", tilted, (a, u, STEEP * slope), theta
    )
    expected, got = (_product(answer, case, v, case.words) for case in (level, steep))
    if isinstance(expected, Tensor) and isinstance(got, Tensor) and not same(got, expected):
        fail(CHECK, steep.words, f"{show(expected)}, as without b^T theta", show(got), QUOTIENT)


def _without_the_matrix(answer, numbers: Tensor) -> None:
    a, u, theta, v = numbers
    expected = 12 * a * theta**2 * v + 6 * (u @ theta) * (u @ v) * u
    tried = f"a quartic loss of {LARGE:,} parameters"
    got = run(CHECK, tried, watched, answer, quartic, (a, u), theta, v, hints=HINTS)
    compare(CHECK, tried, got, expected, {})
