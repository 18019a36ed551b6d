"""An import of what the lab does not give says what may be imported; the checks are there by name
alone."""

import importlib
import sys

import pytest

from grader.box.blocked import Blocked


@pytest.mark.parametrize(
    "rooms, words",
    [(["model", "formats"], "utils.model, utils.formats"), ([], "nothing from utils")],
)
def test_what_is_not_in_the_box_is_named_with_what_is(rooms, words):
    with pytest.raises(ModuleNotFoundError, match=f"utils.pruning .* may import {words}"):
        Blocked(rooms).find_spec("utils.pruning", [])


def test_other_modules_are_left_to_python():
    assert Blocked([]).find_spec("pruning") is None


@pytest.fixture
def in_a_box(monkeypatch):
    """The modules of the checks as a box finds them."""
    for name in [name for name in sys.modules if f"{name}.".startswith("utils.checks.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Blocked([]), *sys.meta_path])
    yield
    for name in [name for name in sys.modules if f"{name}.".startswith("utils.checks.")]:
        del sys.modules[name]


@pytest.mark.parametrize(
    "name",
    ["utils.checks", "utils.checks.fresh", "utils.checks.lab01.csr_matvec", "utils.checks.x"],
)
def test_every_public_name_of_the_checks_is_there_and_does_nothing(in_a_box, name):
    module = importlib.import_module(name)
    assert module.right(1, 2, three=3) is None
    assert module.lab01.check_to_coo(len) is None
    assert not vars(module).keys() & {"right", "MISTAKES", "cases"}
