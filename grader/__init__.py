"""Grading: from a folder of submissions to marks, feedback and a table.

`python -m grader release [LAB]` makes what students get; `python -m grader grade LAB` grades it.
nbgrader keeps the sources, the gradebook and the pages; `box` and `checker` run a student's code.
"""

import sys
from pathlib import Path

HOME = Path(__file__).parents[1]  # the folder of `utils`, `grader` and course.py

# jsonschema would import it to check URIs, which notebooks have none of; that alone takes a second
sys.modules.setdefault("rfc3987_syntax", None)  # pyright: ignore[reportArgumentType]
