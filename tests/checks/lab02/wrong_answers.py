"""Right answers of lab 02, plausible wrong ones, and what its checks must say of each. The lists are part of the lab."""

from itertools import combinations

import torch
from torch import nn

from tests.checks import stub


# --- brute_force_best_mask


def brute_force_with(
    asked=lambda mask, theta: mask * theta,
    start=float("inf"),
    better=lambda value, least: value < least,
    returned=lambda mask, theta: mask,
    count=lambda kept, p: kept,
):
    def answer(loss, theta, kept):
        best, least = None, start
        for positions in combinations(range(len(theta)), count(kept, len(theta))):
            mask = torch.zeros_like(theta)
            mask[list(positions)] = 1
            value = float(loss(asked(mask, theta)))
            if better(value, least):
                best, least = mask, value
        return returned(best, theta)

    return answer


def one_mask_for_all(loss, theta, kept):
    best, least, mask = None, float("inf"), torch.zeros_like(theta)
    for positions in combinations(range(len(theta)), kept):
        mask.zero_()
        mask[list(positions)] = 1
        if loss(mask * theta) < least:
            best, least = mask, loss(mask * theta)
    return best


def one_mask_that_fills_up(loss, theta, kept):
    best, least, mask = None, float("inf"), torch.zeros_like(theta)
    for positions in combinations(range(len(theta)), kept):
        mask[list(positions)] = 1
        if loss(mask * theta) < least:
            best, least = mask, loss(mask * theta)
    return best


def first_mask(loss, theta, kept):
    return torch.zeros_like(theta).index_fill(0, torch.arange(kept), 1)


def largest(loss, theta, kept):
    return torch.zeros_like(theta).index_fill(0, theta.abs().topk(kept).indices, 1)


def single_rises(loss, theta, kept):
    rises = torch.tensor(
        [float(loss(theta * (torch.arange(len(theta)) != q))) for q in range(len(theta))]
    )
    return torch.zeros_like(theta).index_fill(0, rises.topk(kept).indices, 1)


def greedy(loss, theta, kept):
    mask = torch.ones_like(theta)
    while mask.sum() > kept:
        tried = [mask * (torch.arange(len(theta)) != q) for q in mask.nonzero().flatten().tolist()]
        mask = min(tried, key=lambda m: float(loss(m * theta)))
    return mask


def in_place(loss, theta, kept):
    best = brute_force_with()(loss, theta, kept)
    theta.mul_(best)
    return best


BRUTE_FORCE = {
    "no answer yet": (stub, "there is no answer yet"),
    "asks about the mask": (brute_force_with(asked=lambda mask, theta: mask), "loss(mask * theta)"),
    "largest loss": (
        brute_force_with(start=-float("inf"), better=lambda value, least: value > least),
        "the largest loss",
    ),
    "starts at zero": (brute_force_with(start=0.0), "start the search from float('inf')"),
    "starts at a thousand": (brute_force_with(start=1000.0), "start the search from float('inf')"),
    "the pruned theta": (
        brute_force_with(returned=lambda mask, theta: mask * theta),
        "Return its mask",
    ),
    "wrong way round": (brute_force_with(returned=lambda mask, theta: 1 - mask), "1 = kept"),
    "kept for deleted": (
        brute_force_with(count=lambda kept, p: p - kept),
        "It keeps 2 weights instead of 1",
    ),
    "the mask in a list": (
        brute_force_with(returned=lambda mask, theta: mask.tolist()),
        "a list of 4: ",
    ),
    "mask and loss": (
        brute_force_with(returned=lambda mask, theta: (mask, 0.5)),
        "a tuple of 2: a tensor of shape (4,), 0.5",
    ),
    "one mask for all": (one_mask_for_all, "the last mask that was tried"),
    "one mask that fills up": (one_mask_that_fills_up, "Is a new mask made each time?"),
    "magnitude": (largest, "Let the loss decide, not the size"),
    "single weights": (single_rises, "can be dear together"),
    "greedy": (greedy, "greedy search"),
    "the first mask": (first_mask, "Is every mask tried"),
    "prunes theta itself": (in_place, "theta left as it was"),
}


# --- taylor


