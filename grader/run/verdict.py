"""What a run says of a submission: its limits, its errors, its checks, in one sentence."""

from grader.course import cells
from grader.course.folders import exercise
from grader.course.words import listed
from grader.gradebook.outcomes import GRADED, WARNED, Outcome
from grader.gradebook.results import Result
from grader.intake.submitted import Submission

SYNTAX = ("SyntaxError", "IndentationError", "TabError")
SHORT_OF = {  # words of an error, and the limit that they speak of
    "can't allocate memory": "asked for more memory than is available",
    "MemoryError": "asked for more memory than is available",
    "Unable to allocate": "asked for more memory than is available",
    "No space left on device": "filled its disk space",
    "File too large": "filled its disk space",
    "maximum recursion depth": "recursed without end",
    "Resource temporarily unavailable": "started more processes or threads than allowed",
    "can't start new thread": "started more processes or threads than allowed",
}


def of_result(submission: Submission, result: Result, name: str | None = None) -> Outcome:
    """The Outcome of a submission that was run. submission: an `intake.Submission`; result: what
    the checker returned."""
    warnings = [*limits_hit(result), *unreadable(submission, result), *submission.warnings]
    checks = result["checks"].values()
    passed, missing = sum(check["passed"] for check in checks), unanswered(submission)
    count = [] if warnings or (missing and not passed) else [passed_of(passed, len(checks))]
    apart = judged_apart(result)
    sentence = "; ".join([*warnings, *count, *missing, *apart, *submission.remarks])
    return Outcome(WARNED if warnings else GRADED, sentence, name)


def passed_of(passed: int, number: int) -> str:
    return (
        f"all {number} checks passed" if passed == number else f"{passed} of {number} checks passed"
    )


def limits_hit(result: Result) -> list[str]:
    """What went over a limit or ended the process, and in which cells."""
    found = {}
    for event in result["events"]:
        if event["kind"] != "output":
            found.setdefault(event["text"], []).append(event["cell"])
    errors = [
        output["evalue"]
        for outputs in result["cells"].values()
        for output in outputs
        if output["output_type"] == "error"
    ]
    names = [
        output["ename"]
        for outputs in result["cells"].values()
        for output in outputs
        if output["output_type"] == "error"
    ]
    short = dict.fromkeys(
        words for sign, words in SHORT_OF.items() if any(sign in text for text in [*errors, *names])
    )
    return [f"{text} in {listed(places)}" for text, places in found.items()] + list(short)


def unreadable(submission: Submission, result: Result) -> list[str]:
    names = [
        name
        for name, cell in cells.named(submission.notebook or {"cells": []})
        if cells.is_code(cell)
        and not cells.is_check(cell)
        and any(output.get("ename") in SYNTAX for output in result["cells"].get(cell["id"], []))
    ]
    return [f"syntax error in {listed(names)}"] if names else []


def unanswered(submission: Submission) -> list[str]:
    number = len(submission.unanswered)
    return [f"no answer in {number} cell{'s' if number > 1 else ''}"] if number else []


def judged_apart(result: Result) -> list[str]:
    """Which exercises earned points with the lab's own functions in place of the student's, and
    which could not be judged by themselves."""
    found = []
    for way, words in (("ours", "judged with our"), ("theirs", "not judged by itself: it uses")):
        apart: dict[tuple[str, ...], list[str]] = {}
        for name, check in result["checks"].items():
            if way in check and (check["points"] or way == "theirs"):
                apart.setdefault(tuple(check[way]), []).append(exercise(name))
        found += [
            f"{listed(list(dict.fromkeys(exercises)))} {words} {listed(names)}"
            for names, exercises in apart.items()
        ]
    return found
