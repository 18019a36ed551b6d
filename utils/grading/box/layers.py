"""Networks by constructor: the layers of torch.nn that cross between checker and box, and the arguments that rebuild them."""
from torch import nn

CONVOLUTION = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias", "padding_mode")
NORM = ("num_features", "eps", "momentum", "affine", "track_running_stats")
MAX_POOL = ("kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode")
AVERAGE_POOL = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")

# an argument is the attribute of the same name; bias: whether there is one
LAYERS = {
    nn.Linear: ("in_features", "out_features", "bias"),
    nn.Conv1d: CONVOLUTION, nn.Conv2d: CONVOLUTION,
    nn.BatchNorm1d: NORM, nn.BatchNorm2d: NORM,
    nn.LayerNorm: ("normalized_shape", "eps", "elementwise_affine"),
    nn.Embedding: ("num_embeddings", "embedding_dim"),
    nn.ReLU: ("inplace",), nn.LeakyReLU: ("negative_slope", "inplace"), nn.ELU: ("alpha", "inplace"), nn.GELU: ("approximate",),
    nn.Tanh: (), nn.Sigmoid: (), nn.SiLU: ("inplace",), nn.Softplus: ("beta", "threshold"), nn.Identity: (),
    nn.Softmax: ("dim",), nn.LogSoftmax: ("dim",),
    nn.Flatten: ("start_dim", "end_dim"), nn.Unflatten: ("dim", "unflattened_size"),
    nn.MaxPool1d: MAX_POOL, nn.MaxPool2d: MAX_POOL, nn.AvgPool1d: AVERAGE_POOL, nn.AvgPool2d: AVERAGE_POOL,
    nn.AdaptiveAvgPool1d: ("output_size",), nn.AdaptiveAvgPool2d: ("output_size",),
    nn.Dropout: ("p", "inplace"), nn.Dropout2d: ("p", "inplace"),
}
CONTAINERS = (nn.Sequential, nn.ModuleList, nn.ModuleDict, nn.Module)     # nn.Module itself: parameters and children, no forward
BY_NAME = {kind.__name__: kind for kind in [*LAYERS, *CONTAINERS]}


def crosses(module):
    """Whether this very module (not its children) is of a kind that can be rebuilt."""
    return type(module) in LAYERS or type(module) in CONTAINERS


def arguments(module):
    """The constructor's arguments of a layer, by name."""
    return {name: module.bias is not None if name == "bias" else getattr(module, name) for name in LAYERS.get(type(module), ())}


def build(name, given):
    """A layer or container without memory for its weights (on torch's device "meta"). ValueError for what is no such layer."""
    kind = BY_NAME.get(name)
    if kind is None or set(given) != set(LAYERS.get(kind, ())):
        raise ValueError(f"no layer {name!r} with the arguments {sorted(given)}")
    return kind(**given, device="meta") if kind in WITH_WEIGHTS else kind(**given)


WITH_WEIGHTS = {nn.Linear, nn.Conv1d, nn.Conv2d, nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm, nn.Embedding}
