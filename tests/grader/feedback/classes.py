"""Rows of a class, made by hand."""

import html
import re

from grader.gradebook import results
from grader.gradebook.outcomes import GRADED, WARNED, Outcome
from grader.gradebook.rows import Row

CHECKS = ["check_double", "hidden_double", "check_half"]


def said(check, message):
    return (
        {"points": 0.0, "most": 1.0, "passed": False, "message": message}
        if message is not None
        else {"points": 1.0, "most": 1.0, "passed": True, "message": ""}
    )


def student(
    course,
    name,
    status=GRADED,
    messages=(None, None, None),
    events=(),
    stored=True,
    by_hand=None,
    sentence="",
):
    """A Row, and its stored result. messages: of the three checks, None for one that passed."""
    if status not in (GRADED, WARNED):
        return Row(
            name,
            None,
            None,
            None,
            dict.fromkeys(["double", "half", "explanation"]),
            None,
            10.0,
            False,
            Outcome(status, sentence),
        )
    marks = {check: said(check, message) for check, message in zip(CHECKS, messages, strict=True)}
    if stored:
        results.store(
            course,
            "tiny",
            f"of_{name}",
            {"backend": "warm", "checks": marks, "cells": {}, "events": list(events)},
        )
    double = 2.0 * marks["check_double"]["passed"] + 3.0 * marks["hidden_double"]["passed"]
    points = {"double": double, "half": 1.0 * marks["check_half"]["passed"], "explanation": by_hand}
    total = sum(value or 0 for value in points.values())
    return Row(
        name,
        None,
        None,
        None,
        points,
        total,
        10.0,
        by_hand is None,
        Outcome(status, sentence, f"of_{name}"),
    )


def text_of(page):
    """What a reader sees of a page, without the figures."""
    body = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", body)))