def terms(loss, theta, direction):
    g = torch.func.grad(loss)(theta)
    return loss(theta), g @ direction, direction @ torch.func.hessian(loss)(theta) @ direction


def taylor_with(polynomial, direct=lambda direction: direction):
    def answer(loss, theta, direction, order):
        made = terms(loss, theta, direct(direction))
        return lambda h: polynomial(*made, h, order)

    return answer


def right_polynomial(value, slope, bend, h, order):
    return value + (order >= 1) * h * slope + (order == 2) * h**2 / 2 * bend


def right_taylor(loss, theta, direction, order):
    return taylor_with(right_polynomial)(loss, theta, direction, order)


def taylor_in_float32(loss, theta, direction, order):
    made = [term.float() for term in terms(loss, theta, direction)]
    return lambda h: right_polynomial(*made, h, order)


def diagonal_only(loss, theta, direction, order):
    value, slope, _ = terms(loss, theta, direction)
    bend = direction**2 @ torch.func.hessian(loss)(theta).diagonal()
    return lambda h: right_polynomial(value, slope, bend, h, order)


def vectors_for_numbers(loss, theta, direction, order):
    g = torch.func.grad(loss)(theta)
    return lambda h: loss(theta) + (order >= 1) * h * g * direction


def loss_in_order_2(loss, theta, direction, order):
    return (
        right_taylor(loss, theta, direction, order)
        if order < 2
        else lambda h: loss(theta + h * direction)
    )


def taylor_by_autograd(create_graph=True, number=lambda g, direction: g @ direction):
    def answer(loss, theta, direction, order):
        theta = theta.detach().requires_grad_()
        g = torch.autograd.grad(loss(theta), theta, create_graph=create_graph)[0]
        bend = torch.autograd.grad(number(g, direction), theta)[0] @ direction if order == 2 else 0
        return lambda h: right_polynomial(loss(theta), g @ direction, bend, h, order)

    return answer


def graph_freed(loss, theta, direction, order):
    theta = theta.detach().requires_grad_()
    value = loss(theta)
    g = torch.autograd.grad(value, theta, create_graph=True)[0]

    def polynomial(h):
        hv = torch.autograd.grad(g @ direction, theta)[0] if order == 2 else 0 * theta
        return (
            value + (order >= 1) * h * (g @ direction) + (order == 2) * h**2 / 2 * (hv @ direction)
        )

    return polynomial


TAYLOR = {
    "no answer yet": (stub, "there is no answer yet"),
    "no half": (
        taylor_with(lambda v, s, b, h, order: v + (order >= 1) * h * s + (order == 2) * h**2 * b),
        "a factor 1/2",
    ),
    "h not squared": (
        taylor_with(lambda v, s, b, h, order: v + (order >= 1) * h * s + (order == 2) * h / 2 * b),
        "h squared",
    ),
    "unit direction": (
        taylor_with(right_polynomial, lambda direction: direction / direction.norm()),
        "a unit vector",
    ),
    "order too high": (
        taylor_with(lambda v, s, b, h, order: right_polynomial(v, s, b, h, order + 1)),
        "the polynomial of order 1",
    ),
    "always order 2": (
        taylor_with(lambda v, s, b, h, order: right_polynomial(v, s, b, h, 2)),
        "the polynomial of order 2",
    ),
    "no constant": (
        taylor_with(lambda v, s, b, h, order: right_polynomial(0 * v, s, b, h, order)),
        "The term of order 0",
    ),
    "no slope": (
        taylor_with(lambda v, s, b, h, order: right_polynomial(v, 0 * s, b, h, order)),
        "That is the polynomial of order 0",
    ),
    "no slope in order 2": (
        taylor_with(lambda v, s, b, h, order: right_polynomial(v, s * (order == 1), b, h, order)),
        "The term of order 1",
    ),
    "backwards": (
        taylor_with(lambda v, s, b, h, order: right_polynomial(v, -s, b, h, order)),
        "the sign of h",
    ),
    "the loss itself": (
        lambda loss, theta, direction, order: lambda h: loss(theta + h * direction),
        "or the loss itself",
    ),
    "the loss in order 2": (loss_in_order_2, "the loss itself at theta + h direction"),
    "diagonal only": (diagonal_only, "the diagonal of H"),
    "a number": (lambda loss, theta, direction, order: loss(theta), "a function of h"),
    "vectors": (vectors_for_numbers, "Every term is a number"),
    "float32": (taylor_in_float32, "turned into float32"),
    "no create_graph": (taylor_by_autograd(create_graph=False), "create_graph=True"),
    "gradient of a vector": (
        taylor_by_autograd(number=lambda g, direction: g),
        "first make a number",
    ),
    "graph freed": (graph_freed, "The graph was freed"),
}


