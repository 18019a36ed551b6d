"""What tests ask of a submission that was read."""


def is_full(submission):
    """Whether it can be graded and every question has an answer."""
    return submission.problem is None and submission.unanswered == ()


def sources(submission):
    return {one["id"]: one["source"] for one in submission.notebook["cells"]}
