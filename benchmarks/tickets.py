"""CPU time for one training step of one network: the engine of the lottery tickets against two
plain loops.

    .venv/bin/python benchmarks/tickets.py [--steps 200] [--rounds 5] [--json PATH]

The same networks (an MLP for MNIST-1D, 40-200-100-10), the same data, the same batches, Adam, and
the zeros put back after every step, all in one run on one thread: (a) a DataLoader with shuffling
and a collated batch, (b) tensors in memory, indexed; ours trains 15 networks at once, as a level of
the figure does. Rounds are taken in turns, and the median is told. CPU time (process_time) is less
disturbed by other work on the machine than time on the wall; the ratios are what counts.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from utils.experiments.lottery_tickets.tickets import Setting  # noqa: E402
from utils.importance import magnitude  # noqa: E402
from utils.model import mlp, mnist1d  # noqa: E402
from utils.model.ensemble import batch_orders, ensemble_of, fast_products, train_ensemble  # noqa: E402
from utils.pruning import apply_masks, keep_top  # noqa: E402

MEMBERS = 15


def dataloader_loop(network, masks, data, order, setting):
    """(a) What most notebooks do."""
    loader = DataLoader(TensorDataset(*data), batch_size=setting.batch, shuffle=True)
    optimizer, steps = torch.optim.Adam(network.parameters(), lr=setting.lr), 0
    while steps < len(order):
        for x, y in loader:
            step(network, masks, optimizer, x, y)
            steps += 1
            if steps == len(order):
                break


def memory_loop(network, masks, data, order, setting):
    """(b) The same without a DataLoader."""
    optimizer = torch.optim.Adam(network.parameters(), lr=setting.lr)
    for examples in order:
        step(network, masks, optimizer, data[0][examples], data[1][examples])


def step(network, masks, optimizer, x, y):
    optimizer.zero_grad()
    nn.functional.cross_entropy(network(x), y).backward()
    optimizer.step()
    apply_masks(network, masks)


def measure(steps, rounds):
    data, setting = mnist1d().train, Setting()
    networks = [mlp(*setting.widths, seed=seed) for seed in range(MEMBERS)]
    masks = [keep_top(magnitude(network), 0.7) for network in networks]
    together = [torch.stack([mask[name].T for mask in masks]) for name in masks[0]]
    orders = batch_orders(range(MEMBERS), steps, setting.batch, len(data[1]))

    def ours():
        with fast_products():
            train_ensemble(ensemble_of(networks), together, data, orders, setting.lr)

    ways = {
        "(a) DataLoader, Adam": (
            lambda: dataloader_loop(
                mlp(*setting.widths, seed=0), masks[0], data, orders[:, 0], setting
            ),
            1,
        ),
        "(b) tensors in memory, Adam": (
            lambda: memory_loop(
                mlp(*setting.widths, seed=0), masks[0], data, orders[:, 0], setting
            ),
            1,
        ),
        "ours, 15 networks at once": (ours, MEMBERS),
    }
    taken = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (train, networks_trained) in ways.items():
            start = time.process_time()
            train()
            taken[name].append((time.process_time() - start) / (steps * networks_trained))
    return {name: 1e6 * statistics.median(times) for name, times in taken.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    micros = measure(options.steps, options.rounds)
    ours = micros["ours, 15 networks at once"]
    for name, value in micros.items():
        print(
            f"{name:30} {value:6.0f} microseconds of CPU for a step of one network, "
            f"{value / ours:.1f} times ours"
        )
    if options.json:
        options.json.write_text(json.dumps(micros, indent=1) + "\n")


if __name__ == "__main__":
    main()
