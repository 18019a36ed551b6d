"""A call that a formula answers at once, and a count or a walk never."""

from utils.checks.report import TookTooLong, run, time_limit

SECONDS = 3


def run_in_time(check: str, tried: str, answer, *arguments, mistake: str):
    """As `report.run`. The `mistake` is named when the answer takes SECONDS, or more memory than there is."""
    hints = dict.fromkeys(["no result", "MemoryError", "allocate memory"], mistake)
    return run(check, tried, _in_time, answer, *arguments, hints=hints)


def _in_time(answer, *arguments):
    try:
        with time_limit(SECONDS):
            return answer(*arguments)
    except TookTooLong as over:
        raise TimeoutError(f"no result after {over.seconds:g} seconds") from None
