"""An import of what the lab does not give says what may be imported."""

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
