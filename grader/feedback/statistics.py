"""A page about a whole class, for its teacher: marks, which checks fail and with what words, who
needs attention.

One file that asks for nothing from elsewhere. What students wrote (messages, sentences) is escaped,
and the page's policy lets no script run but those that draw the figures.
"""

import re
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader

from grader.course import files
from grader.course.folders import Check, Course
from grader.course.words import points
from grader.feedback.figures import bubbles, histogram, html, policy, rate_bars
from grader.gradebook import results
from grader.gradebook.outcomes import GRADED, NOT_HANDED_IN, NOT_YET, OUR_FAULT, UNGRADABLE, WARNED
from grader.gradebook.results import Result
from grader.gradebook.rows import Row

TEMPLATES = Path(__file__).with_name("templates") / "statistics"
STATUSES = [GRADED, WARNED, UNGRADABLE, OUR_FAULT, NOT_YET, NOT_HANDED_IN]
URGENT = [
    OUR_FAULT,
    UNGRADABLE,
    NOT_YET,
    NOT_HANDED_IN,
]  # without a mark; what needs a teacher most comes first
MOST_MESSAGES = 5  # of a check
NUMBER = re.compile(r"(?<![A-Za-z_\d.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
PREFIX = re.compile(r"^check_\w+: ")
SEVERAL = re.compile(r"#(?:,? #)+")


def write_statistics(course: Course, lab: str, rows: list[Row]) -> Path:
    """Writes grading/statistics/LAB.html. Returns its path. rows: `report.Row`s of the lab."""
    path = course.folder / "statistics" / f"{lab}.html"
    files.write(path, page(course, lab, rows))
    return path


def page(course: Course, lab: str, rows: list[Row]) -> str:
    checks = course.checks(lab)
    graded = [row for row in rows if row.total is not None]
    stored = {
        row.student: result
        for row in graded
        if row.outcome.result and (result := results.load(course, lab, row.outcome.result))
    }
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


def statuses(rows: list[Row]) -> list[tuple[str, int]]:
    """(status, how many) of each status that there is."""
    count = Counter(row.outcome.status for row in rows)
    return [(status, count[status]) for status in STATUSES if count[status]]


def middle(rows: list[Row]) -> str:
    """The median of the totals, in words; "" when there is none."""
    return (
        f"{points(median(row.total for row in rows if row.total is not None))} of "
        f"{points(rows[0].most)}"
        if rows
        else ""
    )


def pass_rates(checks: list[Check], stored: dict[str, Result]) -> list[dict[str, Any]]:
    """[{"check", "passed", "of", "percent"}] in the lab's order, of the checks that a machine
    ran."""
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


def failures(checks: list[Check], stored: dict[str, Result]) -> list[dict[str, Any]]:
    """[{"check", "failed", "of", "messages", "others"}] of the checks that somebody failed, in the
    lab's order.

    messages: the most frequent ones, each {"line", "hint", "whole", "students"}; others: how many
    students got another one.
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
            messages = [example(texts) for _, texts in ranked[:MOST_MESSAGES]]
            others = sum(len(texts) for _, texts in ranked[MOST_MESSAGES:])
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


def gist(message: str) -> str:
    """What tells messages apart: the first line and the advice after what was expected and got,
    whatever their numbers are."""
    return SEVERAL.sub("# ...", NUMBER.sub("#", "\n".join(head_and_hint(message))))


def head_and_hint(message: str) -> tuple[str, str]:
    """(the first line of a message, its lines of advice as one); lines about single values are
    indented, those of code begin with in line."""
    first, *rest = message.strip().splitlines() or ["no message"]
    return first.strip(), " ".join(
        line.strip() for line in rest if line[:1].strip() and not line.startswith("in line ")
    )


def example(messages: dict[str, str]) -> dict[str, Any]:
    """The most frequent one of messages that say the same. messages: by student. Without
    advice: what was expected and got."""
    whole = min(Counter(messages.values()).items(), key=lambda message: (-message[1], message[0]))[
        0
    ]
    line, hint = head_and_hint(whole)
    values = " ".join(
        " ".join(row for row in whole.splitlines()[1:] if row.startswith(" ")).split()
    )
    return {
        "line": PREFIX.sub("", line),
        "hint": hint or values,
        "whole": whole.strip(),
        "students": sorted(messages),
    }


def limits(stored: dict[str, Result]) -> list[dict[str, Any]]:
    """[{"cell", "text", "students"}] of what went over a limit or ended a process, the most
    frequent first."""
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


def attention(course: Course, lab: str, rows: list[Row], wanted: list[str]) -> list[dict[str, Any]]:
    """[{"student", "name", "status", "sentence", "page"}] of students with one of these statuses,
    in their order; page: the address of the feedback, None without one."""
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
