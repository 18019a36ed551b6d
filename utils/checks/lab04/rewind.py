"""Does `rewind(model, initial)` put back everything, in place, and leave `initial` alone?

| the statement | the case that asks it |
|---|---|
| weights, biases, BatchNorm's scales, shifts, statistics | both networks; hidden: others |
| in place | the parameters are the same objects; hidden: a frozen layer, float64 |
| pruned weights come back too | half of the weights are 0 |
| `initial` is not changed | all; trained again, rewound again |
| and not tied to the model | what is trained afterwards does not arrive there |
"""

from functools import partial

import torch

from utils.checks.compare import alike, copied
from utils.checks.exercise import Case, Exercise, Outcome, steps
from utils.checks.in_student import in_student
from utils.checks.inputs import draw
from utils.checks.lab04.networks import networks, state, zero_half

ONLY = "Only the weights went back. Biases and BatchNorm were trained too."
NO_GRAD = "A parameter may be changed in place only under torch.no_grad()."
DICTIONARY = "`initial` is a dictionary: name -> tensor, as model.state_dict() returns it."
SHARED = "The model now shares its memory with `initial`. Copy the values: load_state_dict does."
OTHER_WAY = "The model becomes like `initial`, not the other way round."
NEW = "Change the values in place (`p.copy_(...)`): an optimizer holds the old parameters."


@steps
def rewind_with(
    which=lambda model, name: True,
    value=lambda initial, trained: initial,
    put=torch.Tensor.copy_,
    guard=torch.no_grad,
    to=lambda model: model,
    end=lambda model, initial, trained: None,
):
    """Puts back the entries of the state for which `which(model, name)` holds."""

    def answer(model, initial):
        trained, target = state(model), to(model)
        with guard():
            for name, old in dict(target.state_dict(keep_vars=True)).items():
                if which(model, name):
                    put(old, value(initial[name], trained[name]))
        end(model, initial, trained)

    return answer


def is_weight(model, name):
    return name.endswith("weight") and model.state_dict()[name].dim() > 1


def of_batchnorm(model, name):
    return f"{name.rpartition('.')[0]}.running_mean" in model.state_dict()


def new_parameters(model, initial, trained):
    model.load_state_dict(copied(initial), assign=True)


def share(old, new):
    old.data = new


MISTAKES = [
    (ONLY, rewind_with(which=is_weight)),
    (ONLY, rewind_with(which=lambda model, name: name.endswith("weight"))),
    (
        "BatchNorm's running statistics are not parameters but buffers: state_dict() has both.",
        rewind_with(which=lambda model, name: name in dict(model.named_parameters())),
    ),
    (
        "BatchNorm has counted batches too: num_batches_tracked goes back.",
        rewind_with(which=lambda model, name: not name.endswith("tracked")),
    ),
    (
        "BatchNorm stayed as it was: its scales, shifts and statistics go back too.",
        rewind_with(which=lambda model, name: not of_batchnorm(model, name)),
    ),
    (
        "Layers inside a block stayed as they were.",
        rewind_with(which=lambda _, name: "block" not in name),
    ),
    (
        "Nothing changed. `model = ...` and new dictionaries do not reach the model; "
        "model.load_state_dict does.",
        rewind_with(to=copied),
    ),
    (
        "What was 0 stayed 0. Pruned weights come back too; the masks are applied afterwards.",
        rewind_with(value=lambda initial, trained: initial * (trained != 0)),
    ),
    (SHARED, rewind_with(put=share)),
    (
        SHARED,
        rewind_with(put=lambda old, new: share(old, new) if old.requires_grad else old.copy_(new)),
    ),
    (NEW, rewind_with(end=new_parameters)),
    (OTHER_WAY, rewind_with(end=lambda model, initial, trained: initial.update(trained))),
    (
        OTHER_WAY,
        rewind_with(
            to=copied,
            end=lambda model, initial, trained: [initial[n].copy_(v) for n, v in trained.items()],
        ),
    ),
    (NO_GRAD, rewind_with(guard=torch.enable_grad)),
    (DICTIONARY, lambda model, initial: model.load_state_dict(initial.state_dict())),
    (
        "`initial` is needed again: leave it as it is.",
        rewind_with(end=lambda model, initial, _: initial.clear()),
    ),
]


def cases(generator: torch.Generator) -> list[Case]:
    small, large = networks(generator)
    return [trained("a small network", small, generator), trained("a network", large, generator)]


def trained(words: str, model: torch.nn.Module, generator: torch.Generator) -> Case:
    """Every number of the model has changed, and half of the weights are 0."""
    initial = state(model)
    draw(model, generator)
    zero_half(model, generator)
    why = "Everything in state_dict() goes back, whatever its name or kind."
    return Case(f"{words}, trained and pruned", {"model": model, "initial": initial}, why=why)


def rewound_twice(answer, model, initial):
    """The states, and what of `initial` is tied to the model."""
    tied = moved_afterwards(answer, copied(model), copied(initial))
    states = []
    for _ in range(1 if tied else 2):
        answer(model, initial)
        states.append(state(model))
        if not tied:
            nudge(model)
    return states, tied


@in_student
def moved_afterwards(answer, model, initial):
    """Rewinds, then changes the model in place: the names of what has changed in `initial`."""
    import torch

    answer(model, initial)
    before = {name: value.clone() for name, value in initial.items()}
    with torch.no_grad():
        for value in model.state_dict().values():
            value.add_(1)
    return [name for name in initial if not torch.equal(initial[name], before[name])]


def nudge(model):
    """Every number changes, in place."""
    with torch.no_grad():
        for value in model.state_dict().values():
            value.add_(1)


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    (right, _), _ = expected.returned
    states, tied = got.returned
    for now in states:
        wrong = [
            name for name in right if name not in now or not torch.equal(now[name], right[name])
        ]
        if wrong:
            return case.words, "everything as it was", f"not back: {', '.join(wrong)}"
    came = f"trained along: {', '.join(tied)}"
    return f"{case.words}, then trained again", "`initial` as it was", came


check_rewind = Exercise(
    name="rewind",
    right=rewind_with(),
    cases=cases,
    mistakes=MISTAKES,
    facts="weights, biases, BatchNorm, pruned weights, in place, twice, `initial` left alone",
    ask=rewound_twice,
    same=partial(alike, rtol=0, atol=0),
    show=show,
    hints={
        "Missing key(s)": "load_state_dict needs every name: is `initial` still what it was?",
        "leaf Variable that requires grad": NO_GRAD,
        "has no attribute 'state_dict'": DICTIONARY,
    },
    changes=("model",),
    symptoms=[(SHARED, lambda case, expected, got: bool(got.returned[1]))],
)
