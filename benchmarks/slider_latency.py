"""How long a slider's figure takes to follow: `explore`, which changes it in place, against
`interact`, which draws anew.

    .venv/bin/python benchmarks/slider_latency.py [--json PATH] [--moves 50]

A notebook with both is opened in a real JupyterLab in Chromium, and each slider is dragged with the
mouse, 50 moves, one at a time. Measured in the page: from the pointermove to the last change of the
output's DOM (p50, p95), and to the next rendered frame. Then one drag without a pause: how long
after the last move the output still changes. Both draw the same figure: a heat map of a weight
matrix and its histogram.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from browser import jupyterlab  # noqa: E402

SIZES = (64, 512)
SETUP = """
import ipywidgets, numpy as np
from utils import plots
from utils.widgets import explore

def drawing(size):
    weights = np.random.default_rng(0).normal(size=(size, size))
    ordered = np.sort(np.abs(weights), axis=None)
    def draw(sparsity=0.0):
        threshold = ordered[int(sparsity * (ordered.size - 1))]
        matrix = plots.heatmap(weights, np.abs(weights) > threshold)
        return plots.beside(matrix, plots.weight_histogram(weights, threshold))
    return draw
"""
EXPLORE = "explore(drawing({size}), sparsity=(0, 0.95))"
INTERACT = (
    "ipywidgets.interact(drawing({size}), "
    "sparsity=ipywidgets.FloatSlider(min=0, max=0.95, step=0.01));"
)

# Notes when the pointer moved and when the output last changed; the slider's own parts do not
# count.
WATCH = """
cell => {
  const output = cell.querySelector(".jp-OutputArea");
  const own = ".course-controls, .widget-slider";
  const log = (window.latency = { moved: 0, changed: 0, frame: 0 });
  document.addEventListener("pointermove", () => { log.moved = performance.now(); }, true);
  new MutationObserver(changes => {
    const ours = change => (change.target.closest ?? (() => 0)).call(change.target, own);
    if (changes.every(ours)) return;
    log.changed = performance.now();
    requestAnimationFrame(() => (log.frame = performance.now()));
  }).observe(output, { subtree: true, childList: true, attributes: true, characterData: true });
}
"""
QUIET = 400  # milliseconds without a change after which an update counts as done


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    parser.add_argument("--moves", type=int, default=50)
    arguments = parser.parse_args()
    results = {
        "load": os.getloadavg()[0],
        "processors": os.cpu_count(),
        "moves": arguments.moves,
        "rows": [],
    }
    with tempfile.TemporaryDirectory() as folder:
        write_notebook(Path(folder) / "latency.ipynb")
        with jupyterlab.running(Path(folder)) as server, jupyterlab.chromium() as browser:
            page = jupyterlab.open_notebook(browser, server, "latency.ipynb")
            jupyterlab.run_all(page)
            results["rows"] = [
                {"size": size, "variant": variant}
                | measure(page, 1 + 2 * place + second, arguments.moves)
                for place, size in enumerate(SIZES)
                for second, variant in enumerate(("explore", "interact"))
            ]
    results["load_after"] = os.getloadavg()[0]
    show(results)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")


def write_notebook(path):
    """One cell to set up, then `explore` and `interact` for each size."""
    cells = [SETUP, *(cell.format(size=size) for size in SIZES for cell in (EXPLORE, INTERACT))]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell.strip()) for cell in cells]
    )
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    nbformat.write(notebook, path)


def measure(page, number, moves):
    """Drag the slider of a cell; return its latencies in milliseconds."""
    cell = page.locator(".jp-CodeCell").nth(number)
    cell.locator(".jp-OutputArea").first.scroll_into_view_if_needed()
    cell.locator(".main-svg").first.wait_for()
    page.wait_for_timeout(1500)
    cell.evaluate(WATCH)
    track = cell.locator("input[type=range], .noUi-base").first.bounding_box()
    places = [
        track["x"] + track["width"] * (0.05 + 0.9 * step / moves) for step in range(moves + 1)
    ]
    height = track["y"] + track["height"] / 2
    page.mouse.move(track["x"] + 1, height)
    page.mouse.down()
    changes, frames, missed = [], [], 0
    for place in places[1:]:
        log = move_and_wait(page, place, height)
        if log["changed"] < log["moved"]:
            missed += 1
            continue
        changes.append(log["changed"] - log["moved"])
        frames.append(log["frame"] - log["moved"])
    for place in [*places[::-1], *places]:
        page.mouse.move(place, height)
    page.mouse.up()
    lag = wait_until_quiet(page)
    p50, p95 = statistics.median(changes), statistics.quantiles(changes, n=20)[-1]
    return {
        "p50": p50,
        "p95": p95,
        "frame_p50": statistics.median(frames),
        "lag_after_drag": lag["changed"] - lag["moved"],
        "missed": missed,
    }


def move_and_wait(page, place, height):
    page.mouse.move(place, height)
    return wait_until_quiet(page)


def wait_until_quiet(page):
    """What was logged, once nothing has changed for a while."""
    page.wait_for_function(
        "quiet => performance.now() - "
        "Math.max(latency.moved, latency.changed, latency.frame) > quiet",
        arg=QUIET,
    )
    return page.evaluate("({...latency})")


def show(results):
    """Print the table and the ratio."""
    print(
        f"load {results['load']:.2f} -> {results['load_after']:.2f} "
        f"on {results['processors']} processors"
    )
    print(
        f"{'weights':>9}  {'':9} {'p50':>6} {'p95':>6} {'frame':>6} {'lag after drag':>15}   "
        "(milliseconds)"
    )
    for row in results["rows"]:
        print(
            f"{row['size']:>4}x{row['size']:<4}  {row['variant']:9} "
            f"{row['p50']:6.0f} {row['p95']:6.0f}"
            f" {row['frame_p50']:6.0f} {row['lag_after_drag']:15.0f}"
            + (f"   {row['missed']} missed" * bool(row["missed"]))
        )
    for size in SIZES:
        ours, theirs = (row for row in results["rows"] if row["size"] == size)
        print(f"{size}x{size}: p95 of explore is {ours['p95'] / theirs['p95']:.2f} of interact's")


if __name__ == "__main__":
    main()
