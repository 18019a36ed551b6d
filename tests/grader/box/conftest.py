"""A starter of each back-end."""

import pytest

from tests.grader.box.starting import starter
from tests.grader.conftest import ISOLATING, requires


@pytest.fixture(scope="module", params=ISOLATING)
def boxes(request, tmp_path_factory):
    """A starter of each isolating back-end that this machine has."""
    requires(request.param)
    with starter(request.param, tmp_path_factory.mktemp("stage")) as made:
        yield made
