"""A small notebook made for these tests, so that they need no lecture."""

import nbformat

CELLS = (
    """
import numpy as np
from utils import plots
from utils.widgets import explore, predict, say, show

weights = np.random.default_rng(0).normal(size=(64, 64))

def draw(sparsity=0.5, ranking="size"):
    chance = np.random.default_rng(1).random(weights.shape)
    importance = np.abs(weights) if ranking == "size" else chance
    mask = importance > np.quantile(importance, sparsity)
    threshold = np.abs(weights)[~mask].max(initial=0) if ranking == "size" else None
    return plots.beside(
        plots.heatmap(weights, mask, title="Weights of a layer"),
        plots.weight_histogram(weights, threshold, mask=mask, title="Their histogram"),
    )

explore(draw, sparsity=(0, 0.95), ranking=["size", "chance"])
""",
    """
guess = predict("How many of 10 weights can go?", choices=("1", "5", "9"))
""",
    """
guess.reveal(plots.heatmap([[1.0, -2.0], [0.0, 3.0]]), "It was **nine**.")
""",
    """
other = predict("How many in a brain?", choices=("few", "many"))
other.reveal("Nobody knows.")
""",
    """
def fails(k=1):
    if k == 3:
        raise ValueError("three is too many")
    return plots.bars([{"word": "k", "value": k}], x="value", y="word")

explore(fails, k=(1, 5))
""",
    """
say(f"There are **{weights.size}** weights.")
show(plots.beside)
""",
)


def write(path):
    """Write the notebook, as one that is committed: without outputs."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source.strip()) for source in CELLS]
    )
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
