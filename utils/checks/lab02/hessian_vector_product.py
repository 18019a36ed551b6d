"""Is `hessian_vector_product(loss, theta, v)` H v, exactly, and is it found without making H?

| the statement | asked by |
|---|---|
| H v | a quadratic, a quartic and a network's loss |
| without making H, at once or row by row | 1,000 and 2,000 parameters, watched; 20,000 (hidden) |
| exactly: no difference quotient | a slope of 1e12; 1e16 (hidden) |
| theta is not changed, nor theta.requires_grad | the engine, `read` |
"""

import torch
from torch import Tensor
from torch.func import grad, hessian

from utils.checks.compare import Unfit, as_tensor
from utils.checks.exercise import Case, Outcome, steps
from utils.checks.in_student import in_student
from utils.checks.lab02.losses import Loss, quartic, small, some
from utils.checks.lab02.vectors import INEXACT, normal, of_vectors, shown, tensor

LARGE = (1000, 2000)  # H of up to four million entries: enough to see it, too few to hurt
STEEP = 1e12  # the difference of two gradients of this size is right to 1e-4 only
MATRIX = "That is H: a large network has no room for it. Differentiate the number g @ v instead."
ROWS = "H was made row by row. Differentiate the number g @ v instead: that gives H v at once."
FREED = "The first entry of g freed the graph. Differentiate the number g @ v, not row by row."
SAME = "Differentiate by the same tensor that the loss was asked about."
COPY = "Leave theta alone: take a new tensor, theta.detach(), then requires_grad_()."
QUOTIENT = (
    "A difference quotient loses digits, whatever h is. Differentiate the number g @ v, exactly."
)


def product(answer, loss: Loss, theta: Tensor, v: Tensor):
    """The answer for a loss made next to it. It is stopped when it makes a large H."""
    return product_there(answer, loss, theta, v, len(theta) >= min(LARGE))


