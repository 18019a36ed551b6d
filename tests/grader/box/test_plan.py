"""The users that boxes run as, and how many processes they may have."""

import pytest

from grader.box import plan, tree
from tests.grader.box.starting import linux

pytestmark = pytest.mark.xdist_group("boxes")


@pytest.mark.parametrize(
    "release, root, namespace, counted",
    [
        ("6.8.0-45-generic", False, True, False),
        ("5.14.0", False, True, False),
        ("5.10.0-30-amd64", False, True, True),
        ("6.8.0", False, False, True),
        ("5.10.0", True, True, False),
    ],
)
@linux
def test_where_the_kernel_counts_all_processes_of_a_user_they_are_added(
    monkeypatch, release, root, namespace, counted
):
    monkeypatch.setattr(plan.platform, "release", lambda: release)
    monkeypatch.setattr(plan, "is_root", lambda: root)
    monkeypatch.setattr(tree, "tasks_of", lambda user: 1000)
    assert plan.most_processes(namespace) == plan.PROCESSES + 1000 * counted


@pytest.mark.parametrize(
    "ranges, user",
    [
        ("0 0 4294967295\n", (1 << 20) + 7),
        ("0 100000 65536\n", 61184 + 7),
        ("0 1000 1\n1 100000 65536\n", 61184 + 7),
    ],
)
def test_the_student_gets_a_user_that_this_namespace_knows(monkeypatch, ranges, user):
    monkeypatch.setattr(plan.os, "getpid", lambda: 7)
    monkeypatch.setattr(plan.Path, "read_text", lambda path: ranges)
    assert plan.own_user() == user
