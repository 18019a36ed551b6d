"""A page about a whole class, for its teacher: marks, which checks fail and with what words, who needs attention.

One file that asks for nothing from elsewhere. What students wrote (messages, sentences) is escaped, and the page's policy
lets no script run but those that draw the figures.
"""

import base64
import hashlib
import re
from collections import Counter, defaultdict
from itertools import pairwise
from math import ceil
from pathlib import Path
from statistics import median
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from grader.course import files
from grader.course.folders import maxima
from grader.gradebook import results
from grader.gradebook.export import points
from grader.gradebook.outcomes import GRADED, NOT_YET, OUR_FAULT, UNGRADABLE, WARNED
from utils.plots import bars
from utils.plots.style import BLUE, CONFIG, TEXT, VERMILLION, picture

TEMPLATES = Path(__file__).with_name("templates") / "statistics"
STATUSES = [GRADED, WARNED, UNGRADABLE, OUR_FAULT, NOT_YET]
URGENT = [OUR_FAULT, UNGRADABLE, NOT_YET]  # without a mark; what needs a teacher most comes first
WIDTHS = [0.5, 1, 2, 2.5, 5, 10, 20, 25, 50, 100]  # of a bar of the histogram, in points
MOST_BARS = 20
MOST_MESSAGES = 5  # of a check
BUBBLE = 34  # pixels, of everybody
NUMBER = re.compile(r"(?<![A-Za-z_\d.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
PREFIX = re.compile(r"^check_\w+: ")
SEVERAL = re.compile(r"#(?:,? #)+")


def write_statistics(course, lab, rows):
    """Writes grading/statistics/LAB.html. Returns its path. rows: `report.Row`s of the lab."""
    path = course.folder / "statistics" / f"{lab}.html"
    files.write(path, page(course, lab, rows))
    return path


def page(course, lab, rows):
    checks = course.checks(lab)
    graded = [row for row in rows if row.total is not None]
    stored = {row.student: results.load(course, lab, row.outcome.result) for row in graded}
    stored = {student: result for student, result in stored.items() if result}
    rates = pass_rates(checks, stored)
    drawn = {"totals": histogram(graded), "exercises": bubbles(checks, graded)} if graded else {}
    drawn |= {"checks": rate_bars(rates)} if rates else {}
    figures = {
        name: html(figure, name, first=number == 0)
        for number, (name, figure) in enumerate(drawn.items())
    }
    return (
        Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        .get_template("index.html.j2")
        .render(
            lab=lab,
            number=len(rows),
            statuses=statuses(rows),
            middle=middle(graded),
            figures=figures,
            policy=policy(figures.values()),
            texts={name: figure.layout.meta["text"] for name, figure in drawn.items()},
            waiting=sum(row.pending for row in graded),
            missing=len(graded) - len(stored),
            failures=failures(checks, stored),
            limits=limits(stored),
            stored=len(stored),
            urgent=attention(course, lab, rows, URGENT),
            warned=attention(course, lab, rows, [WARNED]),
        )
    )


# --- the numbers ---------------------------------------------------------------------------------


def statuses(rows):
    """(status, how many) of each status that there is."""
    count = Counter(row.outcome.status for row in rows)
    return [(status, count[status]) for status in STATUSES if count[status]]


def middle(rows):
    """The median of the totals, in words; "" when there is none."""
    return f"{points(median(row.total for row in rows))} of {points(rows[0].most)}" if rows else ""


def shares(checks, rows):
    """{exercise: Counter of the shares of full marks, in percent} in the lab's order; marks that are still to come are left out."""
    most = {name: value for name, value in maxima(checks).items() if value}
    return {
        name: Counter(
            round(100 * row.points[name] / most[name], 1)
            for row in rows
            if row.points.get(name) is not None
        )
        for name in most
    }


def pass_rates(checks, stored):
    """[{"check", "passed", "of", "percent"}] in the lab's order, of the checks that a machine ran."""
    rates = []
    for check, _, _ in checks:
        passed = [
            result["checks"][check]["passed"]
            for result in stored.values()
            if check in result["checks"]
        ]
        if passed:
            rates.append(
                {
                    "check": check,
                    "passed": sum(passed),
                    "of": len(passed),
                    "percent": 100 * sum(passed) / len(passed),
                }
            )
    return rates


def failures(checks, stored):
    """[{"check", "failed", "of", "messages", "others"}] of the checks that somebody failed, in the lab's order.

    messages: the most frequent ones, each {"line", "hint", "whole", "students"}; others: how many students got another one.
    """
    found = []
    for check, _, _ in checks:
        marks = {
            student: result["checks"][check]
            for student, result in stored.items()
            if check in result["checks"]
        }
        groups = defaultdict(dict)
        for student, mark in marks.items():
            if not mark["passed"]:
                groups[gist(mark["message"])][student] = mark["message"]
        ranked = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
        if ranked:
            messages = [example(said) for _, said in ranked[:MOST_MESSAGES]]
            others = sum(len(said) for _, said in ranked[MOST_MESSAGES:])
            found.append(
                {
                    "check": check,
                    "failed": sum(map(len, groups.values())),
                    "of": len(marks),
                    "messages": messages,
                    "others": others,
                }
            )
    return found


def gist(message):
    """What tells messages apart: the first line and the advice after what was expected and got, whatever their numbers are."""
    return SEVERAL.sub("# ...", NUMBER.sub("#", "\n".join(head_and_hint(message))))


def head_and_hint(message):
    """(the first line of a message, its lines of advice as one); lines about single values are indented, those of code begin with in line."""
    first, *rest = message.strip().splitlines() or ["no message"]
    return first.strip(), " ".join(
        line.strip() for line in rest if line[:1].strip() and not line.startswith("in line ")
    )


def example(said):
    """The most frequent one of messages that say the same. said: the message by student. Without advice: what was expected and got."""
    whole = min(Counter(said.values()).items(), key=lambda message: (-message[1], message[0]))[0]
    line, hint = head_and_hint(whole)
    values = " ".join(
        " ".join(row for row in whole.splitlines()[1:] if row.startswith(" ")).split()
    )
    return {
        "line": PREFIX.sub("", line),
        "hint": hint or values,
        "whole": whole.strip(),
        "students": sorted(said),
    }


def limits(stored):
    """[{"cell", "text", "students"}] of what went over a limit or ended a process, the most frequent first."""
    found = defaultdict(lambda: defaultdict(set))
    for student, result in stored.items():
        for event in result["events"]:
            found[event["kind"], event["cell"]][event["text"]].add(student)
    lines = [
        {
            "cell": cell,
            "text": max(texts, key=lambda text: len(texts[text])),
            "students": sorted(set().union(*texts.values())),
        }
        for (_, cell), texts in found.items()
    ]
    return sorted(lines, key=lambda line: (-len(line["students"]), line["cell"], line["text"]))


def attention(course, lab, rows, wanted):
    """[{"student", "name", "status", "sentence", "page"}] of who has one of these statuses, in their order; page: the address of the
    feedback, None without one."""
    needy = sorted(
        (row for row in rows if row.outcome.status in wanted),
        key=lambda row: (wanted.index(row.outcome.status), row.student),
    )
    return [
        {
            "student": row.student,
            "name": " ".join(filter(None, [row.first_name, row.last_name])),
            "status": row.outcome.status,
            "sentence": row.outcome.sentence,
            "page": quote(f"../feedback/{row.student}/{lab}/{lab}.html")
            if course.feedback(lab, row.student).exists()
            else None,
        }
        for row in needy
    ]


# --- the figures ---------------------------------------------------------------------------------


def histogram(rows):
    """How many students have how many points; a dashed line at the median."""
    totals, most = [row.total for row in rows], rows[0].most
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
    line = {
        "type": "line",
        "x0": half,
        "x1": half,
        "y0": 0,
        "y1": 1,
        "yref": "y domain",
        "line": {"color": TEXT, "width": 2, "dash": "dash"},
    }
    layout = {
        "xaxis": {"title": {"text": "points"}, "range": [0, edges[-1]]},
        "yaxis": {
            "title": {"text": "students"},
            "rangemode": "tozero",
            "minallowed": 0,
            **({"dtick": 1} if max(counts.values()) < 8 else {}),
        },
        "shapes": [line],
        "height": 300,
    }
    count, low, high = (
        f"{len(rows)} submission{'s' * (len(rows) != 1)}",
        points(min(totals)),
        points(max(totals)),
    )
    text = f"The totals of {count}, from {low} to {high} of {points(most)} points; the dashed line is the median, {points(half)}."
    return picture([trace], layout, text)


def bubbles(checks, rows):
    """For each exercise, how many students earned which share of its marks."""
    found = {name: counter for name, counter in shares(checks, rows).items() if counter}
    spots = [
        (share, name, number)
        for name, counter in found.items()
        for share, number in sorted(counter.items())
    ]
    size = [max(BUBBLE * (number / len(rows)) ** 0.5, 5) for _, _, number in spots]
    means = {
        name: sum(share * number for share, number in counter.items()) / counter.total()
        for name, counter in found.items()
    }
    students = {
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
    mean = {
        "type": "scatter",
        "mode": "markers",
        "name": "mean",
        "x": list(means.values()),
        "y": list(means),
        "marker": {"symbol": "line-ns", "size": 28, "line": {"color": VERMILLION, "width": 3}},
        "cliponaxis": False,
        "hovertemplate": "%{y}: mean %{x:.0f} %<extra></extra>",
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
    text = f"Mean share of full marks: {', '.join(f'{name} {value:.0f} %' for name, value in means.items())}."
    return picture([mean, students], layout | {"showlegend": False}, text)


def rate_bars(rates):
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


def html(figure, name, first):
    """A figure as HTML; the first one brings plotly's code for all."""
    config = CONFIG | {"responsive": True, "displayModeBar": False}
    return Markup(
        figure.to_html(
            full_html=False, include_plotlyjs=first, div_id=f"figure-{name}", config=config
        )
    )


def policy(figures):
    """The page's Content-Security-Policy: nothing is fetched, and of scripts only those of these figures run."""
    scripts = [
        script
        for figure in figures
        for script in re.findall(r"<script[^>]*>(.*?)</script>", figure, re.DOTALL)
    ]
    allowed = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in scripts
    )
    return f"default-src 'none'; script-src {allowed or repr('none')}; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