@in_student
def product_there(answer, loss, theta, v, is_watched):
    """What the answer returns. Watched, it is stopped at a result of p^2 numbers and after p
    operations of torch: a RuntimeError. An answer can take the watch off."""
    from contextlib import nullcontext

    from torch import Tensor
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils._pytree import tree_leaves

    required, p, operations = [], len(theta), 0
    make, *parts = loss
    function = make(*parts)

    class Watch(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            nonlocal operations
            result = func(*args, **(kwargs or {}))
            operations += 1
            sizes = [part.numel() for part in tree_leaves(result) if isinstance(part, Tensor)]
            if max(sizes, default=0) >= p**2:
                raise RuntimeError(f"a tensor of {max(sizes):,} numbers was made")
            if operations > p:
                raise RuntimeError(f"more than {p:,} operations")
            return result

    def asked(weights):
        required.append(weights.requires_grad)
        return function(weights)

    try:
        with Watch() if is_watched else nullcontext():
            return answer(asked, theta, v)
    except RuntimeError as error:
        if "does not require grad" in str(error) and not any(required):
            error.args = (f"{error} (nor does theta)",)
        raise


def right(loss, theta, v):
    """The derivative of the gradient along v, by forward mode."""
    return torch.func.jvp(grad(loss), (theta,), (v,))[1]


@steps
def product_with(
    point=lambda theta: theta.detach().requires_grad_(),
    by=lambda point, theta: point,
    create_graph=True,
    vector=lambda v, theta: v,
    number=torch.dot,
    result=lambda hv, v: hv[0],
):
    def answer(loss, theta, v):
        at = point(theta)
        (g,) = torch.autograd.grad(loss(at), by(at, theta), create_graph=create_graph)
        return result(torch.autograd.grad(number(g, vector(v, theta)), by(at, theta)), v)

    return answer


def by_rows(retain):
    def answer(loss, theta, v):
        theta = theta.detach().requires_grad_()
        (g,) = torch.autograd.grad(loss(theta), theta, create_graph=True)
        rows = [torch.autograd.grad(entry, theta, retain_graph=retain)[0] for entry in g]
        return torch.stack([row @ v for row in rows])

    return answer


def difference(h, forward=1.0, backward=1.0):
    def answer(loss, theta, v):
        more, less = theta + forward * h * v, theta - backward * h * v
        return (grad(loss)(more) - grad(loss)(less)) / ((forward + backward) * h)

    return answer


def backward_twice(loss, theta, v):
    theta = theta.detach().requires_grad_()
    (g,) = torch.autograd.grad(loss(theta), theta, create_graph=True)
    return g.detach() + torch.autograd.grad(g @ v, theta)[0]


MISTAKES = [
    (
        "backward() adds to .grad: there it is g + H v. torch.autograd.grad returns H v alone.",
        backward_twice,
    ),
    (
        "The loss is asked about theta, and v multiplies. They are exchanged.",
        lambda loss, theta, v: right(loss, v, theta),
    ),
    (
        "g g^T is not H: differentiate the number g @ v.",
        lambda loss, theta, v: grad(loss)(theta) * (grad(loss)(theta) @ v),
    ),
    ("That is 2 H v.", product_with(result=lambda hv, v: 2 * hv[0])),
    (MATRIX, lambda loss, theta, v: hessian(loss)(theta) @ v),
    (ROWS, by_rows(retain=True)),
    (FREED, by_rows(retain=False)),
    (
        "The gradient must keep its graph: create_graph=True in the first torch.autograd.grad.",
        product_with(create_graph=False),
    ),
    (
        "theta must require a gradient before the loss is asked: theta.detach().requires_grad_().",
        product_with(point=lambda theta: theta),
    ),
    (COPY, product_with(point=Tensor.requires_grad_)),
    (SAME, product_with(by=lambda point, theta: theta)),
    (SAME, product_with(by=lambda point, theta: theta.requires_grad_())),
    (
        "The gradient is a vector, autograd differentiates numbers. Which number gives H v?",
        product_with(number=lambda g, v: g),
    ),
    ("autograd.grad returns a tuple: take its entry [0].", product_with(result=lambda hv, v: hv)),
    ("That is H times theta, not times v.", product_with(vector=lambda v, theta: theta)),
    ("That is the gradient: differentiate it once more.", lambda loss, at, v: grad(loss)(at)),
    (
        "That is the gradient times v, entry by entry: differentiate the number g @ v.",
        lambda loss, theta, v: grad(loss)(theta) * v,
    ),
    (
        "That is the sum of the rows of H: v was not used.",
        product_with(vector=lambda v, theta: torch.ones_like(v)),
    ),
    (
        "That is the gradient of the sum of g, times v. v belongs inside: differentiate g @ v.",
        product_with(number=lambda g, v: g.sum(), result=lambda hv, v: hv[0] * v),
    ),
    ("Only H's diagonal was used.", lambda loss, theta, v: hessian(loss)(theta).diagonal() * v),
    ("The 1/2 is Taylor's: H v has none.", product_with(result=lambda hv, v: hv[0] / 2)),
    (
        "v is taken as it is given. It looks as if it were made a unit vector.",
        product_with(vector=lambda v, theta: v / v.norm()),
    ),
    ("The sign is wrong.", product_with(result=lambda hv, v: -hv[0])),
    (
        "That is the number v^T H v. H v is a vector with as many entries as theta.",
        product_with(result=lambda hv, v: hv[0] @ v),
    ),
    (QUOTIENT, difference(1e-4, backward=0.0)),
    (QUOTIENT, difference(1e-5)),
    (INEXACT, product_with(result=lambda hv, v: hv[0].float())),
]


def cases(generator: torch.Generator) -> list[Case]:
    words, loss, theta = small()
    slope = STEEP / tensor([3.0, -7.0])  # b: it changes no second derivative
    v = tensor([1.0, -1.0])
    problems = [
        (words, loss, theta, v, ""),
        (f"the same with b = {shown(slope)}", (*loss[:2], slope), theta, v, QUOTIENT),
    ]
    problems += [(*each, normal(generator, len(each[-1])), "") for each in some(generator)]
    for p in LARGE:
        a, u, theta, v = normal(generator, 4, p)
        problems.append((f"a quartic loss of {p:,} parameters", (quartic, a, u), theta, v, ""))
    return [
        Case(f"v = {shown(v)}, {words}", {"loss": loss, "theta": theta, "v": v}, why=why)
        for words, loss, theta, v, why in problems
    ]


def read(outcome: Outcome, case: Case) -> Tensor:
    if outcome.arguments["theta"].requires_grad:
        raise Unfit("theta left as it was", "theta.requires_grad = True, which was False", COPY)
    one = "H v is a vector with as many entries as theta."
    return as_tensor(outcome.returned, case.arguments["theta"].shape, one)


check_hessian_vector_product = of_vectors(
    name="hessian_vector_product",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts=f"four losses, a steep one too, exact, and {max(LARGE):,} parameters without H",
    ask=product,
    read=read,
    hints={
        "numbers was made": MATRIX,
        "operations": ROWS,
        "a second time": FREED,
        "differentiated Tensors": SAME,
    },
)
