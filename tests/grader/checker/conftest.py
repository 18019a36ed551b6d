"""A session whose answer holds the functions that many tests call."""

import types

import pytest

from tests.grader.checker.asking import ALL, ANSWERS
from tests.grader.checker.boxes import session_of


@pytest.fixture(scope="module")
def answers():
    """Functions of a student's that many tests call."""
    session = session_of(ANSWERS)
    names = {name for name in session.look(set(ALL)) if name}
    yield types.SimpleNamespace(session=session, **session.look(names))
    session.close()
