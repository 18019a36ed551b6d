"""The program that `run` starts for each submission: nbgrader's autograde on one student.

Imports nothing of this course, so that no submission waits for what it does not need.
"""
import json
import sys

# jsonschema would import it to check URIs, which notebooks have none of; that alone takes a second of every start
sys.modules["rfc3987_syntax"] = None

from nbgrader.apps.api import NbGraderAPI
from traitlets.config.loader import PyFileConfigLoader


def main(task):
    """task: root, lab, student, cell_limit (seconds), result and last_cell (paths of files to write)."""

    last_named = "the start"

    def note(cell, cell_index):
        nonlocal last_named
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        with open(task["last_cell"], "w", encoding="utf-8") as file:
            file.write(f"the cell {name}" if name else f"a cell after {last_named}")
        last_named = name or last_named

    config = PyFileConfigLoader("nbgrader_config.py", path=task["root"]).load_config()
    config.CourseDirectory.ignore = ["*"]  # of the files beside the notebook none is copied to where it runs
    config.Execute.timeout = int(task["cell_limit"])
    config.Execute.on_cell_execute = note
    if config.CourseDirectory.db_url.startswith("sqlite:"):
        config.CourseDirectory.db_url += "?timeout=60"  # seconds; another submission may be writing its marks
    result = NbGraderAPI(config=config).autograde(task["lab"], task["student"], force=True, create=True)
    with open(task["result"], "w", encoding="utf-8") as file:
        json.dump({"success": result["success"], "log": (result.get("log") or "") + (result.get("error") or "")}, file)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
