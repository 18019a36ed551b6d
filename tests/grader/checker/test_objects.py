"""What goes to a box and comes back: the same object, changed as at home; and callbacks."""

import copy
import math
import os
import pathlib
import sys
import types
import weakref

import numpy as np
import pandas
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from grader.checker import session as sessions
from grader.checker.objects import CheckerSide
from grader.checker.remote import NotPlain, Remote
from tests.grader.checker.asking import ANSWERS, SECRET, Asker
from tests.grader.checker.boxes import own
from utils.checks.report import CheckFailed


def test_a_function_that_returns_its_argument_returns_that_very_object(answers):
    function = own("f = lambda x: x").f
    for thing in (
        torch.ones(2),
        [1],
        {"a": 1},
        {1},
        np.ones(2),
        nn.Linear(1, 1),
        function,
        torch.float32,
    ):
        assert answers.same(thing) is thing
    theirs = answers.own()
    assert answers.same(theirs)._at == theirs._at


def test_a_librarys_function_goes_by_name_and_comes_back_as_an_object_of_the_box(answers):
    """Otherwise an answer could hand any function of a library to a check that calls it."""
    assert (
        answers.call(torch.add, 1, 2) == 3
        and answers.call(math.floor, 2.5) == 2
        and answers.call(len, [1]) == 1
    )
    for thing in (nn.ReLU, torch.load, eval):
        assert isinstance(answers.same(thing), Remote)


def test_an_argument_is_changed_in_place_as_at_home(answers):
    x, items = torch.ones(3), []
    answers.add(x, 2)
    answers.append(items, x)
    assert x.tolist() == [3, 3, 3] and items[0] is x


def test_what_a_student_keeps_between_calls_is_followed_in_both_directions(answers):
    model = nn.Linear(2, 2)
    keeper = answers.Keeper(model)
    weight = model.weight
    keeper.zero()
    assert model.weight is weight and not any(p.any() for p in model.parameters())
    with torch.no_grad():
        model.bias.fill_(3)
    assert keeper.sum() == 6


def test_an_optimizer_step_on_this_side_is_seen_by_the_student(answers):
    model = nn.Linear(2, 1)
    keeper = answers.Keeper(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    before = keeper.sum()
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    assert keeper.sum() == pytest.approx(before - 3, abs=1e-5)


def test_a_weight_that_the_answer_replaced_is_trained_here_and_pruned_there(answers):
    model = nn.Linear(2, 1)
    pruner = answers.Replacer(model)
    weight, optimizer = model.weight, torch.optim.SGD(model.parameters(), lr=1.0)
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    assert weight[0, 1] == -1
    first = weight[0, 0].item()
    pruner.apply(model)
    assert model.weight is weight and weight.tolist() == [[first, 0]]


def test_a_student_who_trains_with_a_lent_optimizer_and_loader_ends_where_one_does_at_home(answers):
    data = TensorDataset(torch.randn(12, 3), torch.randint(0, 2, (12,)))
    network = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    twin = copy.deepcopy(network)
    space = {}
    exec(ANSWERS, space)
    for net, train in ((network, answers.train), (twin, space["train"])):
        train(
            net,
            DataLoader(data, batch_size=4),
            nn.CrossEntropyLoss(),
            torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9),
        )
    assert all(torch.equal(a, b) for a, b in zip(network.parameters(), twin.parameters()))


@pytest.mark.parametrize(
    "value",
    [
        types,
        sys._getframe(),
        compile("1", "a", "eval"),
        10**2000,
        sys.stdout,
        object(),
        sys.stdout.write,
        np.ones(1).tofile,
        pathlib.Path("/"),
        pathlib.Path("/").write_text,
        os.system,
        pandas.DataFrame(),
    ],
    ids=lambda v: type(v).__name__,
)
def test_what_cannot_be_lent_is_the_checks_mistake_and_the_box_lives_on(answers, value):
    with pytest.raises(TypeError, match="cannot be passed to the answer: "):
        answers.same([torch.ones(1), value])
    assert answers.same(3) == 3 and answers.session.life == 1


def test_values_of_the_answer_that_are_objects_of_its_own_are_not_plain(answers):
    assert isinstance(answers.own(), Remote)
    with pytest.raises(NotPlain):
        list(answers.generates())


class Odd(ValueError):
    pass


class OddKey(KeyError):
    pass


def test_an_exception_of_the_check_passes_through_the_answer_as_itself(answers):
    for error in (
        Odd("a"),
        OddKey("b"),
        StopIteration(3),
        CheckFailed("c"),
        RuntimeError(),
        AttributeError("x"),
        UnicodeDecodeError("utf-8", b"a", 0, 1, "d"),
        ExceptionGroup("e", [Odd()]),
    ):
        with pytest.raises(type(error)) as caught:
            answers.call(own("def f(): raise error", error=error).f)
        assert caught.value is error


def test_an_answer_can_catch_an_exception_of_the_check_by_its_built_in_class(answers):
    name, value, key, text = answers.swallow(own("def f(): raise Odd('a')", Odd=Odd).f)
    assert (name, value, key, text) == ("ValueError", True, False, "Odd: a")
    assert answers.swallow(own("def f(): raise OddKey('b')", OddKey=OddKey).f)[:3] == (
        "KeyError",
        False,
        True,
    )
    with pytest.raises(RuntimeError, match="mine"):
        answers.others(own("def f(): raise Odd('a')", Odd=Odd).f)


