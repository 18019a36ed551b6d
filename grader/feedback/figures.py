"""The figures on the page about a class, and the policy that lets them run and nothing else."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from math import ceil
from statistics import median
from typing import Any

from markupsafe import Markup

from grader.course.folders import Check, maxima
from grader.course.words import points
from grader.gradebook.rows import Row
from utils.plots import bars
from utils.plots.style import BLUE, CONFIG, TEXT, VERMILLION, picture

WIDTHS = [0.5, 1, 2, 2.5, 5, 10, 20, 25, 50, 100]  # of a bar of the histogram, in points
MOST_BARS = 20
BUBBLE = 34  # pixels, of everybody


def histogram(rows: list[Row]) -> Any:  # a plotly Figure
    """How many students have how many points; a dashed line at the median."""
    totals, most = [row.total for row in rows if row.total is not None], rows[0].most
    top = max(most, *totals, 1)
    width = next((width for width in WIDTHS if top / width <= MOST_BARS), WIDTHS[-1])
    edges = [number * width for number in range(ceil(top / width) + 1)]
    counts = Counter(
        min(int(total / width), len(edges) - 2) for total in totals
    )  # full marks belong to the last bar
    names = [f"{points(low)} to {points(high)} points" for low, high in pairwise(edges)]
    trace = {
        "type": "bar",
        "x": [edge + width / 2 for edge in edges[:-1]],
        "y": [counts[number] for number in range(len(edges) - 1)],
        "width": width * 0.92,
        "customdata": names,
        "marker": {"color": BLUE, "line": {"width": 0}},
        "hovertemplate": "%{customdata}: %{y}<extra></extra>",
    }
    half = median(totals)
    layout = {
        "xaxis": {"title": {"text": "points"}, "range": [0, edges[-1]]},
        "yaxis": {
            "title": {"text": "students"},
            "rangemode": "tozero",
            "minallowed": 0,
            **({"dtick": 1} if max(counts.values()) < 8 else {}),
        },
        "shapes": [upright(half)],
        "height": 300,
    }
    count = f"{len(rows)} submission{'s' * (len(rows) != 1)}"
    low, high = points(min(totals)), points(max(totals))
    text = (
        f"The totals of {count}, from {low} to {high} of {points(most)} points; the dashed line "
        f"is the median, {points(half)}."
    )
    return picture([trace], layout, text)


def upright(x: float) -> dict[str, Any]:
    """A dashed line from the bottom of a figure to its top."""
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "y0": 0,
        "y1": 1,
        "yref": "y domain",
        "line": {"color": TEXT, "width": 2, "dash": "dash"},
    }


def shares(checks: list[Check], rows: list[Row]) -> dict[str, Counter[float]]:
    """{exercise: Counter of the shares of full marks, in percent} in the lab's order; marks that
    are still to come are left out."""
    most = {name: value for name, value in maxima(checks).items() if value}
    return {
        name: Counter(
            round(100 * row.points[name] / most[name], 1)
            for row in rows
            if row.points.get(name) is not None
        )
        for name in most
    }


def bubbles(checks: list[Check], rows: list[Row]) -> Any:  # a plotly Figure
    """For each exercise, how many students earned which share of its marks."""
    found = {name: counter for name, counter in shares(checks, rows).items() if counter}
    spots = [
        (share, name, number)
        for name, counter in found.items()
        for share, number in sorted(counter.items())
    ]
    means = {
        name: sum(share * number for share, number in counter.items()) / counter.total()
        for name, counter in found.items()
    }
    layout = {
        "xaxis": {
            "title": {"text": "share of full marks (%)"},
            "range": [-6, 106],
            "tickvals": [0, 25, 50, 75, 100],
            "zeroline": False,
        },
        "yaxis": {"autorange": "reversed"},
        "height": 110 + 44 * len(found),
        "margin": {"r": 24},
    }
    text = (
        "Mean share of full marks: "
        f"{', '.join(f'{name} {value:.0f} %' for name, value in means.items())}."
    )
    traces = [mean_marks(means), student_marks(spots, len(rows))]
    return picture(traces, layout | {"showlegend": False}, text)


def student_marks(spots: list[tuple[float, str, int]], number: int) -> dict[str, Any]:
    """A bubble for each spot: (share, exercise, how many students). number: of all students."""
    size = [max(BUBBLE * (many / number) ** 0.5, 5) for _, _, many in spots]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": "students",
        "x": [share for share, _, _ in spots],
        "y": [name for _, name, _ in spots],
        "text": [
            str(number) if pixels >= 16 else "" for (_, _, number), pixels in zip(spots, size)
        ],
        "textfont": {"color": "white", "size": 12},
        "customdata": [number for _, _, number in spots],
        "hovertemplate": "%{y}, %{x} %: %{customdata} students<extra></extra>",
        "marker": {"size": size, "color": BLUE, "opacity": 1, "line": {"width": 0}},
        "cliponaxis": False,
    }


def mean_marks(means: dict[str, float]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "mean",
        "x": list(means.values()),
        "y": list(means),
        "marker": {"symbol": "line-ns", "size": 28, "line": {"color": VERMILLION, "width": 3}},
        "cliponaxis": False,
        "hovertemplate": "%{y}: mean %{x:.0f} %<extra></extra>",
    }


def rate_bars(rates: list[dict[str, Any]]) -> Any:  # a plotly Figure
    """How many students pass each check."""
    text = ", ".join(f"{rate['check']} {rate['passed']} of {rate['of']}" for rate in rates)
    return bars(
        rates,
        x="percent",
        y="check",
        x_label="students who passed (%)",
        digits=".0f",
        text=f"Passed: {text}.",
        height=100 + 32 * len(rates),
        xaxis_range=[0, 101],
    )


def html(figure: Any, name: str, first: bool) -> Markup:
    """A figure as HTML; the first one brings plotly's code for all."""
    config = CONFIG | {"responsive": True, "displayModeBar": False}
    return Markup(
        figure.to_html(
            full_html=False, include_plotlyjs=first, div_id=f"figure-{name}", config=config
        )
    )


def policy(figures: Iterable[str]) -> str:
    """The page's Content-Security-Policy: nothing is fetched, and of scripts only those of these
    figures run."""
    scripts = [
        script
        for figure in figures
        for script in re.findall(r"<script[^>]*>(.*?)</script>", figure, re.DOTALL)
    ]
    allowed = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in scripts
    )
    return (
        f"default-src 'none'; script-src {allowed or repr('none')}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
