"""A mistake costs once: a check that fails is run again, with the lab's own functions in the place
of earlier ones of the student's that are empty or wrong. The better result counts.

The lab's own functions stay in this process: the box calls them as it calls all that a check lends.
They never stand in for what a check asks about, and the box in which they do is not the one that
earned the other marks.
"""

from typing import Any

from grader.checker import lent, uses
from grader.checker.grading import check, set_up, writable
from grader.checker.outputs import Output
from grader.checker.session import Session
from grader.course import cells
from grader.course.cells import Cell, Notebook
from grader.course.limits import Limits

JUDGED = ("AssertionError", "CheckFailed")  # a check's own verdict, not an accident in it

Result = dict[str, Any]  # {"checks": marks by grade id, "cells": outputs by cell id}


def worth_it(result: Result) -> bool:
    """Whether one check that failed can be the fault of another."""
    return sum(not mark["passed"] for mark in result["checks"].values()) > 1


def merged(result: Result, again: Result) -> Result:
    """A result with what the second run changes in it."""
    return {**result, **{part: {**result[part], **again[part]} for part in ("checks", "cells")}}


def judged_again(
    notebook: Notebook,
    first: Result,
    source: Notebook,
    space: dict[str, Any],
    session: Session,
    limits: Limits,
) -> Result:
    """What changes in a result, `first`, when checks are run again with the lab's own functions.
    The rest as for `check_submission`, in a new state."""
    lab = Exercises(source, notebook)
    blamed = lab.all_blamed(notebook, first)
    ours = made(source, dict(space), {name for names in blamed.values() for name in names})
    if not ours:
        return writable(alone(notebook, first, blamed))
    found, failures = Result(checks={}, cells={}), Failures(lab, notebook)
    needed, opening = lab.needed(notebook, blamed), [one["id"] for one in cells.opening(source)]
    for where, cell in cells.named(notebook):
        if not cells.is_code(cell) or cell["id"] in opening:
            continue
        session.ours = {name: ours[name] for name in failures.names() if name in ours}
        if not cells.is_check(cell):
            if needed & uses.of_cells([cells.text(cell)]).keys():
                if cells.is_own(cell):
                    set_up(where, cell, lab.asked, space, session, limits)
                session.run_cell(where, cells.text(cell))
            continue
        mark = first["checks"][cells.grade_id(cell)]
        names = [] if mark["passed"] else lab.to_blame(cell, {*session.ours})
        if names:
            again, outputs = check(where, cell, lab.asked, space, session, limits)
            if better(again, outputs, mark):
                mark = {**again, "ours": names}
                words = f"Judged with our {listed(names)} in place of yours."
                put(found, cell, mark, outputs, words)
        failures.note(cell, mark)
    return writable(found)


def alone(notebook: Notebook, first: Result, blamed: dict[str, list[str]]) -> Result:
    """What is said where the lab has no functions of its own to put in their place."""
    found = Result(checks={}, cells={})
    for cell in notebook["cells"]:
        if names := blamed.get(cells.grade_id(cell)):
            mark, outputs = first["checks"][cells.grade_id(cell)], first["cells"][cell["id"]]
            words = f"It could not be judged by itself: it uses {listed(names)}, not right yet."
            put(found, cell, {**mark, "theirs": names}, outputs, words)
    return found


def put(found: Result, cell: Cell, mark: dict[str, Any], outputs: list[Output], words: str) -> None:
    """A mark and the outputs of its check, which say `words` too."""
    if mark["message"]:
        mark["message"] = f"{mark['message'].rstrip()}\n{words}"
    if outputs and outputs[0]["output_type"] == "error":
        text = mark["message"]
        outputs = [{**outputs[0], "evalue": text, "traceback": [text]}]
    else:
        text = "".join(output["text"] for output in outputs) + f"{words}\n"
        outputs = [{"output_type": "stream", "name": "stdout", "text": text}]
    found["checks"][cells.grade_id(cell)], found["cells"][cell["id"]] = mark, outputs


