"""Training under a constant number of connections, while some of them move: drop and
grow.
"""

from utils.sparse_training.deep_r import DeepR, deep_r_rewire
from utils.sparse_training.dsr import DSR, apportion, dsr_rewire
from utils.sparse_training.memory import training_memory
from utils.sparse_training.rigl import RigL, rigl_rewire
from utils.sparse_training.set import SET, set_rewire
from utils.sparse_training.topology import (
    DynamicPruner,
    cosine_drop,
    drop_smallest,
    grow,
    grow_at_random,
    random_topology,
    rescale,
    start_grown,
)

__all__ = [
    "DSR",
    "DeepR",
    "DynamicPruner",
    "RigL",
    "SET",
    "apportion",
    "cosine_drop",
    "deep_r_rewire",
    "drop_smallest",
    "dsr_rewire",
    "grow",
    "grow_at_random",
    "random_topology",
    "rescale",
    "rigl_rewire",
    "set_rewire",
    "start_grown",
    "training_memory",
]