# --- hessian_vector_product


def graph_not_kept(loss, theta, v):
    theta = theta.detach().requires_grad_()
    g = torch.autograd.grad(loss(theta), theta, create_graph=True)[0]
    return sum(torch.autograd.grad(g[i], theta)[0] * v[i] for i in range(len(v)))


def right_product(loss, theta, v):
    theta = theta.detach().requires_grad_()
    g = torch.autograd.grad(loss(theta), theta, create_graph=True)[0]
    return torch.autograd.grad(g @ v, theta)[0]


def with_hessian(loss, theta, v):
    return torch.func.hessian(loss)(theta) @ v


def row_by_row(loss, theta, v):
    theta = theta.detach().requires_grad_()
    g = torch.autograd.grad(loss(theta), theta, create_graph=True)[0]
    return torch.stack([torch.autograd.grad(entry, theta, retain_graph=True)[0] @ v for entry in g])


def no_create_graph(loss, theta, v):
    theta = theta.detach().requires_grad_()
    g = torch.autograd.grad(loss(theta), theta)[0]
    return torch.autograd.grad(g @ v, theta)[0]


def no_requires_grad(loss, theta, v):
    g = torch.autograd.grad(loss(theta), theta, create_graph=True)[0]
    return torch.autograd.grad(g @ v, theta)[0]


def theta_itself(loss, theta, v):
    g = torch.autograd.grad(loss(theta.requires_grad_()), theta, create_graph=True)[0]
    return torch.autograd.grad(g @ v, theta)[0]


def by_another_theta(loss, theta, v):
    g = torch.autograd.grad(loss(theta.detach().requires_grad_()), theta, create_graph=True)[0]
    return torch.autograd.grad(g @ v, theta)[0]


def by_a_later_copy(loss, theta, v):
    theta = theta.detach().requires_grad_()
    g = torch.autograd.grad(loss(theta), theta, create_graph=True)[0]
    return torch.autograd.grad(g @ v, theta.clone())[0]


def in_a_tuple(loss, theta, v):
    theta = theta.detach().requires_grad_()
    g = torch.autograd.grad(loss(theta), theta, create_graph=True)[0]
    return torch.autograd.grad(g @ v, theta)


def of_a_vector(loss, theta, v):
    theta = theta.detach().requires_grad_()
    g = torch.autograd.grad(loss(theta), theta, create_graph=True)[0]
    return torch.autograd.grad(g, theta)[0]


def forward_difference(h):
    def answer(loss, theta, v):
        g = torch.func.grad(loss)
        return (g(theta + h * v) - g(theta)) / h

    return answer


def central_difference(h):
    def answer(loss, theta, v):
        g = torch.func.grad(loss)
        return (g(theta + h * v) - g(theta - h * v)) / (2 * h)

    return answer


def extrapolated_difference(h):
    def answer(loss, theta, v):
        return (
            4 * central_difference(h)(loss, theta, v) - central_difference(2 * h)(loss, theta, v)
        ) / 3

    return answer


