"""Does `reinitialize(model)` draw every layer anew, from the distribution from which torch draws it?"""

import torch
from torch import Tensor, nn

from utils.checks.fresh import fresh_generator
from utils.checks.lab04.networks import differing, network, same_parameters, state, zero_half
from utils.checks.report import fail, passed, run

CHECK = "check_reinitialize"
HINTS = {
    "leaf Variable that requires grad": "A parameter may be changed in place only under torch.no_grad().",
    "has no attribute 'reset_parameters'": "Not every module has reset_parameters(): ReLU has nothing to draw. Ask with hasattr.",
}
LAYERS = {
    "conv": 9,
    "block.0": 12 * 16,
    "fc": 24,
}  # the inputs of one unit of each layer with weights
NORMS = {"bn": "BatchNorm2d", "block.1": "BatchNorm1d"}
ROUNDED = 1 + 1e-6  # a bound in 32 bits may lie just above the exact one


def check_reinitialize(answer) -> None:
    """`answer(model)` changes the model in place."""
    generator = fresh_generator()
    model = network(generator)
    zero_half(model, generator)
    parameters = dict(model.named_parameters())
    states = [state(model)]
    for tried in ("a trained and pruned network", "the same network once more"):
        run(CHECK, tried, answer, model, hints=HINTS)
        same_parameters(CHECK, tried, model, parameters)
        states.append(state(model))
        _drawn(tried, states[0], states[-1])
    same = [
        name
        for name in differing(states[0], states[1])
        if torch.equal(states[1][name], states[2][name]) and name.rpartition(".")[0] in LAYERS
    ]
    if same:
        fail(
            CHECK,
            "the same network twice",
            "other weights each time",
            f"the same: {', '.join(same)}",
            "Is a seed set inside, or a stored state loaded? Draw anew at each call.",
        )
    passed(
        CHECK,
        "every layer with its own scale, biases, BatchNorm, layers in blocks, other weights each time, in place",
    )


def _drawn(tried: str, before: dict[str, Tensor], now: dict[str, Tensor]) -> None:
    kept = [
        f"{layer}.weight"
        for layer in LAYERS
        if torch.equal(now[f"{layer}.weight"], before[f"{layer}.weight"])
    ]
    if kept:
        fail(
            CHECK, tried, "new weights in every layer", f"not new: {', '.join(kept)}", _stayed(kept)
        )
    for layer, inputs in LAYERS.items():
        _weights(tried, layer, inputs, before[f"{layer}.weight"], now[f"{layer}.weight"])
    for layer, inputs in LAYERS.items():
        _bias(tried, layer, inputs, before[f"{layer}.bias"], now[f"{layer}.bias"])
    for layer in NORMS:
        _norm(
            tried,
            layer,
            {
                name.rpartition(".")[2]: value
                for name, value in now.items()
                if name.rpartition(".")[0] == layer
            },
        )


def _stayed(kept: list[str]) -> str:
    if len(kept) == len(LAYERS):
        return (
            "Nothing was drawn in this network. Each layer has reset_parameters(), to be called with its parentheses, "
            "and model.modules() gives every layer."
        )
    if kept == ["block.0.weight"]:
        return "A layer inside a block was left out: model.modules() goes into blocks, model.children() does not."
    return (
        "The convolution was left out: nn.Conv2d has reset_parameters() too."
        if kept == ["conv.weight"]
        else ""
    )


def _weights(tried: str, layer: str, inputs: int, before: Tensor, now: Tensor) -> None:
    """Uniform between -1/sqrt(inputs) and 1/sqrt(inputs), as torch draws a weight."""
    where, bound = f"{tried}: {layer}.weight", inputs**-0.5
    expected, got = (
        f"uniform between -{bound:.3f} and {bound:.3f}",
        f"from {now.min():.3f} to {now.max():.3f}, deviation {now.std():.3f}",
    )
    if torch.equal(now.flatten().sort().values, before.flatten().sort().values):
        fail(
            CHECK,
            where,
            expected,
            "the old weights in another order",
            "Shuffled weights keep the values that training gave them. Draw new ones: reset_parameters().",
        )
    if torch.equal(now == 0, before == 0):
        fail(
            CHECK,
            where,
            "new numbers for pruned weights too",
            "0 where it was 0",
            "Every weight of the layer is drawn; the masks are applied after it.",
        )
    if not now.any():
        fail(CHECK, where, expected, "zeros", "All units of a layer of zeros learn the same.")
    if (
        now.abs().max() > ROUNDED * bound
        or now.abs().max() < 0.8 * bound
        or abs(now.std() / (bound / 3**0.5) - 1) > 0.25
    ):
        fail(
            CHECK,
            where,
            expected,
            got,
            "Each layer has a scale of its own, which its number of inputs decides. reset_parameters() knows it.",
        )


def _bias(tried: str, layer: str, inputs: int, before: Tensor, now: Tensor) -> None:
    where, bound = f"{tried}: {layer}.bias", inputs**-0.5
    if torch.equal(now, before):
        fail(
            CHECK,
            where,
            "new numbers",
            "the old ones",
            "Biases were trained too: they are drawn anew as well.",
        )
    if not now.any() or now.abs().max() > ROUNDED * bound:
        fail(
            CHECK,
            where,
            f"uniform between -{bound:.3f} and {bound:.3f}",
            f"from {now.min():.3f} to {now.max():.3f}",
            "torch draws the bias of a layer as well; it does not set it to 0."
            if not now.any()
            else "The bias of a layer has the scale of its weights, 1 / sqrt(inputs). reset_parameters() knows it.",
        )


def _norm(tried: str, layer: str, now: dict[str, Tensor]) -> None:
    wrong = differing(now, nn.BatchNorm1d(len(now["weight"])).state_dict())
    if wrong:
        fail(
            CHECK,
            f"{tried}: {NORMS[layer]} ({layer})",
            "as a new one: scale 1, shift 0, mean 0, variance 1, no batches counted",
            f"not so: {', '.join(wrong)}",
            "Nothing of BatchNorm is drawn. Its reset_parameters(), which every kind of it has, resets scales and statistics.",
        )
