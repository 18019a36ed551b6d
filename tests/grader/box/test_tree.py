"""The tasks of a user."""

import os

import psutil
import pytest

from grader.box import tree
from tests.grader.box.starting import linux

pytestmark = pytest.mark.xdist_group("boxes")


@linux
def test_the_tasks_of_a_user_are_counted_with_their_threads():
    mine = [
        one
        for one in psutil.process_iter(["uids"])
        if one.info["uids"] and one.info["uids"].real == os.getuid()
    ]
    assert tree.tasks_of(os.getuid()) >= 0.5 * len(mine) and tree.tasks_of(4_000_000) == 0
