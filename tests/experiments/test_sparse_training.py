"""Sparse training of many networks at once is that of one network alone, and lecture 10's claims
hold at a small size.
"""

import pandas as pd
import pytest
import torch
from torch import nn

from utils.experiments.sparse_training.how_much_deep_r_moves import how_much_deep_r_moves
from utils.experiments.sparse_training.trained_sparse import (
    ARMS,
    Case,
    counted,
    moved,
    starts,
    trained_sparse,
)
from utils.experiments.sparse_training.two_goals import (
    CRITERIA,
    MEASURES,
    measured,
    rank_correlation,
    two_goals,
)
from utils.model import digits, loss_on, mlp, num_weights, prunable
from utils.model.ensemble import batch_orders
from utils.model.randomness import seeded_generator
from utils.pruning import erdos_renyi, keep_top, uniform
from utils.sparse_training import DSR, SET, DeepR, DynamicPruner, RigL, cosine_drop

WIDTHS, STEPS = (64, 30, 10), 60
N = num_weights(mlp(*WIDTHS))


class Turned(nn.Module):
    """The network with its weights stored as (in, out), as the engine has them: the same draws then
    fall on the same places.
    """

    def __init__(self, network):
        super().__init__()
        layers = [layer for layer in network if isinstance(layer, nn.Linear)]
        self.weights = nn.ParameterList([layer.weight.detach().T.clone() for layer in layers])
        self.biases = nn.ParameterList([layer.bias.detach().clone() for layer in layers])

    def forward(self, x):
        for number, (w, b) in enumerate(zip(self.weights, self.biases)):
            x = (x if number == 0 else x.relu()) @ w + b
        return x


class NoStepLost(RigL):
    """RigL as in the experiment: growing comes between two steps of the optimizer, not instead of
    one.
    """

    def rewire(self, model, batch):
        super().rewire(model, batch)
        self.step -= 1


PRUNERS = {
    "static": lambda model, masks, optimizer, generator: DynamicPruner(model, masks, optimizer),
    "SET": lambda model, masks, optimizer, generator: SET(model, masks, optimizer, 0.3, generator),
    "DSR": lambda model, masks, optimizer, generator: DSR(
        model,
        masks,
        optimizer,
        round(0.3 * sum(int(m.sum()) for m in masks.values())),
        generator=generator,
    ),
    "RigL": lambda model, masks, optimizer, generator: NoStepLost(
        model, masks, optimizer, round(0.75 * STEPS), 0.3
    ),
    "DEEP R": lambda model, masks, optimizer, generator: DeepR(
        model, masks, optimizer, 1e-2, 1e-6, generator
    ),
}


def alone(case, data, optimizer_type, lr):
    """(accuracy, masks at the start and at the end) of a case trained in the plain way with the
    pruner of the library.
    """
    (network,), start = starts(WIDTHS, [case])
    model, masks = Turned(network), {f"weights.{k}": m[0] for k, m in enumerate(start)}
    optimizer = optimizer_type(model.parameters(), lr=lr)
    pruner = PRUNERS[case.arm](model, masks, optimizer, seeded_generator(case.seed + 1000))
    for step, order in enumerate(batch_orders([case.seed], STEPS, 64, len(data.train[1]))[:, 0]):
        batch = data.train[0][order], data.train[1][order]
        if step and step % case.every == 0 and case.arm in ("SET", "DSR", "RigL"):
            pruner.rewire(model, batch)
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(batch[0]), batch[1]).backward()
        optimizer.step()
        if (
            case.arm != "DEEP R" or step < STEPS - 1
        ):  # the experiment does not rewire after the last step
            pruner.apply(model)
    accuracy = 100 * float((model(data.test[0]).argmax(1) == data.test[1]).double().mean())
    return accuracy, start, [mask[None] for mask in pruner.masks.values()]


@pytest.mark.parametrize("arm", ["static", "SET", "DSR", "RigL"])
def test_a_case_is_the_network_that_the_pruner_trains_alone(arm):
    case, others = Case(0.2, arm, 1, every=4), [Case(0.1, "SET", 0, 7), Case(0.3, "RigL", 2, 4)]
    accuracy, start, end = alone(case, digits(), torch.optim.Adam, 1e-2)
    row = trained_sparse(digits(), WIDTHS, [others[0], case, others[1]], STEPS, lr=1e-2)[1]
    expected, last = counted(end, 0, 56), row["over time"][-1]
    apart = sum(
        abs(a - b)
        for key in ("layers", "inputs")
        for a, b in zip(last[key], expected[key], strict=True)
    )
    assert last["step"] == 56
    assert apart <= 4  # of 440: rounding may turn a tie
    assert row["moved"] == pytest.approx(moved(start, end, 0), abs=0.01) and row[
        "accuracy"
    ] == pytest.approx(accuracy, abs=2)
    assert (row["moved"] == 0) == (arm == "static")


