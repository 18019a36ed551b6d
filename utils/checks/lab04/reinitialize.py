"""Does `reinitialize(model)` draw every layer again, from the distribution that torch uses?

What is drawn is random: an answer is read as words about each layer, and the words are compared.

| the statement | the case that asks it |
|---|---|
| every layer, uniform between -1/sqrt(n) and 1/sqrt(n) | all; hidden: Conv1d, no biases |
| in place | the parameters are the same objects |
| biases too, and pruned weights | all: trained, half of the weights 0 |
| BatchNorm with scale 1, shift 0, empty statistics | both kinds; hidden: without scale, LayerNorm |
| blocks inside blocks | one block; hidden: blocks in blocks |
| each call draws other numbers | four calls |
"""

from functools import partial

import torch
from scipy.stats import kstest
from torch import Tensor, nn

from utils.checks.compare import alike, copied
from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.lab04.networks import networks, state, zero_half
from utils.checks.lab04.rewind import NEW, NO_GRAD

DRAWN, AS_NEW = "drawn as torch draws it", "as a new one"
NOT_NEW, OTHER = "not as a new one", "another scale or distribution"
ROUNDED = 1 + 1e-6  # a bound in 32 bits can lie just above the exact one
ZEROS, ALL_ZERO = "zeros", "All units of a layer of zeros learn the same."
STILL_0 = "0 where it was 0"
PRUNED_TOO = "Every weight of a layer is drawn, pruned ones too; the masks are applied after it."
LEFT_OUT = "This layer was left out: each one is drawn, of every kind and at every depth."
OLD = "the old numbers"
SHUFFLED = "Shuffled weights keep the values that training gave them. Draw new ones."
BIAS_OF_0 = "torch draws the bias of a layer as well; it does not set it to 0."
BIASES = "Biases were trained too: draw them again."
CALLS = 4  # of an answer: more numbers to judge a distribution by
SURE = 1e-8  # so unlikely are numbers that are refused although they were drawn rightly
SEED = "Is a seed set inside, or a stored state loaded? Draw other numbers at each call."
SCALE = "Each layer has a scale of its own, which its number of inputs decides: reset_parameters()."
NORM = "BatchNorm is not drawn: its reset_parameters() resets scales, shifts and statistics."
HASATTR = "Not every module has reset_parameters(): ReLU has nothing to draw. Ask with hasattr."
BLOCK = (
    "A layer inside a block was left out: model.modules() goes into blocks, children() does not."
)


def parameters_of(layer):
    return copied({name: p.detach() for name, p in layer.named_parameters(recurse=False)})


@steps
def reinitialize_with(
    to=lambda model: model,
    modules=nn.Module.modules,
    chosen=lambda layer: hasattr(layer, "reset_parameters"),
    reset=lambda layer: layer.reset_parameters(),
    change=lambda layer, old: None,
    norm=lambda layer: None,
    seed=None,
    end=lambda model: None,
):
    """Resets the chosen layers. change, norm: what is done then to layers and to BatchNorm."""

    @torch.no_grad()
    def answer(model):
        with torch.random.fork_rng(enabled=seed is not None):
            if seed is not None:
                torch.manual_seed(seed)
            for layer in modules(to(model)):
                if chosen(layer):
                    old = parameters_of(layer)
                    reset(layer)
                    norm(layer) if is_norm(layer) else change(layer, old)
        end(model)

    return answer


def is_norm(layer):
    return hasattr(layer, "running_mean") or isinstance(layer, nn.LayerNorm)


def bound(layer):
    """Weights and biases are uniform between minus and plus this."""
    return layer.weight[0].numel() ** -0.5


def normal(layer):
    """With the deviation of the right distribution."""
    return layer.weight.normal_(0, bound(layer) / 3**0.5)


def shuffle(layer, old):
    for name, p in layer.named_parameters():
        p.copy_(old[name].flatten()[torch.randperm(p.numel())].view(p.shape))


def scales_alone(layer):
    if is_norm(layer):
        nn.init.ones_(layer.weight)
        nn.init.zeros_(layer.bias)
    else:
        layer.reset_parameters()


def new_parameters(model):
    for layer in model.modules():
        if hasattr(layer, "reset_parameters"):
            layer.weight = nn.Parameter(layer.weight.detach().clone())


