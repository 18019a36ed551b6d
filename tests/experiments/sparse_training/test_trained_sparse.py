"""Sparse training of many networks at once is that of one network alone, and lecture 10's claims
hold at a small size.
"""

import pandas as pd
import pytest
import torch

from tests.experiments.sparse_training.alone import STEPS, WIDTHS, alone
from utils.experiments.sparse_training.trained_sparse import (
    ARMS,
    Case,
    counted,
    moved,
    starts,
    trained_sparse,
)
from utils.model import digits, mlp, num_weights, prunable
from utils.pruning import erdos_renyi, uniform
from utils.sparse_training import cosine_drop

N = num_weights(mlp(*WIDTHS))


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
