import pytest


@pytest.fixture
def course(regraded):
    return regraded
