"""One page for each student: what nbgrader's generate_feedback makes, from the same settings and
templates."""

import copy
import functools
import json
import multiprocessing
import os
import re
import shutil
import threading
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode, from_dict
from rich.console import Console
from rich.progress import track

from grader.course.files import write
from grader.course.folders import Course

FEW = 40  # pages that are not worth a second process, which needs some seconds to start
WITHOUT_ALT = re.compile(r"<img (?![^>]*\balt=)")


class Page(HTMLExporter):
    """nbconvert's exporter, which reads its own page again to see which pictures have no
    description: that took half of the time."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any | None = None, **more: Any
    ) -> tuple[str, dict[str, Any]]:
        resources = self._init_resources(resources)
        self.register_filter("highlight_code", Highlight2HTML(pygments_lexer="python", parent=self))
        self.register_filter(
            "filter_data_type",
            WidgetsDataTypeFilter(
                notebook_metadata=self._nb_metadata, parent=self, resources=resources
            ),
        )
        html, resources = TemplateExporter.from_notebook_node(self, nb, resources, **more)
        return WITHOUT_ALT.sub(
            '<img alt="No description has been provided for this image" ', html
        ), resources


@functools.cache
def exporter(course: Course) -> Page:
    """The exporter of a course's pages: its templates are compiled once."""
    config = copy.deepcopy(course.config)
    config.HTMLExporter.template_name = "feedback"
    page = Page(config=config, optimistic_validation=True)
    for step in config.GenerateFeedback.preprocessors:
        page.register_preprocessor(step)
    return page


def write_feedback(course: Course, lab: str, student: str) -> str | None:
    """Writes grading/feedback/STUDENT/LAB/LAB.html. Returns None, or the reason why it could
    not."""
    try:
        notebook = from_dict(
            json.loads(course.autograded(lab, student).read_text(encoding="utf-8"))
        )
        about = {"notebook": lab, "assignment": lab, "student": student, "db_url": course.db_url}
        html, _ = exporter(course).from_notebook_node(
            notebook, {"metadata": {"name": lab}, "unique_key": lab, "nbgrader": about}
        )
        write(course.feedback(lab, student), html)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def write_all(
    course: Course, lab: str, students: list[str], jobs: int, console: Console
) -> dict[str, str]:
    """Writes the pages of all these students, `jobs` at a time. Returns the reasons of those that
    failed, by student."""
    if jobs == 1 or len(students) <= FEW:
        made = map(write_feedback, *columns(course, lab, students))
        return reasons(students, track(made, "feedback", len(students), console=console))
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), end_with_parent) as pool:
        made = pool.map(write_feedback, *columns(course, lab, students), chunksize=4)
        return reasons(students, track(made, "feedback", len(students), console=console))


def end_with_parent() -> None:
    """In a process of the pool: it ends when the process that started it ends, even if killed."""

    def wait() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def columns(
    course: Course, lab: str, students: list[str]
) -> tuple[list[Course], list[str], list[str]]:
    return [course] * len(students), [lab] * len(students), students


def reasons(students: list[str], made: Iterable[str | None]) -> dict[str, str]:
    return {student: reason for student, reason in zip(students, made, strict=True) if reason}


def remove_feedback(course: Course, lab: str, student: str) -> None:
    """Removes the page of an earlier version of a submission that cannot be graded now."""
    shutil.rmtree(course.feedback(lab, student).parent, ignore_errors=True)
