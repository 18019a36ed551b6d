"""Runs the submissions of a lab, from the folders of the students to marks and pages."""
