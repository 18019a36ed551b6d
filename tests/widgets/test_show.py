"""The source that is shown is the source that runs, with the way to its file."""

import inspect
import textwrap
from pathlib import Path

import pytest

from utils import plots
from utils.widgets import say, show
from utils.widgets.show import ROOT, source_of


def test_the_source_is_shown_whole_and_as_python():
    text = source_of(plots.beside)
    assert inspect.getsource(plots.beside).strip() in text
    assert "````python" in text


def test_the_link_leads_from_the_notebook_to_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT / "utils")
    first = source_of(plots.beside).splitlines()[0]
    assert first == "[utils/plots/beside.py](plots/beside.py)"


def test_a_function_of_the_notebook_is_shown_without_a_link():
    assert source_of(textwrap.dedent).startswith("````python")


@pytest.fixture
def displayed(monkeypatch):
    shown = []
    for name in ("show", "say"):
        module = inspect.getmodule({"show": show, "say": say}[name])
        monkeypatch.setattr(module, "display", shown.append)
    return shown


def test_several_things_are_shown_one_after_the_other(displayed):
    show(plots.beside, plots.heatmap)
    assert len(displayed) == 2


def test_the_course_is_where_the_library_is():
    assert Path(plots.__file__).is_relative_to(ROOT)