def test_deep_rs_members_walk_as_the_pruner_does_alone():
    rows = how_much_deep_r_moves(digits(), WIDTHS, 0.2, (None, 1e-2), (1, 3), STEPS, lr=0.1)
    assert [(row["pull"], row["seed"]) for row in rows] == [
        (None, 1),
        (None, 3),
        (1e-2, 1),
        (1e-2, 3),
    ]
    static, start, end = alone(Case(0.2, "static", 1), digits(), torch.optim.SGD, 0.1)
    assert rows[0]["moved"] == 0 and rows[0]["accuracy"] == pytest.approx(static, abs=2)
    walked, start, end = alone(Case(0.2, "DEEP R", 1), digits(), torch.optim.SGD, 0.1)
    assert rows[2]["moved"] == pytest.approx(
        moved(start, end, 0), abs=0.02
    )  # rounding is another, and a walk spreads it
    assert rows[2]["accuracy"] == pytest.approx(walked, abs=6)


@pytest.fixture(scope="module")
def runs():
    return trained_sparse(
        digits(),
        WIDTHS,
        [Case(density, arm, 0, every=10) for density in (0.2, 0.05) for arm in ARMS],
        2 * STEPS,
        lr=1e-2,
    )


def test_with_a_cosine_nothing_moves_in_the_last_quarter(runs):
    for row in runs:
        late = [now["inputs"] for now in row["over time"] if now["step"] >= 1.5 * STEPS]
        still = all(inputs == late[0] for inputs in late)
        assert len(late) == 3 and still == (row["arm"] not in ("SET", "DSR"))


def test_the_number_of_connections_stays_and_only_dsr_moves_it_between_layers(runs):
    assert [(row["density"], row["arm"]) for row in runs] == [
        (density, arm) for density in (0.2, 0.05) for arm in ARMS
    ]
    for row in runs:
        assert [now["step"] for now in row["over time"]] == list(range(0, 2 * STEPS, 10))
        first = row["over time"][0]["layers"]
        assert sum(first) == pytest.approx(row["density"] * N, abs=2)
        for now in row["over time"]:
            assert (
                sum(now["layers"]) == sum(first)
                and sum(now["inputs"]) == now["layers"][0]
                and len(now["inputs"]) == 64
            )
        assert (row["over time"][-1]["layers"] == first) == (row["arm"] != "DSR")
        assert (row["moved"] > 0) == ("static" not in row["arm"])


def test_the_starts_have_the_shares_of_their_arm_and_the_size_of_the_dense_network():
    cases = [Case(0.1, arm, 0) for arm in ARMS]
    networks, masks = starts(WIDTHS, cases)
    for e, (case, network) in enumerate(zip(cases, networks)):
        shares = (uniform if "uniform" in case.arm else erdos_renyi)(network, 0.9)
        for m, (name, weight) in zip(masks, prunable(network).items()):
            assert int(m[e].sum()) == weight.numel() - round(shares[name] * weight.numel())
            assert torch.equal(weight != 0, m[e].T != 0)
            assert float(weight.square().mean()) == pytest.approx(
                2 / weight.shape[1], rel=0.3
            )  # He's variance


def test_after_three_quarters_rigl_moves_nothing():
    """With the only rewiring after that, the network stays static; a little before, it moves what
    the cosine says.
    """
    late, early = trained_sparse(
        digits(), WIDTHS, [Case(0.2, "RigL", 0, every) for every in (46, 30)], STEPS
    )
    assert late["moved"] == 0
    dropped = sum(
        round(cosine_drop(30, 45, 0.3) * kept) for kept in early["over time"][0]["layers"]
    ) / sum(early["over time"][0]["layers"])
    assert 0 < early["moved"] <= dropped + 1e-9


def test_moved_is_the_part_at_the_end_that_was_not_there_at_the_start():
    start, end = (
        [torch.tensor([[[1.0, 1, 0, 0]], [[1, 1, 1, 1]]])],
        [torch.tensor([[[1.0, 0, 1, 1]], [[1, 1, 1, 1]]])],
    )
    assert moved(start, end, 0) == pytest.approx(2 / 3) and moved(start, end, 1) == 0
    assert moved(start + start, end + start, 0) == pytest.approx(2 / 5)  # all layers together


