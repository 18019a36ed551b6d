"""Claim: at the same number of training steps, pruning little by little loses less than pruning at once."""
from collections.abc import Sequence

from utils.model import Data, evaluate, fit, loaders, mlp
from utils.pruning import GradualPruner
from utils.pruning.schedules import Schedule


def one_shot_or_gradual(data: Data, schedules: dict[str, Schedule], seeds: Sequence[int], epochs: int = 20, start: float = 0.25,
                        end: float = 0.75, widths: Sequence[int] = (64, 100, 100, 10)) -> list[dict]:
    """Train networks from scratch, each pruned along a schedule between the fractions `start` and `end` of its steps.

    One row a seed and schedule: `seed`, `schedule`, test `accuracy` in percent. All take the same number of steps.
    """
    rows = []
    for seed in seeds:
        for name, schedule in schedules.items():
            model, dataloader = mlp(*widths, seed=seed), loaders(data, seed=seed)
            steps = epochs * len(dataloader["train"])
            pruner = GradualPruner(model, schedule, round(start * steps), round(end * steps))
            fit(model, dataloader["train"], epochs, callbacks=[lambda: pruner.apply(model)])
            rows.append({"seed": seed, "schedule": name, "accuracy": evaluate(model, dataloader["test"])})
    return rows
