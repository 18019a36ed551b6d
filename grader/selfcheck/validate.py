"""What the button Validate of JupyterLab asks for: nbgrader's page, our checker.

A server extension in the place of nbgrader's own, with the same addresses and the same form of
answer. It blocks nothing meanwhile: kernels go on.
"""

import asyncio
import html
import json
from pathlib import Path
from typing import Any

from jupyter_server.utils import url_path_join
from nbgrader.server_extensions.validate_assignment.handlers import (
    NbGraderVersionHandler,
    ValidateAssignmentHandler,
)
from tornado import web

from bootstrap import progress
from grader.course.folders import Course, GradingError
from grader.selfcheck.judge import BY_HAND, Judged, judge

Answer = dict[str, Any]
ELSEWHERE = "is not in the folder labs/LAB of a course, so there is nothing to compare it with."


def answer(path: Path) -> Answer:
    """What the button shows of the notebook at a path."""
    try:
        course, lab = place_of(path)
        judged = judge(course, lab, path, hidden=False)
    except GradingError as error:
        return {"success": False, "value": str(error)}
    progress.keep(course.root, lab, judged.record())
    failed = [shown(*entry) for entry in entries(judged)]
    return {"success": True, "value": {"failed": failed} if failed else {}}


def place_of(path: Path) -> tuple[Course, str]:
    """The course that a notebook is in, and the lab whose folder it is in."""
    lab = path.parent.name
    for root in path.parents:
        if (root / "course.toml").is_file() and (root / "nbgrader_config.py").is_file():
            course = Course(root)
            if lab in [entry.name for entry in course.manifest.labs]:
                return course, lab
    raise GradingError(f"{path.name} {ELSEWHERE}")


def entries(judged: Judged) -> list[tuple[str, str]]:
    """(the cell, what is wrong with it) of each that costs marks as it is."""
    found = []
    for part in judged.parts:
        number = judged.lab.exercises.get(part.exercise, "?")
        if part.wrong:
            marks = f"{part.points:g} of {part.most:g} points"
            found.append((f"Exercise {number}, the cell {part.name}: {marks}", part.message))
        elif part.message == BY_HAND and part.name in judged.unanswered:
            words = "There is no answer yet."
            found.append((f"Exercise {number}, the cell {part.name}: {part.most:g} points", words))
    if found and judged.notes:
        found.append(("The notebook", "\n".join(judged.notes)))
    return found


def shown(cell: str, words: str) -> dict[str, str]:
    """One entry in the form that the button knows. It shows `source` as text, `error` as HTML."""
    return {"source": cell, "error": html.escape(words), "raw_error": words}


class Handler(ValidateAssignmentHandler):
    """nbgrader's address for the button."""

    @web.authenticated
    async def post(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        name = self.get_argument("path", None) or (self.get_json_body() or {}).get("path", "")
        root = Path(self.root_dir).resolve()
        path = (root / name).resolve()
        if not path.is_relative_to(root):
            raise web.HTTPError(403, "This file is outside of the folder that was opened.")
        self.finish(json.dumps(await asyncio.to_thread(answer, path)))


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    settings = server.web_app.settings
    settings["root_dir"] = server.root_dir
    handlers = {"assignments/validate": Handler, "nbgrader_version": NbGraderVersionHandler}
    server.web_app.add_handlers(
        ".*$",
        [
            (url_path_join(settings["base_url"], address), handler)
            for address, handler in handlers.items()
        ],
    )
