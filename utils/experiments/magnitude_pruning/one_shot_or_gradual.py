"""Claim: at the same number of training steps, pruning little by little loses less than
pruning at once, when the steps left are few.
"""

from collections.abc import Sequence

from utils.importance import magnitude
from utils.model import Data, evaluate, fit, loaders, mlp, sparsity
from utils.pruning import GradualPruner
from utils.pruning.schedules import Schedule


def over_time(
    data: Data,
    schedules: dict[str, Schedule],
    seeds: Sequence[int],
    epochs: int = 20,
    start: float = 0.25,
    end: float = 0.75,
    widths: Sequence[int] = (64, 100, 100, 10),
    importance=magnitude,
) -> list[dict]:
    """Train networks from scratch, each pruned along a schedule between the fractions `start`
    and `end` of its steps.

    One row a seed, schedule and epoch: `seed`, `schedule`, `epoch` (1 is the first), `sparsity`
    and test `accuracy` in percent after it. All take the same number of steps.
    """
    rows = []
    for seed in seeds:
        for name, schedule in schedules.items():
            model, dataloader = mlp(*widths, seed=seed), loaders(data, seed=seed)
            batches = len(dataloader["train"])
            pruner = GradualPruner(
                model,
                schedule,
                round(start * epochs * batches),
                round(end * epochs * batches),
                importance=importance,
            )

            def step():
                pruner.apply(model)
                if pruner.step % batches == 0:
                    rows.append(
                        {
                            "seed": seed,
                            "schedule": name,
                            "epoch": pruner.step // batches,
                            "sparsity": sparsity(pruner.masks),
                            "accuracy": evaluate(model, dataloader["test"]),
                        }
                    )
                    model.train()

            fit(model, dataloader["train"], epochs, callbacks=[step])
    return rows


def one_shot_or_gradual(
    data: Data, schedules: dict[str, Schedule], seeds: Sequence[int], epochs: int = 20, **more
) -> list[dict]:
    """The last epoch of each: one row a seed and schedule."""
    return [
        row for row in over_time(data, schedules, seeds, epochs, **more) if row["epoch"] == epochs
    ]
