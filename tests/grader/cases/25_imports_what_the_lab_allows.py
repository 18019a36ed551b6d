# row: 25
# says: imports rooms of the library that the lab's first cell imports too
# marks: rest full
# status: graded
# sentence: all 14 checks passed
# holds: warm cold landlock

# %% drop_small
import utils.model
from utils.checks.fresh import fresh_generator
from utils.model import mlp as make


def drop_small(model, threshold):
    assert make(2, 2)[0].weight.shape == (2, 2) and callable(fresh_generator)
    weights = [p.data for p in model.parameters() if p.dim() > 1]
    for w in weights:
        w *= w.abs() >= threshold
    return sum((w == 0).sum() for w in weights) / sum(w.numel() for w in weights)
