"""`with progress("training", total) as tick`: a bar that grows with every call of `tick()`."""

import time
from contextlib import contextmanager

import ipywidgets
from IPython.display import display

OFTEN = 0.2  # seconds between two messages to the browser


@contextmanager
def progress(text, total):
    """Show a bar with `text`; give a function to be called `total` times. At the end the bar is
    full, whatever was called.
    """
    bar = ipywidgets.IntProgress(
        value=0, max=total, description=text, style={"description_width": "initial"}
    )
    display(bar)
    done, shown = 0, time.monotonic()

    def tick():
        nonlocal done, shown
        done += 1
        if time.monotonic() - shown > OFTEN:
            bar.value, shown = done, time.monotonic()

    yield tick
    bar.value, bar.bar_style = total, "success"
