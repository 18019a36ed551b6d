"""The checks of lab 05 accept right answers in any form; their oracles agree with known values."""

import copy
import math

import pytest
import torch
from torch import nn
from torch.func import functional_call

from tests.checks.test_exercises import verdict
from utils import importance, pruning
from utils.checks import lab05 as checks
from utils.checks.lab05 import (
    erdos_renyi,
    gradient_flow,
    grasp,
    networks,
    prune_iteratively,
    snip,
    synflow,
)
from utils.model import flat, flat_loss, gradient, hessian_vector_product, prunable, split
from utils.pruning.masks import apply_masks, keep_top


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


def snip_by_gates(model, batch):
    gates = {name: torch.ones_like(w, requires_grad=True) for name, w in prunable(model).items()}
    gated = {name: gate * model.get_parameter(name) for name, gate in gates.items()}
    outputs = functional_call(model, gated, (batch[0],))
    loss = nn.functional.cross_entropy(outputs, batch[1], reduction="sum")
    slopes = torch.autograd.grad(loss, list(gates.values()))
    total = sum(slope.abs().sum() for slope in slopes)
    return {name: slope.abs() / total for name, slope in zip(gates, slopes)}


def snip_of_a_copy(model, batch):
    """backward() on a copy; the gradient of the sum, in float32."""
    twin = copy.deepcopy(model).float()
    nn.functional.cross_entropy(twin(batch[0].float()), batch[1], reduction="sum").backward()
    scores = {n: (w * twin.get_parameter(n).grad).abs() for n, w in prunable(twin).items()}
    total = sum(score.double().sum() for score in scores.values())
    return {name: score / total for name, score in scores.items()}


@torch.no_grad()
def snip_without_gradients(model, batch):
    with torch.enable_grad():
        return importance.snip(model, batch)


def grasp_by_vector(model, batch, temperature=200.0):
    hot = nn.Sequential(model, grasp.Divided(temperature))
    loss, theta = flat_loss(hot, batch), flat(hot)
    product = theta * hessian_vector_product(loss, theta, gradient(loss, theta))
    return {name: split(model, product)[name] for name in prunable(model)}


def grasp_by_jvp(model, batch, temperature=200.0):
    theta = {name: p.detach() for name, p in model.named_parameters()}

    def loss(theta):
        return nn.functional.cross_entropy(
            functional_call(model, theta, (batch[0],)) / temperature, batch[1]
        )

    _, hg = torch.func.jvp(torch.func.grad(loss), (theta,), (torch.func.grad(loss)(theta),))
    return {name: theta[name] * hg[name] for name in prunable(model)}


def half_of_the_slope_of_the_square(model, batch, temperature=200.0):
    """g is not detached: the derivative of g^T g is 2 H g."""
    twin = copy.deepcopy(model)
    parameters = list(twin.parameters())
    loss = nn.functional.cross_entropy(twin(batch[0]) / temperature, batch[1])
    g = torch.autograd.grad(loss, parameters, create_graph=True)
    sum(part.square().sum() for part in g).backward()
    return {n: w * twin.get_parameter(n).grad / 2 for n, w in prunable(twin).items()}


def synflow_by_names(model, batch):
    """By the ends of names; scores in float32."""
    twin = copy.deepcopy(model).double()
    for name, p in twin.named_parameters():
        p.data = torch.zeros_like(p) if name.endswith("bias") else p.data.abs()
    twin(torch.ones_like(batch[0][:1]).double()).sum().backward()
    flows = {n: w * twin.get_parameter(n).grad for n, w in prunable(twin).items()}
    whole = [flow.sum() for flow in flows.values()][0]
    return {n: (flow / whole if whole else flow).float() for n, flow in flows.items()}


def synflow_in_place(model, batch):
    """Takes absolute values in the model itself and puts everything back."""
    if next(model.parameters()).dtype != torch.float64:
        return importance.synflow(model, batch)
    before = copy.deepcopy(model.state_dict())
    itself = {"copied": lambda model: model, "convert": lambda model: model}
    scores = synflow.synflow_with(**itself)(model, batch)
    model.load_state_dict(before)
    return scores


def boolean_masks(*arguments):
    return {name: mask.bool() for name, mask in pruning.prune_iteratively(*arguments).items()}


