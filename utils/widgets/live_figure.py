"""A plotly figure on the page that changes in place: only what differs is sent."""

from copy import deepcopy
from functools import cache
from pathlib import Path

import anywidget
import ipywidgets
import numpy as np
import plotly.graph_objects as go
import traitlets

from utils.plots.style import CONFIG

WHOLE = ("template", "meta")  # dictionaries that plotly takes only as a whole


class Plotly(anywidget.AnyWidget):
    """The code of plotly's figures, sent to the page once."""

    _esm = "export default {}"
    code = traitlets.Unicode().tag(sync=True)


@cache
def shared_plotly():
    """The one such widget of this kernel."""
    return Plotly(code=str(go.FigureWidget._esm))


class LiveFigure(go.FigureWidget):
    """plotly's FigureWidget, as wide as the page, without the button that uploads it, and fresh
    after a reload.
    """

    _esm = Path(__file__).parent / "live_figure.js"
    plotly = traitlets.Instance(ipywidgets.Widget).tag(sync=True, **ipywidgets.widget_serialization)

    def __init__(self, figure):
        super().__init__(figure)
        self._config = self._config | CONFIG | {"responsive": True}

    @traitlets.default("plotly")
    def _plotly(self):
        return shared_plotly()

    def get_state(self, key=None, drop_defaults=False):
        """A page that is reloaded asks for everything: give it the figure of now, not the first
        one.

        Plotly keeps these two as they were when the figure was made, since changes go as messages.
        They are set past the trait, because setting it would send the figure again to every page.
        """
        if key is None and hasattr(self, "_layout_obj"):
            self._trait_values["_widget_layout"] = deepcopy(self._layout_obj._props)
            self._trait_values["_widget_data"] = deepcopy(self._data)
        return super().get_state(key=key, drop_defaults=drop_defaults)


def update(widget, old, new):
    """Make `widget`, which shows the figure `old`, show `new`; other traces are replaced."""
    alike = [trace.type for trace in old.data] == [trace.type for trace in new.data]
    if not alike:
        widget.data = []
        widget.add_traces(new.data)
    for name in new.layout.to_plotly_json():
        if name not in widget.layout:  # such as xaxis2: it must be there before its parts are set
            widget.layout[name] = {}
    pairs = [
        *(zip(widget.data, old.data, new.data) if alike else ()),
        (widget.layout, old.layout, new.layout),
    ]
    with widget.batch_update():  # all changes in one message, so that the page draws once
        for shown, was, now in pairs:
            for path, value in changes(was.to_plotly_json(), now.to_plotly_json()):
                shown[path] = value


def changes(old, new, path=()):
    """Each (path, value) in which the nested dictionary `new` differs from `old`; None for what is
    gone.
    """
    for name in [*new, *(name for name in old if name not in new)]:
        was, now = old.get(name), new.get(name)
        if name not in WHOLE and (isinstance(was, dict) or isinstance(now, dict)):
            yield from changes(was or {}, now or {}, (*path, name))
        elif not same(was, now):
            yield (*path, name), now


def same(was, now):
    """Whether two values are equal, arrays entry by entry."""
    if isinstance(was, np.ndarray) or isinstance(now, np.ndarray):
        return np.array_equal(was, now)
    return was == now