def test_a_wrong_number_of_arguments_for_a_function_of_the_check_is_a_type_error(answers):
    with pytest.raises(TypeError, match="positional argument"):
        answers.call(own("def f(a): return a").f)


def test_arguments_and_results_of_functions_of_the_check_cross_both_ways(answers):
    seen = []
    f = own(
        "def f(*given, **named):\n    seen.append((given, named))\n    return {'x': given}",
        seen=seen,
    ).f
    x = torch.ones(2)
    assert answers.call(f, x, [1], key=x)["x"][1] == [1]
    ((given, named),) = seen
    assert given[0] is x and named["key"] is x


def test_what_a_function_of_the_check_changes_in_the_answers_own_tensors_arrives_there(answers):
    change = "def f(x, a, inside):\n    x.zero_(), a.fill(3), inside['x'].add_(1)\n    return x"
    x, a, inside, same = answers.on_its_own(own(change).f)
    assert x.tolist() == [0, 0, 0] and a.tolist() == [3, 3] and inside.tolist() == [2] and same


CHANGES = """
def f(both, ordered, bag, generator):
    inner, table = both
    inner.append(7)
    table["new"] = [8]
    both[1]["a"] = inner
    ordered.clear()
    ordered["c"] = 5
    bag.add(4)
    generator.manual_seed(5)
"""


def test_what_a_function_of_the_check_changes_in_the_answers_own_containers_arrives_there(answers):
    inner, table, ordered, bag, generator, same = answers.on_its_containers(own(CHANGES).f)
    assert (inner, table, ordered, bag, same) == (
        [1, 7],
        {"a": [1, 7], "new": [8]},
        [("c", 5)],
        {3, 4},
        True,
    )
    assert generator.initial_seed() == 5


def test_the_mode_and_layers_of_the_answers_own_network_are_changed_there_too(answers):
    change = (
        "def f(network):\n    network.eval()\n    network[1][0].p = 0.25\n"
        "    network.append(torch.nn.Tanh())"
    )
    network, modes, same, p = answers.on_its_network(own(change, torch=torch).f)
    assert [type(part).__name__ for part in network] == ["Linear", "Sequential", "Tanh"]
    assert modes == [False, False, False, False, True] and same and p == 0.25


def test_gradients_are_on_or_off_on_both_sides_alike(answers):
    asked = own("import torch\nf = lambda *_: torch.is_grad_enabled()").f
    assert answers.without_grad(asked) is False and answers.call(asked) is True
    with torch.no_grad():
        assert answers.grad_is_on() is False
    assert answers.grad_is_on() is True and torch.is_grad_enabled()


def test_a_function_of_the_check_inside_vmap_says_what_to_do(answers):
    with pytest.raises(TypeError, match="call this function outside of it, once for each input"):
        answers.on_batch(own("f = lambda x: x.sum()").f)


def test_what_the_answer_hands_over_is_not_kept_by_the_checker(answers):
    table = answers.session.objects.table
    sizes = []
    asked = own("def f(x):\n    g()", g=lambda: sizes.append(len(table.held))).f
    answers.call_often(asked)
    assert len(set(sizes)) == 1 and len(sizes) == 20


def test_a_network_that_the_answer_copied_is_trained_by_a_function_of_the_check(answers):
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    before, trained = copy.deepcopy(model.state_dict()), copy.deepcopy(model)

    def step(network):
        network(torch.arange(12.0).view(4, 3)).square().sum().backward()
        torch.optim.SGD(network.parameters(), lr=0.1).step()

    step(trained)
    found = answers.on_a_copy(own("f = lambda network: step(network)", step=step).f, model)
    for name, value in trained.state_dict().items():
        assert torch.equal(found[name], value), name
        assert torch.equal(model.state_dict()[name], before[name]), name


def test_what_a_function_of_the_check_kept_is_changed_no_more_once_it_has_returned(answers):
    kept = []
    answers.later(own("f = lambda: None").f, kept.append)
    assert kept[0].tolist() == [1, 1, 1]


def test_a_fresh_value_of_a_function_of_the_check_is_not_lost(answers):
    assert answers.call(own("import torch\nf = lambda: torch.arange(3)").f).tolist() == [0, 1, 2]
    made = []
    make = own(
        "def f():\n    made.append(nn.Linear(2, 2))\n    return made[-1]", made=made, nn=nn
    ).f
    assert answers.prune_all(make) is made[0] and not made[0].weight.any()
    weak = answers.prune_all(own("f = lambda: nn.Linear(2, 2)", nn=nn).f)
    assert not weak.weight.any()


def test_exceptions_of_the_check_are_known_to_the_box_by_number_alone():
    asker = Asker()
    asker.lend(
        own("def f():\n    raise AttributeError('a', name='b', obj=SECRET)", SECRET=SECRET).f
    )
    asker.ask("call", 1, {"t": "list", "v": []}, {"t": "dict", "v": []})
    number = asker.last[0]["raise"]["number"]
    with pytest.raises(sessions.BadValue):
        asker.ask("get", number, "obj")


def test_an_error_that_is_kept_keeps_no_argument_alive():
    def fails(big):
        raise ValueError("no")

    def kept():
        argument = torch.ones(5)
        try:
            fails(argument)
        except ValueError as error:
            side.error(error)
        return weakref.ref(argument)

    side = CheckerSide(None)
    assert kept()() is None and [str(error) for error in side.errors.values()] == ["no"]
