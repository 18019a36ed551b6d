"""Boxes of every back-end, started for tests."""

import contextlib
import sys

import pytest

pytest.importorskip("resource", reason="boxes are for Linux and macOS")

from grader.box import backends, plan, rights, stage
from grader.selftest.trial import texts

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has them")


@contextlib.contextmanager
def starter(backend, folder):
    """The starter of a back-end, on a stage without rooms. This process adopts orphans meanwhile,
    as a checker does."""
    user = plan.own_user()
    stage.build(folder, (), user, plan.HOME)
    rights.adopt_orphans()
    made = backends.starter(backend, plan.Plan(folder, user, memory=1 << 30, seconds=60))
    try:
        yield made
    finally:
        made.close()
        rights.prctl(rights.PR_SET_CHILD_SUBREAPER, 0)


def run(box, source):
    """The texts that a cell shows."""
    box.wire.send({"do": "cell", "source": source})
    return "".join(texts(box.wire.receive()[0]))
