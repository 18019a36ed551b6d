"""nbgrader's settings: which folder holds what, and how a submission is run.

solutions/LAB  --release-->  labs/LAB, what students get
grading/submitted/STUDENT/LAB  --grade-->  autograded, feedback and gradebook.db in grading/

Read by `course.py release`, `grade` and `check`, by nbgrader's own commands, by formgrader and by
the Validate button of a student's JupyterLab: it must load quickly, so nothing of `utils` is
imported here (classes are named by strings, and loaded when they are used).

COURSE_GRADING names a folder for submissions, grades and feedback in place of `grading`; the
example class of `grade --demo` is in grading/demo.

COURSE_GRADEBOOK is the address of a PostgreSQL database for the gradebook
(postgresql+psycopg://USER:PASSWORD@HOST/NAME) in place of the file grading/gradebook.db; the
example class always has its own file.
"""

import importlib.util
import os
from pathlib import Path

c = get_config()  # noqa: F821 (given by traitlets)

root = Path(__file__).resolve().parent
grading = os.environ.get("COURSE_GRADING", "grading")

c.CourseDirectory.course_id = "sparsity"
c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "labs"
c.CourseDirectory.submitted_directory = f"{grading}/submitted"
c.CourseDirectory.autograded_directory = f"{grading}/autograded"
c.CourseDirectory.feedback_directory = f"{grading}/feedback"
c.CourseDirectory.solution_directory = f"{grading}/solution"
c.CourseDirectory.source_with_tests_directory = f"{grading}/source_with_tests"
gradebook = os.environ.get("COURSE_GRADEBOOK") if grading == "grading" else None
c.CourseDirectory.db_url = gradebook or f"sqlite:///{root / grading / 'gradebook.db'}"
# nbgrader copies the files next to a notebook along with it: a solution kept as .py would go out to
# students, and a student's own torch.py would be imported in place of torch. (course.py copies
# notebooks and nothing else.)
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "__pycache__",
    "feedback",
    "*.py",
    "*.pyc",
    "*.pyd",
    "*.so",
    "*.pth",
    "*.md",
]
# There is no exchange folder; submissions are put into grading/submitted by hand or by a tool.
c.Exchange.root = str(root / grading / "exchange")


# nbgrader's own `autograde` and formgrader's button grade in a box too, as `course.py grade` does.
# What else a student handed in is not copied: links would be followed.
c.Autograde.pre_convert_hook = "grader.run.button.leave_files"
c.GenerateFeedback.pre_convert_hook = "grader.run.button.leave_files"
c.Autograde.sanitize_preprocessors = [
    "grader.run.button.PlainFile",
    "nbgrader.preprocessors.ClearOutput",
]
c.Autograde.autograde_preprocessors = ["grader.run.button.GradeInBox"]

# how nbgrader's own `validate` runs a notebook (the button Validate asks grader.selfcheck)
c.Execute.timeout = 60  # seconds a cell; the labs' training cells take a few
c.Execute.shutdown_kernel = "immediate"  # nothing of the kernel is needed any more
# nbgrader takes any text on stderr in a check for a failure: a warning of torch or a progress bar
# would cost an honest student the points (and Validate would say so too). So stderr goes where
# stdout goes; errors are no text on stderr, they are recorded as errors. What the C libraries write
# to stderr is dropped from the grading.
c.Execute.extra_arguments = ["--IPKernelApp.exec_lines=import sys; sys.stderr = sys.stdout"]
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"(?s)."

# What a page shows of a submission: hidden checks by their result alone, no script, formulas as
# MathML.
c.GenerateFeedback.preprocessors = [
    "grader.feedback.page.MarksOnPage",
    "grader.feedback.hide.HideTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
c.HTMLExporter.preprocessors = [
    "grader.feedback.bounds.Bounded",
    "grader.feedback.clean.CleanCells",
]
c.HTMLExporter.filters = {"markdown2html": "grader.feedback.clean.markdown_to_html"}
c.HTMLExporter.exclude_anchor_links = True
c.GenerateFeedback.exporter_class = "grader.feedback.formgrader.Apart"
_grader, _nbgrader = (
    Path(importlib.util.find_spec(name).origin).parent for name in ("grader", "nbgrader")
)
c.HTMLExporter.extra_template_basedirs = [
    str(_grader / "feedback" / "templates"),
    str(_nbgrader / "server_extensions" / "formgrader" / "templates"),
]
