"""Claim: a ticket trains better from its own initial weights than from new ones.

What `find_ticket` does for one network, for many at once (an ensemble). Three arms share a level's
masks:

    ticket   the mask found by iterative magnitude pruning, rewound to the initial weights
    reinit   the same mask, new weights
    random   the initial weights, a random mask with the same density in each layer

A longer run, and one on files that you bring:

    python -m utils.experiments.lottery_tickets.tickets --data mnist1d --steps 3000 --json FILE
    python -m utils.experiments.lottery_tickets.tickets --data mnist --folder FOLDER
"""

import argparse
import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from utils.model import Data, Tensors, digits, mlp, mnist1d, prunable
from utils.model.data import fashion_mnist, mnist
from utils.model.ensemble import (
    Ensemble,
    accuracies,
    batch_orders,
    concatenate,
    ensemble_of,
    fast_products,
    first_members,
    layers_of,
    masks_of,
    stack_layers,
    train_ensemble,
    unmasked,
)
from utils.model.idx import SOURCES, IdxError
from utils.model.randomness import seeded_generator
from utils.pruning import keep_top
from utils.pruning.lottery import random_mask_like

ARMS = ("ticket", "reinit", "random")


class Setting(NamedTuple):
    """What decides the result. `widths` of the MLP; `keep`: the fraction of survivors that a
    level keeps.
    """

    widths: tuple[int, ...] = (40, 200, 100, 10)
    seeds: int = 5
    levels: int = 12
    keep: float = 0.7
    steps: int = 500
    batch: int = 64
    lr: float = 1.2e-3


DATA = {"digits": digits, "mnist1d": mnist1d, "mnist": mnist, "fashion-mnist": fashion_mnist}


def tickets_on(
    name: str, setting: Setting = Setting(), tick: Callable[[], None] = lambda: None
) -> dict:
    """`all_arms` on one of DATA."""
    return all_arms(DATA[name](), setting, tick)


def all_arms(
    data: Data, setting: Setting = Setting(), tick: Callable[[], None] = lambda: None
) -> dict:
    """Everything: {"rows": of all four arms, "masks": of seed 0 by level}."""
    rows, masks = tickets(data, setting, tick)
    return {"rows": rows + retained(data, setting, tick), "masks": masks}


