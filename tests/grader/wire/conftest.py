"""Both sides of a wire."""

import pytest

from tests.grader.wire.wires import Pair


@pytest.fixture
def pair():
    return Pair()
