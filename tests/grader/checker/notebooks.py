"""A small lab and the answers to it, judged in a box that is a thread of this process."""

import json

from grader.box.agent import Agent
from grader.checker import grading, once
from grader.checker.grading import check_submission
from grader.checker.session import Session
from grader.course import cells
from tests.grader.checker.boxes import LIMITS, Cells, ThreadBox
from tests.grader.tiny import cell


def answer(name, source):
    return cell("code", name, source, solution=True)


def check(name, source, points=4):
    return cell("code", name, source, grade=True, locked=True, points=points)


def setup(name, source):
    return cell("code", name, source, locked=True)


def graded(source, answers, space=None, limits=LIMITS, box=ThreadBox):
    """The result of the answers (a source for a grade id) to a lab's cells."""
    return judge(check_submission, source, answers, space, limits, box)


def graded_again(source, answers):
    """(the result, what it is once checks were run again with the lab's own functions)"""
    first = graded(source, answers)

    def again(notebook, *lab):
        return once.judged_again(notebook, json.loads(json.dumps(first)), *lab)

    return first, once.merged(first, judge(again, source, answers))


def judge(way, source, answers, space=None, limits=LIMITS, box=ThreadBox):
    notebook = {
        "cells": [{**one, "source": answers.get(one["id"], one["source"])} for one in source]
    }
    space = {"__name__": "__main__"} if space is None else space
    opening = [one["source"] for one in cells.opening({"cells": source})]
    for text in opening:
        grading.execute(text, "<opening>", space)

    def serve(wire):
        shell = Cells()
        for text in opening:
            shell.run(text)
        Agent(wire, shell).serve()

    session = Session(lambda: box(serve), [], limits)
    try:
        return way(notebook, {"cells": source}, space, session, limits)
    finally:
        session.close()


def points(result):
    return {name: one["points"] for name, one in result["checks"].items()}
