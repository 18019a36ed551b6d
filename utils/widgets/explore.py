"""`explore(draw, sparsity=(0, 0.95))`: sliders over a figure that is computed again for every
position.
"""

import ipywidgets
from IPython.display import display

from utils.widgets.controls import Controls, specify, start_values, typed
from utils.widgets.live_figure import LiveFigure, update


def explore(draw, labels=None, **ranges):
    """Show one control for each of `ranges`, over the figure that `draw` returns.

    draw     a pure function of the ranges' names that returns a plotly figure. Its own
             defaults are the start values; without one a control starts at its low end.
    ranges   (low, high) or (low, high, step) of numbers: a slider. Integers stay integers,
             unless the start value is none or the name ends in sparsity or density.
             A list of strings: a choice.
    labels   what to write at a control instead of its name: {"k": "weights kept"}.

    The sentence under the controls is `figure.layout.meta["text"]`.

    >>> explore(draw, sparsity=(0, 0.95), ranking=["local", "global"])
    """
    display(Explorer(draw, ranges, labels).view)


class Explorer:
    """The controls, the figure, and what happens when a control moves."""

    def __init__(self, draw, ranges, labels=None):
        self.draw = draw
        values = start_values(draw, ranges)
        specs = [specify(name, choices, values[name], labels) for name, choices in ranges.items()]
        self.drawn = draw(**typed(specs, values))  # an error here is the cell's own: it is raised
        self.figure = LiveFigure(self.drawn)
        self.controls = Controls(
            specs=specs, values={spec["name"]: spec["start"] for spec in specs}
        )
        self.controls.text = text_of(self.drawn)
        self.controls.on_msg(self.answer)
        self.view = ipywidgets.VBox([self.controls, self.figure])
        self.view.add_class("course-explore")

    def answer(self, controls, request, buffers):
        """Draw what the browser asks for, then say that it is done: only then does the browser ask
        again.
        """
        try:
            self.move(request["values"])
        finally:
            controls.send({"done": request["id"]})

    def move(self, values):
        """Show the figure at these values; when `draw` fails, its message, and the last figure
        stays.
        """
        values = typed(self.controls.specs, values)
        try:
            drawn = self.draw(**values)
        except Exception as error:
            text, message = "", f"{type(error).__name__}: {error}"
        else:
            update(self.figure, self.drawn, drawn)
            self.drawn = drawn
            text, message = text_of(drawn), ""
        with self.controls.hold_sync():
            self.controls.set_trait("values", values)
            self.controls.set_trait("text", text)
            self.controls.set_trait("error", message)


def text_of(figure):
    """The sentence that says what the figure shows, or nothing."""
    meta = figure.layout.meta
    return meta.get("text", "") if isinstance(meta, dict) else ""