@fast_products()
def tickets(
    data: Data, setting: Setting = Setting(), tick: Callable[[], None] = lambda: None
) -> tuple[list[dict], list[Tensors]]:
    """Every arm at every level: rows {"level", "density", "arm", "seed", "accuracy"}, and the
    masks of seed 0 by level.

    Level 0 is dense and the same for all arms. All arms of a seed see the same examples in the
    same order. `tick` is called after each of the `total_steps(setting)` optimizer steps.
    Accuracy in percent on the test data.
    """
    seeds = range(setting.seeds)
    networks = [mlp(*setting.widths, seed=seed) for seed in seeds]
    names = list(prunable(networks[0]))
    orders = batch_orders(seeds, setting.steps, setting.batch, len(data.train[1]))
    start = ensemble_of(networks)
    masks = unmasked(start)
    trained = train_ensemble(start, masks, data.train, orders, setting.lr, tick)
    rows = [
        {"level": 0, "density": 1.0, "arm": arm, "seed": seed, "accuracy": accuracy}
        for seed, accuracy in enumerate(accuracies(trained, data.test))
        for arm in ARMS
    ]
    found = [masks_of(names, masks, 0)]
    for level in range(1, setting.levels):
        density = setting.keep**level
        masks = pruned_further(trained, masks, 1 - density)
        fresh = ensemble_of(
            [mlp(*setting.widths, seed=10_000 + 100 * level + seed) for seed in seeds]
        )
        drawn = random_masks(masks, level)
        arms = train_ensemble(
            concatenate(start, fresh, start),
            [torch.cat(m) for m in zip(masks, masks, drawn)],
            data.train,
            orders.repeat(1, 3, 1),
            setting.lr,
            tick,
        )
        trained = first_members(arms, setting.seeds)
        rows += [
            {
                "level": level,
                "density": density,
                "arm": ARMS[k // setting.seeds],
                "seed": k % setting.seeds,
                "accuracy": accuracy,
            }
            for k, accuracy in enumerate(accuracies(arms, data.test))
        ]
        found.append(masks_of(names, masks, 0))
    return rows, found


@fast_products()
def retained(
    data: Data, setting: Setting = Setting(), tick: Callable[[], None] = lambda: None
) -> list[dict]:
    """The arm without a restart: after each pruning the trained weights that stay are
    trained on. Rows as in `tickets`, with the arm "retain"; level 0 is the dense network,
    trained once.
    """
    seeds = range(setting.seeds)
    trained = ensemble_of([mlp(*setting.widths, seed=seed) for seed in seeds])
    orders = batch_orders(seeds, setting.steps, setting.batch, len(data.train[1]))
    masks, rows = unmasked(trained), []
    for level in range(setting.levels):
        if level:
            masks = pruned_further(trained, masks, 1 - setting.keep**level)
        trained = train_ensemble(trained, masks, data.train, orders, setting.lr, tick)
        rows += [
            {
                "level": level,
                "density": setting.keep**level,
                "arm": "retain",
                "seed": seed,
                "accuracy": accuracy,
            }
            for seed, accuracy in enumerate(accuracies(trained, data.test))
        ]
    return rows


def total_steps(setting: Setting) -> int:
    """How often `tickets` calls `tick`, and `retained` too."""
    return setting.levels * setting.steps


def pruned_further(trained: Ensemble, masks: list[Tensor], sparsity: float) -> list[Tensor]:
    """The next masks: in each member the largest weights of all layers together, among its
    survivors.
    """
    magnitudes = [w.abs() for w in trained.weights]
    return stack_layers(
        [
            keep_top(layers_of(magnitudes, member), sparsity, within=layers_of(masks, member))
            for member in range(len(masks[0]))
        ]
    )


def random_masks(masks: list[Tensor], level: int) -> list[Tensor]:
    """For each member and layer as many weights at random places."""
    return stack_layers(
        [
            random_mask_like(layers_of(masks, member), seeded_generator(1000 * level + member))
            for member in range(len(masks[0]))
        ]
    )


def main() -> None:
    """Run one setting and write its rows, with the command that made them."""
    parser = argparse.ArgumentParser(
        description="Lottery tickets of an MLP with two hidden layers of 200 and 100 units."
    )
    parser.add_argument("--data", choices=DATA, default="mnist1d")
    parser.add_argument("--folder", type=Path, help="where the files of mnist or fashion-mnist are")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there")
    for name in ("seeds", "levels", "steps"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Setting(), name))
    options = parser.parse_args()
    if options.folder and options.data not in SOURCES:
        parser.error(f"--folder is for {' and '.join(SOURCES)}: {options.data} needs no files")
    try:
        data = (
            DATA[options.data](options.folder) if options.data in SOURCES else DATA[options.data]()
        )
    except IdxError as error:
        raise SystemExit(str(error)) from None
    setting = Setting(
        (data.train[0].shape[1], 200, 100, 10), options.seeds, options.levels, steps=options.steps
    )
    done, total = 0, 2 * total_steps(setting)

    def tick():
        nonlocal done
        done += 1
        if done % 100 == 0 or done == total:
            print(f"\r{done:,} of {total:,} steps", end="" if done < total else "\n", flush=True)

    rows = all_arms(data, setting, tick)["rows"]
    for arm in (*ARMS, "retain"):
        mean = [
            sum(r["accuracy"] for r in rows if (r["arm"], r["level"]) == (arm, level))
            / setting.seeds
            for level in range(setting.levels)
        ]
        print(f"{arm:8}" + "".join(f"{value:6.1f}" for value in mean))
    if options.json:
        command = shlex.join(
            ["python", "-m", "utils.experiments.lottery_tickets.tickets", *sys.argv[1:]]
        )
        rows = [
            row | {"density": round(row["density"], 6), "accuracy": round(row["accuracy"], 2)}
            for row in rows
        ]
        lines = ",\n".join(json.dumps(row) for row in rows)
        options.json.write_text(
            f'{{"command": {json.dumps(command)}, "setting": {json.dumps(setting._asdict())},\n'
            f'"rows": [\n{lines}\n]}}\n'
        )


if __name__ == "__main__":
    main()
