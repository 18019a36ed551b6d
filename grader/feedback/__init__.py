"""The pages: for each student what became of the submission, for the teacher what became of the
class."""