PRODUCT = {
    "no answer yet": (stub, "there is no answer yet"),
    "makes H": (with_hessian, "That is H."),
    "makes H row by row": (row_by_row, "row by row"),
    "no create_graph": (no_create_graph, "create_graph=True"),
    "no requires_grad_": (
        no_requires_grad,
        "theta must require a gradient before the loss is asked",
    ),
    "theta itself requires a gradient": (theta_itself, "use theta.detach() first (a new tensor)"),
    "by another theta": (by_another_theta, "the same tensor that the loss was asked about"),
    "by a later copy": (by_a_later_copy, "the same tensor that the loss was asked about"),
    "row by row, graph not kept": (graph_not_kept, "row by row"),
    "gradient of a vector": (of_a_vector, "Which number has the derivative H v"),
    "times theta": (lambda loss, theta, v: right_product(loss, theta, theta), "times theta"),
    "the gradient": (
        lambda loss, theta, v: torch.func.grad(loss)(theta),
        "That is the gradient: differentiate",
    ),
    "gradient times v": (lambda loss, theta, v: torch.func.grad(loss)(theta) * v, "entry by entry"),
    "sum of rows": (
        lambda loss, theta, v: right_product(loss, theta, torch.ones_like(v)),
        "v was not used",
    ),
    "sum of rows times v": (
        lambda loss, theta, v: right_product(loss, theta, torch.ones_like(v)) * v,
        "v belongs inside",
    ),
    "diagonal only": (
        lambda loss, theta, v: torch.func.hessian(loss)(theta).diagonal() * v,
        "Only the diagonal",
    ),
    "half": (lambda loss, theta, v: right_product(loss, theta, v) / 2, "has none"),
    "unit v": (lambda loss, theta, v: right_product(loss, theta, v / v.norm()), "a unit vector"),
    "a number": (
        lambda loss, theta, v: v @ right_product(loss, theta, v),
        "as many entries as theta",
    ),
    "wrong sign": (lambda loss, theta, v: -right_product(loss, theta, v), "The sign is wrong"),
    "returns nothing": (lambda loss, theta, v: None, "without a `return`"),
    "in a tuple": (in_a_tuple, "a tuple of 1: a tensor of shape (2,)"),
    "in a list": (lambda loss, theta, v: right_product(loss, theta, v).tolist(), "a list of 2: "),
} | {
    f"{difference.__name__}, h = 1e-{digits}": (difference(10.0**-digits), "a difference quotient")
    for difference in (forward_difference, central_difference, extrapolated_difference)
    for digits in range(1, 12)
}


# --- classify_critical_point


def classify_with(
    values=torch.linalg.eigvalsh,
    tolerance=lambda values: 1e-9 * values.abs().max(),
    zero_first=False,
):
    def answer(hessian):
        found = values(hessian)
        zero = tolerance(found)
        plus, minus = bool((found > zero).any()), bool((found < -zero).any())
        flat = bool((found.abs() <= zero).any())
        if zero_first and flat:
            return "inconclusive"
        if plus and minus:
            return "saddle"
        return "inconclusive" if flat else "minimum" if plus else "maximum"

    return answer


def determinant(hessian):
    d = torch.linalg.det(hessian)
    if abs(d) < 1e-9:
        return "inconclusive"
    return "saddle" if d < 0 and len(hessian) > 1 else "minimum" if hessian[0, 0] > 0 else "maximum"


def zero_is_a_saddle(hessian):
    values = torch.linalg.eigvalsh(hessian)
    return "minimum" if (values > 0).all() else "maximum" if (values < 0).all() else "saddle"


def not_negative(hessian):
    values = torch.linalg.eigvalsh(hessian)
    return "minimum" if (values >= 0).all() else "maximum" if (values <= 0).all() else "saddle"


CLASSIFY = {
    "no answer yet": (stub, "there is no answer yet"),
    "no tolerance": (classify_with(tolerance=lambda values: 0.0), "comes out as 1e-17"),
    "absolute tolerance": (classify_with(tolerance=lambda values: 1e-9), "in other units"),
    "zero comes first": (
        classify_with(zero_first=True),
        "whatever the direction with eigenvalue 0 does",
    ),
    "the diagonal": (classify_with(values=lambda h: h.diagonal()), "The diagonal is positive"),
    "the determinant": (determinant, "for two variables"),
    "zero is a saddle": (zero_is_a_saddle, "H does not decide"),
    "zero is a minimum": (not_negative, "H does not decide"),
    "the determinant, signs forgotten": (
        lambda h: "minimum" if torch.linalg.det(h) > 0 else "saddle",
        "What tells them apart",
    ),
    "zeros and all": (
        lambda h: "minimum" if not h.any() else classify_with()(h),
        "All eigenvalues are 0",
    ),
    "f_xx for all": (lambda h: "minimum" if h[0, 0] > 0 else "maximum", "'saddle'"),
    "another word": (lambda h: classify_with()(h).replace("minimum", "min"), "one of 'minimum'"),
    "no word for the rest": (
        lambda h: {"inconclusive": None}.get(classify_with()(h), classify_with()(h)),
        "what is left over",
    ),
    "signs swapped": (lambda h: classify_with()(-h), "'minimum' (eigenvalues [2, 3])"),
}


