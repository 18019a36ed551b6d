"""The controls of an explorer, all in one widget made of the browser's own elements.

ipywidgets' sliders have no name that a screen reader could find; a native slider with a <label> has
one.
"""

import inspect
import math
from pathlib import Path

import anywidget
import traitlets

HERE = Path(__file__).parent


class Controls(anywidget.AnyWidget):
    """Python's half: `specs` and `values` go to the browser, requests come back as messages."""

    _esm = HERE / "controls.js"
    _css = HERE / "widgets.css"
    specs = traitlets.List().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)


def start_values(draw, ranges):
    """Each parameter's own default in `draw`, else the low end of its range or the first choice."""
    parameters = inspect.signature(draw).parameters
    return {
        name: parameters[name].default
        if name in parameters and parameters[name].default is not inspect.Parameter.empty
        else choices[0]
        for name, choices in ranges.items()
    }


def specify(name, choices, start, labels=None):
    """What the browser needs to know of one control."""
    spec = {"name": name, "label": (labels or {}).get(name, name.replace("_", " "))}
    if all(isinstance(choice, str) for choice in choices):
        return spec | {"kind": "choice", "choices": list(choices), "start": start}
    if len(choices) not in (2, 3) or not all(isinstance(end, (int, float)) for end in choices):
        raise ValueError(
            f"{name}: a range is (low, high), (low, high, step) or a list of strings, "
            f"not {choices!r}"
        )
    low, high = choices[:2]
    percent = name.split("_")[-1] in ("sparsity", "density") and high <= 1
    whole = not percent and all(isinstance(number, int) for number in (*choices, start))
    usual = 1 if whole else 0.01 if percent else round_step((high - low) / 50)
    step = choices[2] if len(choices) == 3 else usual
    spec |= {
        "kind": "slider",
        "low": low,
        "high": high,
        "step": step,
        "whole": whole,
        "percent": percent,
    }
    return spec | {"decimals": decimals(step), "start": nearest(start, spec)}


def typed(specs, values):
    """The values as `draw` expects them: on the slider's steps, integers as int."""
    return {
        spec["name"]: values[spec["name"]]
        if spec["kind"] == "choice"
        else nearest(values[spec["name"]], spec)
        for spec in specs
    }


def nearest(value, spec):
    """The slider's step that is nearest to `value`."""
    low, high, step = spec["low"], spec["high"], spec["step"]
    last = math.floor((high - low) / step + 1e-9)
    place = min(max(round((value - low) / step), 0), last)
    value = low + place * step
    return int(value) if spec["whole"] else round(value, 12)


def round_step(step):
    """The largest of 1, 2, 5 times a power of ten that is not above `step`."""
    power = 10.0 ** math.floor(math.log10(step))
    return round(max(m * power for m in (1, 2, 5) if m * power <= step * (1 + 1e-9)), 12)


def decimals(step):
    """How many digits after the point a multiple of `step` needs."""
    return max(0, len(f"{step:.12f}".rstrip("0").split(".")[1]))
