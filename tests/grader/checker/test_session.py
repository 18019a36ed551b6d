"""Cells run in a box, and functions are called there; whatever a box says, the checker goes on."""

import copy
import json
import random
import time
import traceback

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from grader.checker import session as sessions
from grader.checker.errors import ProcessEnded
from grader.checker.session import Session
from grader.wire.frames import HEAD, Wire
from tests.grader.checker.asking import forked
from tests.grader.checker.boxes import LIMITS, ThreadBox, own, session_of, student
from utils.checks import lab04
from utils.checks.lab03 import fine_tune
from utils.checks.report import TookTooLong, time_limit


def test_calls_go_to_and_fro(answers):
    def down(n):
        return 1 + answers.deeper(here.f, n)

    here = own("f = lambda n: down(n)", down=down)
    assert answers.deeper(here.f, 8) == 9


def test_too_large_a_result_for_the_box_is_an_error_there_and_no_end(answers):
    f = own("import torch\nf = lambda: torch.zeros(20_000_000)").f
    assert "too large" in answers.swallow(f)[3]
    assert answers.same(1) == 1


def recorded(scenario, source, rooms=("checks",)):
    """The frames that an honest box sends in a scenario."""
    frames = []

    class Recorder(Wire):
        def send(self, tree, raw=()):
            raw = [bytes(piece) for piece in raw]
            frames.append((json.loads(json.dumps(tree)), b"".join(raw)))
            super().send(tree, raw)

    def serve(wire):
        student(Recorder(wire.reader, wire.writer))

    outcome = played(scenario, source, serve, rooms)
    return frames, outcome


def played(scenario, source, serve, rooms=("checks",)):
    """What a scenario comes to against a box: its exception or what it returns."""
    session = Session(lambda: ThreadBox(serve), list(rooms), LIMITS)
    try:
        outputs = session.run_cell("the cell answer", source)
        assert json.dumps(outputs)
        return scenario(session)
    except Exception as error:
        return error
    finally:
        session.close()


def saying(frames):
    """A box that says these frames, whatever it is asked."""

    def serve(wire):
        wire.receive()
        try:
            for tree, raw in frames:
                text = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
                wire._write(HEAD.pack(len(text), len(raw)) + text + raw)
            while True:
                wire.receive()
        except Exception:
            return

    return serve


SCENARIO = """
print("hello")
import torch
from torch import nn
class Answer:
    def __init__(self, model): self.model = model; self.masks = {"a": torch.ones(2)}
    def go(self, f, loader, items):
        for x, y in loader:
            f(self.model(x))
        items.append(3)
        self.model.weight.data.mul_(0.5)
        self.model.bias = nn.Parameter(torch.zeros(1))
        network = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
        plain = [slice(1), torch.Size([1]), {1}]
        return [self.masks, network, (1, 2.5, "a", None), torch.zeros(2).numpy(), *plain]
def broken(): raise ValueError("no")
"""


def scenario(session):
    Answer = session.look({"Answer", "broken"})["Answer"]
    model, items, seen = nn.Linear(2, 1), [1], []
    here = own("f = lambda x: seen.append(x.shape)", seen=seen)
    answer = Answer(model)
    masks, network, plain, array, *rest = answer.go(
        here.f, DataLoader(TensorDataset(torch.ones(4, 2), torch.ones(4)), batch_size=2), items
    )
    network(torch.ones(3, 2))
    assert answer.masks["a"].tolist() == [1, 1] and items == [1, 3]
    with pytest.raises(ValueError):
        session.look({"broken"})["broken"]()
    return masks["a"].tolist(), plain, array.tolist(), rest


STRANGE = [
    None,
    True,
    -1,
    0,
    1,
    2**70,
    1.5,
    "",
    "x",
    "\ud800",
    [],
    {},
    [[]],
    {"t": "list"},
    {"t": "ref", "r": 1},
    {"t": "yours", "h": 1},
    {"t": "handle", "h": 1, "n": "x", "c": True},
    [1] * 1000,
    "x" * 100_000,
    {"t": "tensor", "d": "float32", "s": [10**9], "g": False, "p": False, "b": [0, 4]},
    {"checker": 1},
    {"kinds": ["SystemExit"]},
]


