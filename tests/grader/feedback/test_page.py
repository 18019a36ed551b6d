"""The table of marks on a feedback page."""

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.feedback.page import exercises


def graded(grade_id, score, points, pending=False):
    marks = {"grade": True, "grade_id": grade_id, "score": score, "points": points}
    return new_code_cell(metadata={"nbgrader": {**marks, "pending": pending}})


def test_the_checks_of_an_exercise_are_one_row_that_leads_to_the_first():
    notebook = new_notebook(
        cells=[
            new_markdown_cell("words"),
            graded("check_double", 2.0, 2.0),
            graded("hidden_double", 1.0, 3.0),
            graded("why", 0.0, 4.0, pending=True),
        ]
    )
    double, why = exercises(notebook).values()
    assert double == {
        "name": "double",
        "anchor": "check_double",
        "score": 3.0,
        "points": 5.0,
        "pending": False,
    }
    assert (why["name"], why["points"], why["pending"]) == ("why", 4.0, True)