# --- obd and obs


def in_place_obd(theta, hessian_diagonal):
    return theta.pow_(2).mul_(hessian_diagonal).div_(2)


OBD = {
    "no answer yet": (stub, "there is no answer yet"),
    "no half": (lambda theta, h: h * theta**2, "The 1/2 is missing"),
    "theta not squared": (lambda theta, h: h * theta / 2, "theta must be squared"),
    "neither": (lambda theta, h: h * theta, "The 1/2 is missing too"),
    "divides": (lambda theta, h: theta**2 / (2 * h), "It is H that multiplies"),
    "h squared": (lambda theta, h: (h * theta) ** 2 / 2, "H_qq is not squared"),
    "absolute value": (lambda theta, h: (h * theta**2 / 2).abs(), "leave the sign"),
    "clamped": (lambda theta, h: (h * theta**2 / 2).clamp(min=0), "do not cut it at 0"),
    "in a list": (
        lambda theta, h: [a * b * b / 2 for a, b in zip(h.tolist(), theta.tolist())],
        "a list of 2: 18.0, 20.0",
    ),
    "in a tuple": (
        lambda theta, h: (h * theta**2 / 2, theta),
        "a tuple of 2: a tensor of shape (2,), a tensor",
    ),
    "the sum": (lambda theta, h: h @ theta**2 / 2, "One saliency for each weight"),
    "in place": (in_place_obd, "theta left as it was"),
    "float32": (
        lambda theta, h: (h.float() * theta.float() ** 2 / 2 * 1.0000001).double(),
        "float32",
    ),
}

OBS = {
    "no answer yet": (stub, "there is no answer yet"),
    "obd": (
        lambda theta, inverse: torch.linalg.inv(inverse).diagonal() * theta**2 / 2,
        "That is OBD",
    ),
    "divides by H_qq": (
        lambda theta, inverse: theta**2 / (2 * torch.linalg.inv(inverse).diagonal()),
        "It divides by H_qq",
    ),
    "multiplies": (lambda theta, inverse: theta**2 / 2 * inverse.diagonal(), "stands below"),
    "no two": (lambda theta, inverse: theta**2 / inverse.diagonal(), "The 2 is missing"),
    "theta not squared": (
        lambda theta, inverse: theta / (2 * inverse.diagonal()),
        "theta must be squared",
    ),
    "inverse squared": (
        lambda theta, inverse: (theta / inverse.diagonal()) ** 2 / 2,
        "is not squared",
    ),
    "the whole matrix": (lambda theta, inverse: theta**2 / (2 * inverse), "take the diagonal"),
    "in place": (
        lambda theta, inverse: theta.pow_(2) / (2 * inverse.diagonal()),
        "theta left as it was",
    ),
}


# --- obs_delete


def delete_with(
    update=lambda theta, inverse, q: theta - theta[q] / inverse[q, q] * inverse[:, q],
    downdate=lambda inverse, q: inverse - torch.outer(inverse[:, q], inverse[:, q]) / inverse[q, q],
    zero_theta=True,
    zero_inverse=True,
):
    def answer(theta, inverse, q):
        moved, downdated = update(theta, inverse, q), downdate(inverse, q)
        if zero_theta:
            moved[q] = 0
        if zero_inverse:
            downdated[q], downdated[:, q] = 0, 0
        return moved, downdated

    return answer


def delete_in_place(theta, inverse, q):
    moved, downdated = delete_with()(theta, inverse, q)
    return theta.copy_(moved), inverse.copy_(downdated)


def delete_by_rows(theta, inverse, q):
    moved, downdated = delete_with()(theta, inverse, q)
    left = torch.arange(len(theta)) != q
    return moved[left], downdated[left][:, left]