MISTAKES = [
    (
        "Nothing was drawn in this network: is reset_parameters called, with its parentheses?",
        reinitialize_with(to=copied),
    ),
    (BLOCK, reinitialize_with(modules=nn.Module.children)),
    (
        "The convolution was left out: it has reset_parameters() too.",
        reinitialize_with(chosen=lambda layer: isinstance(layer, nn.Linear) or is_norm(layer)),
    ),
    (NORM, reinitialize_with(chosen=lambda layer: isinstance(layer, (nn.Linear, nn.Conv2d)))),
    (NORM, reinitialize_with(norm=lambda layer: layer.weight.uniform_())),
    (NORM, reinitialize_with(reset=scales_alone)),
    (SHUFFLED, reinitialize_with(change=shuffle)),
    (
        BIASES,
        reinitialize_with(change=lambda layer, old: layer.bias.copy_(old["bias"])),
    ),
    (BIAS_OF_0, reinitialize_with(change=lambda layer, old: layer.bias.zero_())),
    (
        PRUNED_TOO,
        reinitialize_with(change=lambda layer, old: layer.weight.mul_(old["weight"] != 0)),
    ),
    (
        ALL_ZERO,
        reinitialize_with(change=lambda layer, old: layer.weight.zero_()),
    ),
    (SCALE, reinitialize_with(change=lambda layer, old: layer.weight.uniform_(-0.05, 0.05))),
    (SCALE, reinitialize_with(change=lambda layer, old: nn.init.kaiming_uniform_(layer.weight))),
    (SCALE, reinitialize_with(change=lambda layer, old: layer.weight.normal_(0, bound(layer) / 4))),
    (SCALE, reinitialize_with(change=lambda layer, old: layer.weight.abs_())),
    (SCALE, reinitialize_with(change=lambda layer, old: layer.bias.abs_())),
    (
        SCALE,
        reinitialize_with(
            change=lambda layer, old: normal(layer).clamp_(-bound(layer), bound(layer))
        ),
    ),
    (SEED, reinitialize_with(seed=0)),
    (NEW, reinitialize_with(end=new_parameters)),
    (NO_GRAD, lambda model: model.fc.weight.uniform_(-0.1, 0.1)),
    (HASATTR, reinitialize_with(chosen=lambda layer: True)),
]


def cases(generator: torch.Generator) -> list[Case]:
    small, network = networks(generator)
    large = copied(network)
    found = {"a small network": small, "a network": network, "another network": large}
    for model in found.values():
        zero_half(model, generator)
    return [case(f"{words}, trained and pruned", model=model) for words, model in found.items()]


def drawn_often(answer, model):
    states = []
    for _ in range(CALLS):
        answer(model)
        states.append(state(model))
    return states


def in_words(before: Tensor, calls: list[Tensor], bound: float) -> str:
    """How the numbers of the first call differ from before, and whether those of all calls could
    be uniform between -bound and bound."""
    now, again = calls[:2]
    if torch.equal(now, before):
        return OLD
    if torch.equal(now.flatten().sort().values, before.flatten().sort().values):
        return f"{OLD} in another order"
    if not now.any():
        return ZEROS
    if not before.all() and torch.equal(now == 0, before == 0):
        return STILL_0
    if torch.equal(now, again):
        return "the same numbers at each call"
    sizes = torch.cat(calls).flatten() / bound
    fits = (0 if len(sizes) < 100 else 0.8) < sizes.abs().max() < ROUNDED
    cut = len(sizes) - len(sizes.unique()) > 2 + 0.01 * len(sizes)
    likely = kstest(sizes, "uniform", (-1, 2), method="asymp").pvalue > SURE
    return DRAWN if fits and likely and not cut else OTHER


def read(outcome: Outcome, case: Case) -> dict[str, str]:
    """Words for each tensor of a layer, and for each BatchNorm."""
    calls, before, facts = outcome.returned, state(case.arguments["model"]), {}
    for name, layer in case.arguments["model"].named_modules():
        parts = layer.state_dict() if not list(layer.children()) else {}
        if is_norm(layer):
            layer = copied(layer)
            layer.reset_parameters()
            new = layer.state_dict()
            now = {part: calls[0][f"{name}.{part}"] for part in new}
            wrong = [part for part in new if not alike(now[part], new[part])]
            old = all(alike(now[part], before[f"{name}.{part}"]) for part in new)
            facts[name] = OLD if old else f"{NOT_NEW}: {', '.join(wrong)}" if wrong else AS_NEW
        else:
            for part in (f"{name}.{each}" for each in parts):
                drawn = [call[part] for call in calls]
                facts[part] = in_words(before[part], drawn, bound(layer))
    return facts


SYMPTOMS = {
    OTHER: SCALE,
    f"weight: {ZEROS}": ALL_ZERO,
    f"bias: {ZEROS}": BIAS_OF_0,
    "another order": SHUFFLED,
    "bias: the old": BIASES,
    "the same numbers": SEED,
    NOT_NEW: NORM,
    STILL_0: PRUNED_TOO,
    OLD: LEFT_OUT,
}


def first_wrong(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    right, came = read(expected, case), read(got, case)
    return next((name, right[name], came[name]) for name in right if came[name] != right[name])


def seen(words: str, case: Case, expected: Outcome, got: Outcome) -> bool:
    name, _, came = first_wrong(case, expected, got)
    return words in f"{name}: {came}"


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    name, right, words = first_wrong(case, expected, got)
    now = got.returned[0]
    if words == OTHER:
        limit = bound(case.arguments["model"].get_submodule(name.rpartition(".")[0]))
        words = (
            f"from {now[name].min():.3f} to {now[name].max():.3f}, deviation {now[name].std():.3f}"
        )
        return f"{case.words}: {name}", f"uniform between -{limit:.3f} and {limit:.3f}", words
    return f"{case.words}: {name}", right, words


check_reinitialize = Exercise(
    name="reinitialize",
    right=reinitialize_with(),
    cases=cases,
    mistakes=MISTAKES,
    facts="each layer with its own scale, biases, BatchNorm, blocks, other numbers each time",
    ask=drawn_often,
    read=read,
    show=show,
    hints={
        "leaf Variable that requires grad": NO_GRAD,
        "has no attribute 'reset_parameters'": HASATTR,
    },
    changes=("model",),
    symptoms=[(sentence, partial(seen, words)) for words, sentence in SYMPTOMS.items()],
)