def mutated(tree, chance):
    """The tree with one random place made into something else."""
    tree = copy.deepcopy(tree)
    places = []

    def collect(node):
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            places.append((node, key))
            if isinstance(node[key], (dict, list)):
                collect(node[key])

    collect(tree)
    node, key = chance.choice(places)
    how = chance.randrange(5)
    if how == 0:
        del node[key]
    elif how == 1 and isinstance(node, dict):
        node[
            chance.choice(
                ["t", "r", "at", "raise", "ask", "value", "values", "sync", "h", "m", "x"]
            )
        ] = node.pop(key)
    elif how == 2:
        other, place = chance.choice(places)
        node[key] = copy.deepcopy(other[place])
    else:
        node[key] = copy.deepcopy(chance.choice(STRANGE))
    return tree


@pytest.fixture(scope="module")
def honest():
    frames, outcome = recorded(scenario, SCENARIO)
    assert not isinstance(outcome, Exception), outcome
    return frames


def test_the_honest_frames_played_back_come_to_the_same(honest):
    outcome = played(scenario, SCENARIO, saying(honest))
    assert not isinstance(outcome, Exception)
    assert {"ask", "value", "values", "raise"} <= {key for tree, _ in honest for key in tree}


def is_meant(error):
    """Whether an exception was raised on purpose: where a session raises what it has found out, or
    by the check's own code."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return (
        "tests/grader" in last.filename
        or "grader" not in last.filename
        or last.name
        in (
            "outcome",
            "broken",
            "alive",
            "answer",
            "method",
        )
    )


@pytest.mark.parametrize("seed", range(20))
def test_frames_that_are_wrong_somewhere_end_the_box_and_never_the_checker(honest, seed):
    chance = random.Random(seed)
    begun = time.monotonic()
    for _ in range(25):
        frames = [list(frame) for frame in honest]
        for _ in range(chance.randrange(1, 4)):
            frame = chance.choice(frames)
            frame[0] = mutated(frame[0], chance) if frame[0] else frame[0]
        if chance.random() < 0.1:
            frame[1] = frame[1][: chance.randrange(len(frame[1]) + 1)]
        outcome = played(scenario, SCENARIO, saying(frames))
        assert not isinstance(outcome, (sessions.BadValue, sessions.WireError))
        assert not isinstance(outcome, Exception) or is_meant(outcome), "".join(
            traceback.format_exception(outcome)
        )
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"[]",
        b"5",
        b"null",
        b'"x"',
        b"{}",
        b'{"value":null}',
        b'{"raise":null}',
        b'{"raise":{"checker":[]}}',
        b'{"raise":{"checker":7}}',
        b'{"ask":"call","h":1,"m":[]}',
        b'{"ask":"eval","h":1,"m":["1"]}',
        b'{"ask":"__class__"}',
        b'{"ask":[]}',
        b'{"value":{"t":"name","n":"os.system"}}',
        b'{"values":5}',
        b'{"values":[[]]}',
        b'{"values":[[[],1]]}',
        b'{"value":null,"sync":5}',
        b'{"value":null,"sync":[[1,{}]]}',
        b'{"value":' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"value":1e999}',
        b"{" * 1000,
        b"\xff" * 100,
        b'{"value":NaN}',
        b'{"value":{"t":"list","v":[{"t":"handle","h":1,"n":"x","c":true}]}}',
        b'{"value":{"t":"tuple","v":[{"t":"list","v":[{"t":"dict","v":[["output_type",'
        b'{"t":"handle","h":1,"n":"x","c":true}]]}]},true]}}',
    ],
    ids=lambda text: text[:40].decode(errors="replace"),
)
def test_any_reply_to_a_cell_leaves_the_rest_of_the_notebook_to_be_graded(first):
    seeded = ({"value": None}, b"")
    session = Session(lambda: ThreadBox(saying([seeded, (first, b"")])), [], LIMITS)
    outputs = session.run_cell("the cell answer", "1")
    assert all(output["output_type"] == "error" for output in outputs) and json.dumps(
        session.events
    )
    session.open_box = lambda: ThreadBox(student)
    session.close()
    session.run_cell("the cell next", "x = 5")
    assert session.look({"x"}) == {"x": 5}
    session.close()


def test_a_box_that_asks_without_end_is_ended():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sessions, "MOST_QUESTIONS", 50)
        session = session_of("def f(g):\n    while True: g()")
        with pytest.raises(ProcessEnded, match="too many questions"):
            session.look({"f"})["f"](own("g = lambda: 1").g)
        session.close()


def test_the_fine_tune_check_of_lab_03_passes_through_the_wire():
    session = session_of(
        "import copy, torch\nfrom torch import nn\nfrom utils.model import evaluate, train\n"
        + FINE_TUNE,
        rooms=("model",),
    )
    fine_tune.check_fine_tune(session.look({"fine_tune"})["fine_tune"])
    session.close()


FINE_TUNE = """
def fine_tune(model, pruner, dataloader, epochs, lr=0.05):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, weight_decay=1e-4)
    batches = dataloader["train"]
    steps = epochs * len(batches)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)
    accuracies, best = [], None
    for _ in range(epochs):
        masked = [lambda: pruner.apply(model)]
        train(model, batches, nn.functional.cross_entropy, optimizer, scheduler, callbacks=masked)
        accuracies.append(evaluate(model, dataloader["validation"]))
        if accuracies[-1] == max(accuracies):
            best = copy.deepcopy(model.state_dict())
    model.load_state_dict(best)
    return accuracies