def inverted_again(theta, inverse, q):
    h, left = torch.linalg.inv(inverse), torch.arange(len(theta)) != q
    moved, downdated = torch.zeros_like(theta), torch.zeros_like(inverse)
    moved[left] = theta[left] + torch.linalg.solve(h[left][:, left], h[left][:, q] * theta[q])
    downdated[torch.outer(left, left)] = torch.linalg.inv(h[left][:, left]).flatten()
    return moved, downdated


def without(matrix, q):
    return matrix.index_fill(0, torch.tensor(q), 0).index_fill(1, torch.tensor(q), 0)


def update_after_downdate(theta, inverse, q):
    inverse = inverse.clone()
    theta = theta - theta[q] * inverse[:, q]
    inverse -= torch.outer(inverse[:, q], inverse[:, q])
    theta[q], inverse[q], inverse[:, q] = 0, 0, 0
    return theta, inverse


DELETE = {
    "no answer yet": (stub, "there is no answer yet"),
    "no update": (
        delete_with(update=lambda theta, inverse, q: theta.clone()),
        "the update that makes up for it is missing",
    ),
    "wrong sign": (
        delete_with(
            update=lambda theta, inverse, q: theta + theta[q] / inverse[q, q] * inverse[:, q]
        ),
        "moved the wrong way",
    ),
    "wrong sign, not zeroed": (
        delete_with(
            update=lambda theta, inverse, q: theta + theta[q] / inverse[q, q] * inverse[:, q],
            zero_theta=False,
        ),
        "The sign of the whole update",
    ),
    "not divided": (update_after_downdate, "must be divided by [H^-1]_qq"),
    "only close to zero": (delete_with(zero_theta=False), "almost 0 is not pruned"),
    "rest of the row": (
        delete_with(
            downdate=lambda inverse, q: (
                inverse
                - torch.outer(inverse[:, q], inverse[:, q] / inverse[q, q] * (1 - 1e-16 * 9))
            ),
            zero_inverse=False,
        ),
        "Set the row and the column to 0",
    ),
    "no downdate": (
        delete_with(downdate=lambda inverse, q: inverse.clone(), zero_inverse=False),
        "the downdate is missing",
    ),
    "row and column only": (
        delete_with(downdate=lambda inverse, q: inverse.clone()),
        "the rest changes too",
    ),
    "downdate added": (
        delete_with(
            downdate=lambda inverse, q: (
                inverse + torch.outer(inverse[:, q], inverse[:, q]) / inverse[q, q]
            )
        ),
        "subtracted, not added",
    ),
    "downdate not divided": (
        delete_with(
            downdate=lambda inverse, q: inverse - torch.outer(inverse[:, q], inverse[:, q])
        ),
        "The product of the columns must be divided",
    ),
    "entry by entry": (
        delete_with(
            downdate=lambda inverse, q: inverse - inverse[:, q] * inverse[:, q] / inverse[q, q]
        ),
        "column * column is a vector",
    ),
    "one number": (
        delete_with(
            downdate=lambda inverse, q: inverse - inverse[:, q] @ inverse[:, q] / inverse[q, q]
        ),
        "column @ column is one number",
    ),
    "inverted again": (inverted_again, "the inverse cannot be inverted again"),
    "in place": (delete_in_place, "left as it was"),
    "cut out": (delete_by_rows, "Keep the size"),
    "theta as it was": (
        delete_with(update=lambda theta, inverse, q: theta.clone(), zero_theta=False),
        "theta was not changed",
    ),
    "H for its inverse": (
        lambda theta, inverse, q: (
            delete_with()(theta, inverse, q)[0],
            without(torch.linalg.inv(inverse), q),
        ),
        "The inverse is wanted",
    ),
    "theta alone": (
        lambda theta, inverse, q: delete_with()(theta, inverse, q)[0],
        "return theta, inverse",
    ),
    "returns nothing": (lambda theta, inverse, q: None, "two tensors"),
}


# --- fisher_diagonal


def gradients_of(model, x, y, reduction="mean"):
    def one(x, y):
        loss = nn.functional.cross_entropy(model(x), y, reduction=reduction)
        return torch.cat([g.flatten() for g in torch.autograd.grad(loss, list(model.parameters()))])

    return torch.stack([one(x[i : i + 1], y[i : i + 1]) for i in range(len(x))])


