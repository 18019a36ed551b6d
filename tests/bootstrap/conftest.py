import pytest

from .folder import Folder, free_space


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty course folder on a disk with 100 GB free."""
    free_space(monkeypatch, 100)
    return Folder(tmp_path)
