"""To and from learning platforms: downloads sorted by student, marks entered into their CSVs."""