"""


ON_A_COPY = """
import copy, torch
from utils.model import prunable

def find_ticket(model, fit, rate, rounds):
    masks = {name: torch.ones_like(w) for name, w in prunable(model).items()}
    initial = copy.deepcopy(model.state_dict())
    for _ in range(rounds):
        trained = copy.deepcopy(model)
        fit(trained, masks)
        sizes = {name: w.abs() * masks[name] for name, w in prunable(trained).items()}
        there = torch.cat([s[masks[name] != 0] for name, s in sizes.items()]).sort().values
        least = there[round(rate * len(there))]
        masks = {name: (s >= least).float() for name, s in sizes.items()}
        model.load_state_dict(initial)
        for name, w in prunable(model).items():
            w.mul_(masks[name])
    return masks
"""


@pytest.mark.parametrize("decorator", ["", "@torch.no_grad()"])
def test_a_ticket_that_is_trained_on_a_deep_copy_is_right_on_both_sides_of_the_wire(decorator):
    source, home = ON_A_COPY.replace("def find", f"{decorator}\ndef find"), {}
    exec(source, home)
    lab04.check_find_ticket(home["find_ticket"])
    session = session_of(source, rooms=("model",))
    lab04.check_find_ticket(session.look({"find_ticket"})["find_ticket"])
    session.close()


def test_a_time_limit_in_a_call_further_in_ends_the_call_further_out():
    session = session_of("def slow():\n    import time\n    time.sleep(1)\ndef call(f): f()")
    names = session.look({"slow", "call"})
    with pytest.raises(TookTooLong), time_limit(0.2):
        names["call"](own("f = lambda: slow()", slow=names["slow"]).f)
    assert session.box is None
    session.close()


def test_a_call_that_dies_inside_a_callback_that_swallows_it_is_not_lost():
    session = session_of("def dies(f): raise SystemError\ndef call(f): return f()")
    names = session.look({"dies", "call"})

    def swallow():
        try:
            session.box.kill()
            names["dies"](1)
        except ProcessEnded:
            return 5

    with pytest.raises(ProcessEnded, match="ended the Python process"):
        names["call"](own("f = lambda: swallow()", swallow=swallow).f)
    session.close()


def test_texts_of_any_characters_are_kept_and_can_be_written():
    session = forked(
        "bad = 'a\\ud800b'\ndef f(): raise ValueError(bad)\ndef g(): return {bad: [bad]}"
    )
    names = session.look({"f", "g"})
    with pytest.raises(ValueError) as caught:
        names["f"]()
    assert str(caught.value) == "a\ud800b" and names["g"]() == {"a\ud800b": ["a\ud800b"]}
    session.close()


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    from grader.box import plan, stage

    folder = tmp_path_factory.mktemp("stage")
    folder.chmod(0o755)
    stage.build(folder, ["model"], plan.USER, plan.HOME)
    return plan.Plan(
        folder, plan.own_user(), ("model",), ("import torch\nprint('opened')\n3",), 2 << 30, 60
    )


@pytest.mark.box
def test_a_real_box_runs_cells_and_calls_and_starts_again(plan):
    from grader.box import backends

    name = "landlock" if backends.possible("landlock") is None else "none"
    boxes = backends.starter(name, plan)
    session = Session(boxes.box, ["model"], LIMITS)
    session.run_cell(
        "the cell answer",
        "print('hello')\ndef double(x): return 2 * x\ndef end():\n    import os\n    os._exit(3)",
    )
    assert session.opening == [
        [
            {"output_type": "stream", "name": "stdout", "text": "opened\n"},
            {
                "output_type": "execute_result",
                "data": {"text/plain": "3"},
                "metadata": {},
                "execution_count": None,
            },
        ]
    ]
    names = session.look({"double", "end"})
    assert names["double"](torch.ones(2)).tolist() == [2, 2]
    with pytest.raises(ProcessEnded, match="exit code 3"):
        names["end"]()
    assert session.look({"double"})["double"](3) == 6
    session.close(), boxes.close()