def pruned_in_place(model, *arguments):
    before = copy.deepcopy(model.state_dict())
    masks = prune_iteratively.iterative(copied=lambda model: model)(model, *arguments)
    model.load_state_dict(before)
    return masks


def from_step_0(model, importance, schedule, steps, batch):
    """Step 0 prunes nothing: the dense network is scored twice."""
    answer = prune_iteratively.iterative(time=lambda k, steps: (k - 1) / (steps - 1))
    return answer(model, importance, schedule, steps + 1, batch)


def masks_like_the_scores(model, importance, *others):
    importance(model, others[-1])
    return prune_iteratively.iterative()(model, importance, *others)


def sparsities_one_layer_at_a_time(shapes, sparsity):
    """The fullest layer alone becomes dense; the sparsities are tensors, in another order."""
    left, sparse, kept = (1 - sparsity) * erdos_renyi.number(shapes), dict(shapes), {}
    while sparse:
        epsilon = left / sum(sum(shape) for shape in sparse.values())
        name = min(sparse, key=lambda name: math.prod(sparse[name]) / sum(sparse[name]))
        if epsilon * sum(sparse[name]) <= math.prod(sparse[name]):
            break
        kept[name] = math.prod(sparse.pop(name))
        left -= kept[name]
    kept |= {name: epsilon * sum(shape) for name, shape in sparse.items()}
    return {name: torch.tensor(1 - n / math.prod(shapes[name])) for name, n in kept.items()}


def flow_by_indices(model, masks, batch):
    twin = copy.deepcopy(model)
    for name, mask in masks.items():
        twin.get_parameter(name).data[mask == 0] = 0
    nn.functional.cross_entropy(twin(batch[0]), batch[1]).backward()
    return sum(twin.get_parameter(n).grad[m != 0].square().sum() for n, m in masks.items()).item()


def flow_as_a_tensor(*arguments):
    return torch.tensor(importance.gradient_flow(*arguments))


