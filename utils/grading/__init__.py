"""Grading: from a folder of submissions to marks, feedback and a table.

`python -m utils.grading release [LAB]` makes what students get; `python -m utils.grading grade LAB` grades it.
nbgrader keeps the sources, the gradebook and the pages; `run` decides how a student's code is run.
"""
