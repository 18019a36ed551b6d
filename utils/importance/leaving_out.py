"""An importance that leaves tensors alone: what it does not score is not pruned."""

from collections.abc import Callable, Collection

from torch import nn

from utils.model.parameters import Tensors, prunable

Importance = Callable[..., Tensors]


def leaving_out(importance: Importance, names: Collection[str]) -> Importance:
    """The importance without the tensors of these names: an embedding, the last layer.

    Where it is used, `masks` have no entry for them and a sparsity does not count them. The
    returned function raises KeyError for a name that is not one of the model's prunable tensors.
    """

    def scores(model: nn.Module, *more, **named) -> Tensors:
        unknown = set(names) - prunable(model).keys()
        if unknown:
            raise KeyError(
                f"not prunable: {', '.join(sorted(unknown))}; prunable are "
                f"{', '.join(prunable(model))}"
            )
        found = importance(model, *more, **named)
        return {name: score for name, score in found.items() if name not in names}

    return scores