def test_with_2_percent_rigl_is_far_better_than_static_and_static_than_uniform():
    cases = [
        Case(0.02, arm, seed, every=25)
        for arm in ("static, uniform", "static", "RigL")
        for seed in range(3)
    ]
    mean = (
        pd.DataFrame(trained_sparse(digits(), (64, 100, 100, 10), cases, 500))
        .groupby("arm")["accuracy"]
        .mean()
    )
    assert mean["RigL"] > mean["static"] + 15 and mean["static"] > mean["static, uniform"] + 5


def test_a_weak_pull_moves_little_and_a_strong_one_nearly_everything():
    weak, middle, strong = (
        row["moved"]
        for row in how_much_deep_r_moves(digits(), WIDTHS, 0.1, (1e-4, 1e-2, 1e-1), (0,), 300)
    )
    assert 2 * weak < middle and 3 * middle < strong


@pytest.fixture(scope="module")
def goals():
    return two_goals(digits(), WIDTHS, (0.5, 0.03), (0, 1), steps=60)


def test_the_rows_of_two_goals_are_complete_and_their_measures_finite(goals):
    assert [(row["moment"], row["density"], row["criterion"], row["seed"]) for row in goals] == [
        (moment, density, criterion, seed)
        for moment in ("at initialization", "after training")
        for density in (0.5, 0.03)
        for criterion in CRITERIA
        for seed in (0, 1)
    ]
    values = torch.tensor([[row[name] for name in MEASURES] for row in goals])
    assert values.isfinite().all() and (values[:, 1] >= 0).all() and (values[:, 0] < 0).all()


def test_a_trained_network_pruned_a_little_has_a_smaller_loss_than_an_untrained_one(goals):
    for seed in (0, 1):
        loss = {
            row["moment"]: -row["- loss after pruning"]
            for row in goals
            if (row["density"], row["criterion"], row["seed"]) == (0.5, "magnitude", seed)
        }
        assert loss["after training"] < loss["at initialization"] - 0.5


def test_what_is_pruned_stays_pruned_and_3_percent_at_random_are_far_worse_than_half(goals):
    mean = (
        pd.DataFrame(goals)
        .query("criterion == 'random'")
        .groupby(["moment", "density"])["accuracy"]
        .mean()
    )
    for moment in ("at initialization", "after training"):
        assert mean[moment, 0.5] > mean[moment, 0.03] + 20


def test_the_measures_are_those_of_the_pruned_network():
    model, (x, y) = mlp(*WIDTHS, seed=0).double(), digits().train
    batch = x[:200].double(), y[:200]
    masks = keep_top({name: w.abs() for name, w in prunable(model).items()}, 0.5)
    found = measured(model, masks, batch)
    pruned = mlp(*WIDTHS, seed=0).double()
    with torch.no_grad():
        for name, mask in masks.items():
            pruned.get_parameter(name).mul_(mask)
    assert found["- loss after pruning"] == pytest.approx(-loss_on(pruned, batch))

    def falls(direction):
        """How fast the loss falls along -direction, by a small step."""
        step, loss = 1e-6, loss_on(pruned, batch)
        with torch.no_grad():
            for name, part in direction.items():
                pruned.get_parameter(name).sub_(step * part)
        after = loss_on(pruned, batch)
        with torch.no_grad():
            for name, part in direction.items():
                pruned.get_parameter(name).add_(step * part)
        return (loss - after) / step

    nn.functional.cross_entropy(pruned(batch[0]), batch[1]).backward()
    assert found["gradient flow"] == pytest.approx(
        falls({name: mask * pruned.get_parameter(name).grad for name, mask in masks.items()}),
        rel=1e-3,
    )
    assert found["mean signed gradient"] * sum(
        int(m.sum()) for m in masks.values()
    ) == pytest.approx(falls(masks), rel=1e-3)


def test_rank_correlation_is_spearmans():
    rows = [
        {"accuracy": a, "up": a**3, "down": -a, "mixed": m}
        for a, m in zip((10.0, 20.0, 30.0, 40.0), (1, 2, 4, 3))
    ]
    assert rank_correlation(rows, "up") == pytest.approx(1) and rank_correlation(
        rows, "down"
    ) == pytest.approx(-1)
    assert rank_correlation(rows, "mixed") == pytest.approx(
        1 - 6 * 2 / (4 * 15)
    )  # by hand: two ranks are off by one
    generator = torch.Generator().manual_seed(0)
    drawn = pd.DataFrame(
        torch.rand(30, 2, generator=generator).numpy(), columns=["accuracy", "measure"]
    )
    assert rank_correlation(drawn.to_dict("records"), "measure") == pytest.approx(
        drawn["accuracy"].rank().corr(drawn["measure"].rank())
    )
