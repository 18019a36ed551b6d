"""A learner's own notebook, graded by the checker that grades a class: `course.py check`, and the
button Validate in JupyterLab. No gradebook is involved."""
