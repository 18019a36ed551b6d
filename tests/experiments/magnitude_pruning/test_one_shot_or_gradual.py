import pytest

from tests.experiments.rows import mean
from utils.experiments.magnitude_pruning.one_shot_or_gradual import one_shot_or_gradual, over_time
from utils.model import digits
from utils.pruning import cubic, one_shot


def test_gradual_pruning_beats_pruning_at_once_before_training():
    rows = one_shot_or_gradual(
        digits(),
        {"at once": one_shot(0.95), "cubic": cubic(0.95)},
        seeds=(0, 1),
        epochs=8,
        start=0.0,
        end=0.75,
    )
    assert (
        mean(rows, "accuracy", schedule="cubic") > mean(rows, "accuracy", schedule="at once") + 20
    )


def test_a_run_is_told_epoch_by_epoch_and_its_last_one_is_the_result():
    ways = {"cubic": cubic(0.9), "at once": one_shot(0.9)}
    rows = over_time(digits(), ways, seeds=[0], epochs=4, start=0.25, end=0.75)
    assert [(r["schedule"], r["epoch"]) for r in rows] == [
        (way, epoch) for way in ways for epoch in (1, 2, 3, 4)
    ]
    sparsities = {way: [r["sparsity"] for r in rows if r["schedule"] == way] for way in ways}
    assert sparsities["at once"] == pytest.approx([0.9] * 4, abs=1e-3)
    assert (
        0
        <= sparsities["cubic"][0]
        < sparsities["cubic"][1]
        < sparsities["cubic"][2]
        == pytest.approx(0.9, abs=1e-3)
    )
    assert one_shot_or_gradual(digits(), ways, [0], epochs=4, start=0.25, end=0.75) == [
        r for r in rows if r["epoch"] == 4
    ]
