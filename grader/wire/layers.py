"""Networks by constructor: the layers of torch.nn that cross between checker and box, and the
arguments that rebuild them."""

from typing import Any

from torch import nn

CONVOLUTION = (
    "in_channels",
    "out_channels",
    "kernel_size",
    "stride",
    "padding",
    "dilation",
    "groups",
    "bias",
    "padding_mode",
)
NORM = ("num_features", "eps", "momentum", "affine", "track_running_stats")
MAX_POOL = ("kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode")
AVERAGE_POOL = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")

# an argument is the attribute of the same name; bias: whether there is one
LAYERS = {
    nn.Linear: ("in_features", "out_features", "bias"),
    nn.Conv1d: CONVOLUTION,
    nn.Conv2d: CONVOLUTION,
    nn.BatchNorm1d: NORM,
    nn.BatchNorm2d: NORM,
    nn.LayerNorm: ("normalized_shape", "eps", "elementwise_affine", "bias"),
    nn.Embedding: (
        "num_embeddings",
        "embedding_dim",
        "padding_idx",
        "max_norm",
        "norm_type",
        "scale_grad_by_freq",
        "sparse",
    ),
    nn.ReLU: ("inplace",),
    nn.LeakyReLU: ("negative_slope", "inplace"),
    nn.ELU: ("alpha", "inplace"),
    nn.GELU: ("approximate",),
    nn.Tanh: (),
    nn.Sigmoid: (),
    nn.SiLU: ("inplace",),
    nn.Softplus: ("beta", "threshold"),
    nn.Identity: (),
    nn.Softmax: ("dim",),
    nn.LogSoftmax: ("dim",),
    nn.Flatten: ("start_dim", "end_dim"),
    nn.Unflatten: ("dim", "unflattened_size"),
    nn.MaxPool1d: MAX_POOL,
    nn.MaxPool2d: MAX_POOL,
    nn.AvgPool1d: AVERAGE_POOL,
    nn.AvgPool2d: (*AVERAGE_POOL, "divisor_override"),
    nn.AdaptiveAvgPool1d: ("output_size",),
    nn.AdaptiveAvgPool2d: ("output_size",),
    nn.Dropout: ("p", "inplace"),
    nn.Dropout2d: ("p", "inplace"),
    nn.CrossEntropyLoss: ("ignore_index", "reduction", "label_smoothing"),
    nn.NLLLoss: ("ignore_index", "reduction"),
    nn.MSELoss: ("reduction",),
    nn.L1Loss: ("reduction",),
    nn.BCELoss: ("reduction",),
    nn.BCEWithLogitsLoss: ("reduction",),
}
CONTAINERS = (
    nn.Sequential,
    nn.ModuleList,
    nn.ModuleDict,
    nn.Module,
)  # nn.Module itself: parameters and children, no forward
BY_NAME = {kind.__name__: kind for kind in [*LAYERS, *CONTAINERS]}


BY_WEIGHTS = {
    "in_features",
    "out_features",
    "in_channels",
    "out_channels",
    "num_features",
    "normalized_shape",
    "num_embeddings",
    "embedding_dim",
    "padding_idx",
    "unflattened_size",
}  # sizes that cost nothing, or no more than the weights that come
LARGEST = 1000  # of any other size: of a kernel, a padding, an output
WITH_WEIGHTS = {
    nn.Linear,
    nn.Conv1d,
    nn.Conv2d,
    nn.BatchNorm1d,
    nn.BatchNorm2d,
    nn.LayerNorm,
    nn.Embedding,
}


def crosses(module: nn.Module) -> bool:
    """Whether a network can be rebuilt: each layer in it is of a kind above and has its weights."""
    return all(
        type(part) in CONTAINERS or type(part) in LAYERS and has_weights(part)
        for part in nn.Module.modules(module)
    )


def has_weights(layer: nn.Module) -> bool:
    """Whether the weights that a layer computes with are there and hold numbers."""
    has_some = (
        type(layer) in WITH_WEIGHTS
        and getattr(layer, "affine", True)
        and getattr(layer, "elementwise_affine", True)
    )
    lacks_one = layer._parameters.get("weight") is None or (
        "bias" not in layer._parameters and type(layer) is not nn.Embedding
    )
    return not (has_some and lacks_one) and not any(
        value is not None and value.is_meta
        for value in (*layer._parameters.values(), *layer._buffers.values())
    )


def arguments(module: nn.Module) -> dict[str, Any]:
    """The constructor's arguments of a layer, by name."""
    return {
        name: module.bias is not None if name == "bias" else getattr(module, name)
        for name in LAYERS.get(type(module), ())
    }


def build(name: Any, given: dict[str, Any]) -> nn.Module:
    """A layer or container without memory for its weights (on torch's device "meta"). ValueError
    for anything else."""
    kind = BY_NAME.get(name)
    if (
        kind is None
        or set(given) != set(LAYERS.get(kind, ()))
        or not all(is_argument(*pair) for pair in given.items())
    ):
        raise ValueError(f"no layer {name!r} with the arguments {sorted(given)}")
    return kind(**given, device="meta") if kind in WITH_WEIGHTS else kind(**given)


def is_argument(name: str, value: Any) -> bool:
    """Whether a value can be an argument of a layer: plain, and no size that would cost time or
    memory."""
    parts = value if isinstance(value, tuple) else (value,)
    return len(parts) <= 8 and all(
        part is None
        or type(part) in (bool, float, str)
        or type(part) is int
        and (name in BY_WEIGHTS or abs(part) <= LARGEST)
        for part in parts
    )
