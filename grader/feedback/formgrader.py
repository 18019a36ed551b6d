"""nbgrader's own pages, made as `course.py grade` makes them: formgrader's page of a submission,
and those of `nbgrader generate_feedback` and of formgrader's button for it.

The instructor's JupyterLab loads this extension in place of nbgrader's, see settings/instructor.
"""

from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension

from grader.course.folders import of_config
from grader.feedback.apart import made


class Apart(HTMLExporter):
    """In the place of nbconvert's exporter: the page is made in another process."""

    def from_filename(
        self, filename: str, resources: Any | None = None, **more: Any
    ) -> tuple[str, Any]:
        given = {**(resources or {}), "output_extension": self.file_extension}
        course = of_config(self.config)
        return made(course, self.template_name, Path(filename), given)[0], given


class Formgrader(FormgradeExtension):
    def init_tornado_settings(self, webapp: Any) -> None:
        super().init_tornado_settings(webapp)
        webapp.settings["nbgrader_exporter"] = Apart(config=self.config)


def _load_jupyter_server_extension(server: Any) -> None:
    """As nbgrader's own does."""
    extension = Formgrader(parent=server)
    extension.root_dir = server.root_dir
    extension.log = server.log
    extension.initialize([])
    extension.init_tornado_settings(server.web_app)
    extension.init_handlers(server.web_app)
