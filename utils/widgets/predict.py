"""`guess = predict(question, choices)`, and in a later cell `guess.reveal(figure)`: first guess,
then look.
"""

import os
from pathlib import Path

import anywidget
import ipywidgets
import plotly.graph_objects as go
import plotly.io as pio
import traitlets
from IPython.display import Markdown, display

HERE = Path(__file__).parent


def predict(question, choices):
    """Ask for a prediction, as a group of radio buttons; what comes back reveals the result.

    >>> guess = predict("speed-up of the masked product", choices=("none", "about 2x", "about 10x"))
    >>> guess.reveal(plots.bars(times, x="milliseconds", y="product"))          # in a later cell
    """
    guess = Prediction(question=question, choices=list(choices))
    display(guess)
    return guess


class Prediction(anywidget.AnyWidget):
    """The question. `choice` is empty until the reader has chosen."""

    _esm = HERE / "predict.js"
    _css = HERE / "widgets.css"
    question = traitlets.Unicode().tag(sync=True)
    choices = traitlets.List(traitlets.Unicode()).tag(sync=True)
    choice = traitlets.Unicode().tag(sync=True)

    def reveal(self, *results):
        """Show the results (figures, markdown text, tables) once the reader has chosen, or asks to
        see them.

        With COURSE_UNATTENDED set no reader is there to choose, and they are shown at once.
        """
        notice, place = Notice(choice=self.choice), ipywidgets.Output()

        def open_up(change=None):
            if (self.choice or notice.opened) and not place.outputs:
                for result in results:
                    place.append_display_data(displayable(result))

        traitlets.dlink((self, "choice"), (notice, "choice"))
        self.observe(open_up, "choice")
        notice.observe(open_up, "opened")
        notice.opened = "COURSE_UNATTENDED" in os.environ
        open_up()
        display(ipywidgets.VBox([notice, place]))


def displayable(result):
    """Text as markdown, a figure as data: left to itself plotly would display it elsewhere than in
    its place.
    """
    if isinstance(result, str):
        return Markdown(result)
    return StillFigure(result) if isinstance(result, go.Figure) else result


class StillFigure:
    """A figure as JupyterLab keeps it in a notebook."""

    def __init__(self, figure):
        self.figure = figure

    def _repr_mimebundle_(self, **_):
        return pio.renderers["plotly_mimetype"].to_mimebundle(self.figure.to_dict())


class Notice(anywidget.AnyWidget):
    """What stands before the result: the guess that was made, or a request for one and a way round
    it.
    """

    _esm = HERE / "notice.js"
    _css = HERE / "widgets.css"
    choice = traitlets.Unicode().tag(sync=True)
    opened = traitlets.Bool().tag(sync=True)
