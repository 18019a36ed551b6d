"""The back-ends that are tried here. Where one is not there its tests are skipped."""

import subprocess
import sys
from functools import cache

import pytest

from grader.box import backends
from grader.box.plan import is_root
from grader.selftest import canaries
from tests.grader import as_user

ISOLATING = ("warm", "cold", "landlock")
ROOT = is_root()
WHO = ("root", "an ordinary user") if ROOT else ("an ordinary user",)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if {"backend", "boxes", "found"} & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.box)


def requires(backend):
    if missing := backends.possible(backend):
        not_here(backend, missing)


def not_here(backend, missing):
    """Skips what needs a back-end, with the line that gets it."""
    way = canaries.remedy(canaries.State(backend, problem=missing))
    pytest.skip(f"{missing}: {way}" if way and "install" not in missing else missing)


@pytest.fixture(params=ISOLATING)
def backend(request):
    """Each isolating back-end that this machine has."""
    requires(request.param)
    return request.param


@pytest.fixture(scope="session")
def found():
    """found(who, backend): the canaries of a back-end, tried once for all tests."""
    return tried


@cache
def tried(who, backend):
    try:
        return canaries.try_all(backend) if who == "root" or not ROOT else tried_as_user(backend)
    except canaries.NotHere as error:
        not_here(backend, str(error))


def tried_as_user(backend):
    if missing := as_user.why_not():
        pytest.skip(missing)
    command = [sys.executable, as_user.__file__, *canaries.command(backend)]
    return canaries.printed(
        subprocess.run(
            command,
            env=canaries.environment(),
            capture_output=True,
            text=True,
            timeout=canaries.PATIENCE,
        )
    )
