"""From a notebook to a page, through nbconvert: its texts laid out, or shown as they are."""

import copy
import functools
import re
from collections.abc import Callable
from html import escape
from typing import Any

from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML, strip_ansi
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from grader.course.folders import Course
from grader.feedback.bounds import PLAIN_TEXT, as_written, can_be_highlighted, cut

WITHOUT_ALT = re.compile(r"<img (?![^>]*\balt=)")


class Page(HTMLExporter):
    """nbconvert's exporter, which reads its own page again to see which pictures have no
    description: that took half of the time."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any | None = None, **more: Any
    ) -> tuple[str, dict[str, Any]]:
        resources = self._init_resources(resources)
        for name, function in self.of_notebook(resources).items():
            self.register_filter(name, function)
        html, resources = TemplateExporter.from_notebook_node(self, nb, resources, **more)
        return WITHOUT_ALT.sub(
            '<img alt="No description has been provided for this image" ', html
        ), resources

    def of_notebook(self, resources: Any) -> dict[str, Callable[..., Any]]:
        """The filters of the templates that nbconvert makes for each notebook."""
        colours = Highlight2HTML(pygments_lexer="python", parent=self)

        def highlight_code(source: str, **more: Any) -> str:
            return colours(source, **more) if can_be_highlighted(source) else as_written(source)

        kinds = WidgetsDataTypeFilter(
            notebook_metadata=self._nb_metadata, parent=self, resources=resources
        )
        return {"highlight_code": highlight_code, "filter_data_type": kinds}


class PlainPage(Page):
    """The same page with every text as it was written: nothing is parsed."""

    def of_notebook(self, resources: Any) -> dict[str, Callable[..., Any]]:
        def plain(source: str, **more: Any) -> str:
            return as_written(source)

        def without_colours(text: str) -> str:
            return escape(strip_ansi(text))

        return {
            **super().of_notebook(resources),
            "markdown2html": plain,
            "highlight_code": plain,
            "ansi2html": without_colours,
        }


class Plain(Preprocessor):
    """Leaves of a notebook what a plain page shows, with a sentence above that says why."""

    def __init__(self, why: str):
        super().__init__(enabled=True)
        self.why = why

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        for cell in nb.cells:
            cell.pop("attachments", None)
            for output in cell.get("outputs", []):
                if "data" in output:
                    text = output.data.get("text/plain", "[not shown here]")
                    output.data = {"text/plain": cut(text, PLAIN_TEXT)}
                if "text" in output:
                    output.text = cut(output.text, PLAIN_TEXT)
        words = (
            "This page shows every text as it was written, without formulas, colours and pictures, "
            f"because it could not be laid out: {self.why}."
        )
        nb.cells.insert(0, new_markdown_cell(words))
        return nb, resources


@functools.cache
def exporter(course: Course, template: str, why: str = "") -> Page:
    """The exporter of a course's pages, whose templates are compiled once. why: it is that of plain
    pages, and this is why."""
    config = copy.deepcopy(course.config)
    config.HTMLExporter.template_name = template
    page = (PlainPage if why else Page)(config=config, optimistic_validation=True)
    if template == "feedback":
        for step in config.GenerateFeedback.preprocessors:
            page.register_preprocessor(step)
    if why:
        page.register_preprocessor(Plain(why))
    return page