@pytest.mark.parametrize(
    "check, answer",
    [
        (checks.check_snip, importance.snip),
        (checks.check_snip, snip_by_gates),
        (checks.check_snip, snip_of_a_copy),
        (checks.check_snip, snip_without_gradients),
        (checks.check_snip, snip.snip_with()),
        (checks.check_grasp, importance.grasp),
        (checks.check_grasp, grasp_by_vector),
        (checks.check_grasp, grasp_by_jvp),
        (checks.check_grasp, half_of_the_slope_of_the_square),
        (checks.check_synflow, importance.synflow),
        (checks.check_synflow, synflow.synflow_with()),
        (checks.check_synflow, synflow_in_place),
        (checks.check_synflow, synflow_by_names),
        (checks.check_exponential, pruning.exponential),
        (checks.check_erdos_renyi, erdos_renyi.erdos_renyi_with()),
        (checks.check_erdos_renyi, sparsities_one_layer_at_a_time),
        (checks.check_prune_iteratively, pruning.prune_iteratively),
        (checks.check_prune_iteratively, boolean_masks),
        (checks.check_prune_iteratively, pruned_in_place),
        (checks.check_prune_iteratively, from_step_0),
        (checks.check_prune_iteratively, masks_like_the_scores),
        (checks.check_gradient_flow, importance.gradient_flow),
        (checks.check_gradient_flow, flow_as_a_tensor),
        (checks.check_gradient_flow, flow_by_indices),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_another_form_of_the_right_answer_is_accepted(check, answer):
    for _ in range(5):
        check(answer)


def with_detached_weights(gradients):
    def answer(model, batch):
        loss, weights = nn.functional.cross_entropy(model(batch[0]), batch[1]), prunable(model)
        return {n: (w * g).abs() for (n, w), g in zip(weights.items(), gradients(loss, weights))}

    return answer


def of_backward(loss, weights):
    loss.backward()
    return [w.grad for w in weights.values()]


def switched_on_too_late(loss, weights):
    return torch.autograd.grad(loss, [w.requires_grad_() for w in weights.values()])


def no_graph(model, batch, temperature=200.0):
    weights = list(networks.parameters_of(model).values())
    loss = nn.functional.cross_entropy(model(batch[0]) / temperature, batch[1])
    g = torch.autograd.grad(loss, weights)
    return torch.autograd.grad(sum((part * part).sum() for part in g), weights)


def without_no_grad(model, batch):
    for p in copy.deepcopy(model).parameters():
        p.abs_()


def with_biases(model, batch):
    return {name: p.detach().abs() for name, p in model.named_parameters()}


def summed(answer):
    return lambda *given: {name: score.sum() for name, score in answer(*given).items()}


def divides_by_nothing(shapes, sparsity):
    return erdos_renyi.right(shapes, sparsity) if sparsity else 1 / sparsity


def shrinks_while_it_looks(shapes, sparsity):
    found = erdos_renyi.erdos_renyi_with(rounds=0)(shapes, sparsity)
    for name, value in found.items():
        if value < 0:
            del found[name]
    return found


def iterative_by_library(time=lambda k, steps: k / steps, put=apply_masks, start=torch.ones_like):
    def answer(model, importance, schedule, steps, batch):
        twin = copy.deepcopy(model)
        masks = {name: start(w) for name, w in prunable(model).items() if start}
        for k in range(1, steps + 1):
            masks = keep_top(importance(twin, batch), schedule(time(k, steps)), within=masks)
            put(twin, masks)
        return masks

    return answer


def plain_product(model, masks):
    for name, mask in masks.items():
        model.get_parameter(name).mul_(mask)


def of_the_model_alone(model, importance, *others):
    return importance(model)


def sparsity_and_t(s, t):
    return 1 - (1 - s) ** t


@pytest.mark.parametrize(
    "check, answer, words",
    [
        (checks.check_snip, with_detached_weights(of_backward), "A .grad is None"),
        (
            checks.check_snip,
            with_detached_weights(switched_on_too_late),
            "does not come from these",
        ),
        (
            checks.check_snip,
            with_detached_weights(lambda loss, w: torch.autograd.grad(loss, [*w.values()])),
            "model.get_parameter(name) is the parameter itself",
        ),
        (checks.check_snip, with_biases, "biases are not"),
        (checks.check_snip, summed(importance.snip), "One score for each weight"),
        (checks.check_snip, lambda *given: list(importance.snip(*given).values()), "a dictionary"),
        (checks.check_grasp, no_graph, "create_graph=True"),
        (checks.check_synflow, without_no_grad, "only under torch.no_grad()"),
        (checks.check_synflow, lambda m, b: m(torch.ones(b[0].shape)), "ones in float64"),
        (
            checks.check_synflow,
            lambda m, b: m(torch.ones(1, 64).double()),
            "the shape of one example",
        ),
        (checks.check_exponential, lambda s: lambda t: 1 - (1 - s) ^ t, "** in Python"),
        (
            checks.check_exponential,
            lambda s: lambda t: torch.tensor(1 - s),
            "Return a plain number",
        ),
        (checks.check_exponential, sparsity_and_t, "Return a function of t"),
        (checks.check_exponential, lambda s: 1 - (1 - s) ** t, "Return a function of t"),  # noqa: F821
        (checks.check_exponential, lambda s: s, "Return the function itself"),
        (checks.check_exponential, lambda s: lambda t: None, "without a `return`"),
        (checks.check_erdos_renyi, divides_by_nothing, "none left to share among"),
        (checks.check_erdos_renyi, shrinks_while_it_looks, "Collect the names"),
        (checks.check_erdos_renyi, lambda shapes, s: {"fc1": 0.0}, "dense belong to it too"),
        (
            checks.check_prune_iteratively,
            iterative_by_library(time=lambda k, steps: 1 - (k - 1) / steps),
            "count k from 1 to steps",
        ),
        (
            checks.check_prune_iteratively,
            iterative_by_library(time=lambda k, steps: k),
            "takes t from 0 to 1",
        ),
        (
            checks.check_prune_iteratively,
            iterative_by_library(put=plain_product),
            "torch.no_grad()",
        ),
        (
            checks.check_prune_iteratively,
            iterative_by_library(start=None),
            "Begin with masks of ones",
        ),
        (checks.check_prune_iteratively, of_the_model_alone, "importance(model, batch)"),
        (checks.check_gradient_flow, lambda m, masks, b: apply_masks(m, masks)(b[0]), "in place"),
        (checks.check_gradient_flow, lambda *given: {"fc1": 1.0}, "one number"),
    ],
)
def test_a_wrong_answer_of_another_kind_is_told_its_mistake(check, answer, words):
    assert words in verdict(check, answer)


def test_scores_that_are_a_multiple_of_the_right_ones_are_told_so():
    def halved(model, batch):
        return {name: score / 2 for name, score in importance.snip(model, batch).items()}

    assert "every score is 0.5 times the right one" in verdict(checks.check_snip, halved)


def test_two_mistakes_in_one_answer_are_both_named():
    both = grasp.grasp_with(size=torch.abs, biases=False)
    told = verdict(checks.check_grasp, both)
    assert "Two things at once. The score is signed: no abs(). The biases are left out" in told


@pytest.mark.parametrize("temperature", [1.0, 200.0])
def test_the_right_scores_of_grasp_are_those_of_the_exact_hessian(generator, temperature):
    kinds = networks.seen_kinds(generator) + networks.unseen_kinds(generator)
    for _, model, examples in kinds:
        g, h = grasp.derivatives(model, examples, temperature)
        exact = split(model, flat(model) * (h @ g))
        found = grasp.right(model, examples, temperature)
        assert all(torch.allclose(found[name], exact[name]) for name in prunable(model))


def test_hidden_cells_ask_other_kinds_of_networks_than_the_visible_ones(generator):
    seen, unseen = networks.seen_kinds(generator), networks.unseen_kinds(generator)
    assert len(seen) == len(networks.SEEN) and len(unseen) >= 3
    assert not {words for words, *_ in seen} & {words for words, *_ in unseen}


def test_the_right_synflow_is_the_product_of_the_matrices(generator):
    model = networks.network(generator, 4, 5, 3)
    first, second = (w.abs() for w in prunable(model).values())
    found, whole = synflow.right(model, (torch.zeros(2, 4), torch.zeros(2))), (second @ first).sum()
    assert torch.allclose(found["fc1.weight"], first * second.sum(0)[:, None] / whole)
    assert torch.allclose(found["fc2.weight"], second * first.sum(1) / whole)


def test_the_gradient_by_gates_is_the_weight_times_its_gradient(generator):
    model = networks.network(generator, 4, 5, 3)
    examples = networks.batch(generator, model, 6)
    weights = networks.weights_of(model)
    slopes = networks.gradients(model, weights, examples)
    for name, g in snip.by_gates(model, examples).items():
        assert torch.allclose(g, weights[name] * slopes[name])


def test_the_right_densities_are_the_known_ones_and_a_second_layer_becomes_dense_in_the_chain():
    densities = [1 - s for s in erdos_renyi.right(erdos_renyi.CONVOLUTIONS, 0.9).values()]
    assert densities == pytest.approx([1.0, 0.1507, 0.0742, 1.0], abs=1e-4)
    assert erdos_renyi.right(erdos_renyi.TWO, 0.8) == pytest.approx(
        {"fc1": 1 - 2 * 40 / 300, "fc2": 1 - 2 * 50 / 600}
    )
    assert erdos_renyi.right(erdos_renyi.CHAIN, 0.75) == pytest.approx(
        {"large": 1 - (2610 - 440) / 10000, "middle": 0, "thin": 0}
    )


def test_the_right_flow_is_what_the_loss_falls_by_after_a_small_step(generator):
    model = networks.network(generator, 4, 5, 3)
    examples = networks.batch(generator, model, 6)
    masks = {
        n: (torch.rand(w.shape, generator=generator) < 0.6).double()
        for n, w in prunable(model).items()
    }
    weights = {n: w * masks[n] for n, w in networks.weights_of(model).items()}
    slopes = networks.gradients(model, weights, examples)

    def loss(step):
        moved = {n: w - step * masks[n] * slopes[n] for n, w in weights.items()}
        outputs = functional_call(model, moved, (examples[0],))
        return nn.functional.cross_entropy(outputs, examples[1]).item()

    fall = (loss(-1e-6) - loss(1e-6)) / 2e-6
    assert math.isclose(gradient_flow.right(model, masks, examples), fall, rel_tol=1e-5)