def fisher_with(summarize):
    return lambda model, x, y: summarize(gradients_of(model, x, y))


def square_of_the_mean(model, x, y):
    model.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    return torch.cat([p.grad.flatten() for p in model.parameters()]) ** 2


def gradients_add_up(model, x, y):
    total = 0
    model.zero_grad()
    for i in range(len(x)):
        nn.functional.cross_entropy(model(x[i : i + 1]), y[i : i + 1]).backward()
        total = total + torch.cat([p.grad.flatten() for p in model.parameters()]) ** 2
    return total / len(x)


def labels_of_the_model(model, x, y):
    p = model(x).softmax(1).detach()
    return sum(
        (p[:, [label]] * gradients_of(model, x, torch.full_like(y, label)) ** 2).mean(0)
        for label in range(p.shape[1])
    )


def weights_only(model, x, y):
    kept = torch.cat([torch.full((p.numel(),), p.dim() > 1) for p in model.parameters()])
    return gradients_of(model, x, y).square().mean(0)[kept]


def score(model, x, y):
    return (
        gradients_of(model, x, y).square().mean(0)
        * torch.cat([p.detach().flatten() for p in model.parameters()]) ** 2
        / 2
    )


def no_batch(model, x, y):
    return sum(
        torch.cat(
            [
                g.flatten()
                for g in torch.autograd.grad(
                    nn.functional.cross_entropy(model(a), b[None]), list(model.parameters())
                )
            ]
        )
        ** 2
        for a, b in zip(x, y)
    ) / len(x)


def label_without_batch(model, x, y):
    return sum(
        torch.cat(
            [
                g.flatten()
                for g in torch.autograd.grad(
                    nn.functional.cross_entropy(model(x[i : i + 1]), y[i]), list(model.parameters())
                )
            ]
        )
        ** 2
        for i in range(len(x))
    ) / len(x)


def fisher_of(loss):
    def answer(model, x, y):
        gradients = [
            torch.autograd.grad(loss(model(x[i : i + 1]), y[i : i + 1]), list(model.parameters()))
            for i in range(len(x))
        ]
        return sum(torch.cat([part.flatten() for part in parts]) ** 2 for parts in gradients) / len(
            x
        )

    return answer


FISHER = {
    "no answer yet": (stub, "there is no answer yet"),
    "square of the mean": (square_of_the_mean, "the square of the mean gradient"),
    "the sum": (fisher_with(lambda g: g.square().sum(0)), "the sum over the examples"),
    "divided twice": (fisher_with(lambda g: g.square().mean(0) / len(g)), "done twice"),
    "not squared": (fisher_with(lambda g: g.mean(0)), "square the gradient of each example"),
    "absolute value": (
        fisher_with(lambda g: g.abs().mean(0)),
        "Square the gradient of each example",
    ),
    "gradients add up": (gradients_add_up, ".grad adds up"),
    "labels of the model": (labels_of_the_model, "the true Fisher"),
    "predicted labels": (
        lambda model, x, y: gradients_of(model, x, model(x).argmax(1)).square().mean(0),
        "use the labels y of the data",
    ),
    "softmax twice": (
        fisher_of(lambda outputs, y: nn.functional.cross_entropy(outputs.softmax(1), y)),
        "a softmax twice",
    ),
    "no logarithm": (
        fisher_of(lambda outputs, y: nn.functional.nll_loss(outputs.softmax(1), y)),
        "takes the outputs themselves (logits)",
    ),
    "variance": (fisher_with(lambda g: g.var(0, correction=0)), "nothing is subtracted"),
    "the score": (score, "Only F is asked for"),
    "the matrix": (fisher_with(lambda g: g.T @ g / len(g)), "One number for each parameter"),
    "weights only": (weights_only, "biases too"),
    "float32": (fisher_with(lambda g: g.float().square().mean(0)), "float32"),
    "float32 inputs": (
        lambda model, x, y: gradients_of(model, x.float(), y).square().mean(0),
        "make no float32 tensors",
    ),
    "label without batch": (label_without_batch, "y[i:i + 1]"),
    "no batch": (no_batch, "as a batch of one"),
}
