"""Does `rewind(model, initial)` put back everything, in place, and leave `initial` alone for the next time?"""

import torch

from utils.checks.fresh import fresh_generator
from utils.checks.in_student import in_student
from utils.checks.lab04.networks import (
    buffers,
    differing,
    move,
    network,
    same_parameters,
    state,
    zero_half,
)
from utils.checks.report import fail, passed, run

CHECK = "check_rewind"
HINTS = {
    "leaf Variable that requires grad": "A parameter may be changed in place only under torch.no_grad().",
    "has no attribute 'state_dict'": "`initial` is a dictionary: name -> tensor, as model.state_dict() returns it.",
}


def check_rewind(answer) -> None:
    """`answer(model, initial)` changes the model in place."""
    generator = fresh_generator()
    model = network(generator)
    tied = run(
        CHECK,
        "training after the rewind",
        moved_afterwards,
        answer,
        model,
        state(network(generator)),
        hints=HINTS,
    )
    if tied:
        fail(
            CHECK,
            "training after the rewind",
            "`initial` as it was",
            f"trained along: {', '.join(tied)}",
            "The model now shares its memory with `initial`. Copy the values into the model: load_state_dict does.",
        )
    start = state(model)
    initial = state(model)
    parameters = dict(model.named_parameters())
    for tried in ("a trained and pruned network", "the same network, trained and pruned again"):
        move(model, generator)
        zero_half(model, generator)
        trained = state(model)
        run(CHECK, tried, answer, model, initial, hints=HINTS)
        same_parameters(CHECK, tried, model, parameters)
        _is_back(tried, model, start, trained)
        if differing(initial, start):
            fail(
                CHECK,
                tried,
                "`initial` as it was",
                f"changed: {', '.join(differing(initial, start))}",
                "The model becomes like `initial`, not the other way round.",
            )
    passed(
        CHECK,
        "weights, biases, BatchNorm's scales and statistics, pruned weights, in place, twice, `initial` not trained along",
    )


@in_student
def moved_afterwards(answer, model, initial):
    """Rewind, then change the model in place: the names of what has changed in `initial`."""
    answer(model, initial)
    before = {name: value.clone() for name, value in initial.items()}
    with torch.no_grad():
        for value in model.state_dict().values():
            value.add_(1)
    return differing(initial, before)


def _is_back(tried: str, model, start, trained) -> None:
    now = state(model)
    wrong = differing(now, start)
    if not wrong:
        return
    if wrong == differing(trained, start) and not differing(now, trained):
        fail(
            CHECK,
            tried,
            "the initial values",
            "the trained ones: nothing changed",
            "`model = ...` and new dictionaries do not reach the model. model.load_state_dict does, and so does p.copy_(...).",
        )
    weights = [name for name, p in model.named_parameters() if p.dim() > 1]
    if all(torch.equal(now[name], start[name] * (trained[name] != 0)) for name in wrong):
        mistake = "What was 0 stayed 0. Rewinding brings pruned weights back too; the masks are applied after it."
    elif set(wrong) == set(start) - set(weights):
        mistake = "Only the weights went back. Biases and BatchNorm were trained too."
    elif wrong == buffers(list(start)):
        mistake = "BatchNorm's running statistics are no parameters, but buffers: model.state_dict() has both."
    elif all(name.startswith(("bn", "block.1")) for name in wrong):
        mistake = "BatchNorm stayed as it was: its scales, shifts and statistics go back too."
    elif all(name.startswith("block") for name in wrong):
        mistake = "Layers inside a block stayed as they were."
    else:
        mistake = ""
    fail(CHECK, tried, "everything as it was", f"not back: {', '.join(wrong)}", mistake)
