import inspect

import pytest

from utils.widgets import say, show


@pytest.fixture
def displayed(monkeypatch):
    shown = []
    for name in ("show", "say"):
        module = inspect.getmodule({"show": show, "say": say}[name])
        monkeypatch.setattr(module, "display", shown.append)
    return shown


def test_say_takes_indented_text_as_it_was_meant(displayed):
    say("""
        # A number

        It is **3**.
    """)
    assert displayed[0].data == "# A number\n\nIt is **3**."
