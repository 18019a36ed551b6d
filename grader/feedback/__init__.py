"""The pages: for each student the result of the submission, for the teacher the results of the
class."""