class Exercises:
    """The answers of a lab in their order, and which lead to which in a student's notebook."""

    def __init__(self, source: Notebook, notebook: Notebook) -> None:
        answers = [cells.text(cell) for cell in source["cells"] if cells.is_answer(cell)]
        self.asked = cells.asked(source)
        self.place = {
            name: place
            for place, text in enumerate(answers)
            for name in cells.defined([text]) & self.asked
        }
        # a name that no cell of the student's is seen to define is used as in the reference
        self.uses = uses.of_cells(answers) | uses.of_cells(
            cells.text(cell)
            for cell in notebook["cells"]
            if cells.is_code(cell) and not cells.is_check(cell)
        )

    def names(self, check: Cell) -> set[str]:
        return cells.used(cells.text(check)) & self.asked

    def of(self, check: Cell) -> int:
        """The place of the answer that a check asks about: the last of those that it uses."""
        return max((self.place[name] for name in self.names(check)), default=-1)

    def to_blame(self, check: Cell, wrong: set[str]) -> list[str]:
        """Those of the wrong functions that a check leads to, in their order."""
        found = uses.reached(self.names(check), self.uses, wrong) & wrong
        return sorted(found, key=lambda name: self.place[name])

    def all_blamed(self, notebook: Notebook, first: Result) -> dict[str, list[str]]:
        """For each check that failed, by grade id, the functions to blame, when there are any."""
        failures, found = Failures(self, notebook), {}
        for cell in filter(cells.is_check, notebook["cells"]):
            mark = first["checks"][cells.grade_id(cell)]
            if not mark["passed"] and (names := self.to_blame(cell, failures.names())):
                found[cells.grade_id(cell)] = names
            failures.note(cell, mark)
        return found

    def needed(self, notebook: Notebook, blamed: dict[str, list[str]]) -> set[str]:
        """The names that checks which are run again lead to, without those that ours stand for."""
        again = [cell for cell in notebook["cells"] if cells.grade_id(cell) in blamed]
        judged = {self.of(cell) for cell in again}
        ends = {
            name for names in blamed.values() for name in names if self.place[name] not in judged
        }
        used = set().union(*(cells.used(cells.text(cell)) for cell in again))
        return uses.reached(used, self.uses, ends) - ends


class Failures:
    """The exercises that did not earn all of their points, once all of their checks have run."""

    def __init__(self, lab: Exercises, notebook: Notebook) -> None:
        self.lab, self.failing, self.ended = lab, set(), set()
        self.last = {lab.of(cell): cell["id"] for cell in filter(cells.is_check, notebook["cells"])}

    def note(self, check: Cell, mark: dict[str, Any]) -> None:
        place = self.lab.of(check)
        self.failing |= set() if mark["passed"] else {place}
        self.ended |= {place} if self.last[place] == check["id"] else set()

    def names(self) -> set[str]:
        places = self.failing & self.ended
        return {name for name, place in self.lab.place.items() if place in places}


def made(source: Notebook, space: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """The lab's own functions and classes of these names, made in `space`; nothing where the lab
    has no answers, as in what students get."""
    opening = [cell["id"] for cell in cells.opening(source)]
    own = [
        cells.text(cell)
        for cell in source["cells"]
        if (cells.is_own(cell) or cells.is_answer(cell)) and cell["id"] not in opening
    ]
    if not any(cells.BEGIN in text for text in own):
        return {}
    needed = uses.reached(names, uses.of_cells(own), set())
    for text in own:
        if needed & uses.of_cells([text]).keys():
            # no line of it can be quoted: nothing but this text has its source
            exec(compile(cells.plain(text), "<ours>", "exec"), space)
    found = {name: space[name] for name in names if callable(space.get(name))}
    return {name: value for name, value in found.items() if lent.can_be_lent(value)}


def better(mark: dict[str, Any], outputs: list[Output], first: dict[str, Any]) -> bool:
    """Whether the second result counts: more points, or as many and a verdict on this answer
    alone."""
    judged = any(output.get("ename") in JUDGED for output in outputs)
    return mark["points"] > first["points"] or (mark["points"] == first["points"] and judged)


def listed(names: list[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)
