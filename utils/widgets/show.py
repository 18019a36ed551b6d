"""`show(keep_top)`: the source of a function or class, as it is in the library."""

import inspect
import os
from pathlib import Path

from IPython.display import Markdown, display

ROOT = Path(__file__).resolve().parents[2]


def show(*things):
    """Show the highlighted source of functions, classes or modules, each under its file's link."""
    for thing in things:
        display(Markdown(source_of(thing)))


def source_of(thing):
    """The source as markdown. JupyterLab colours it, in the light and in the dark theme."""
    source = inspect.cleandoc("\n" + inspect.getsource(thing))
    file = Path(inspect.getfile(inspect.unwrap(thing))).resolve()  # not the decorator's file
    if not file.is_relative_to(ROOT):
        return f"````python\n{source}\n````"
    place = file.relative_to(ROOT).as_posix()
    link = Path(os.path.relpath(file)).as_posix()  # as seen from the notebook
    return f"[{place}]({link})\n\n````python\n{source}\n````"
