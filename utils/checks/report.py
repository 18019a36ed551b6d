"""How a check speaks: what was tried, what was expected, what came, and which mistake usually does
that."""

import signal
import threading
import traceback
from collections.abc import Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

SECONDS = 20  # a call to an answer may take this long; right answers take milliseconds


class CheckFailed(AssertionError):
    """An answer is not right yet. In a notebook only the message is shown, without the traceback of
    the check."""

    def _render_traceback_(self):  # IPython asks for this before it prints an exception
        return [str(self)]


class TookTooLong(BaseException):
    """Not an Exception, so that an answer's own `except Exception` does not swallow it."""

    interrupts = True  # a grader that runs the answer elsewhere has to end it there

    def __init__(self, seconds: float):
        super().__init__(f"{seconds:g} seconds")
        self.seconds = seconds


def fail(check: str, tried: str, expected: str = "", got: str = "", mistake: str = "") -> NoReturn:
    """Raise CheckFailed with a message of up to five lines."""
    lines = [f"{check}: {tried}"]
    if expected:
        lines += _labelled("expected", expected)
    if got:
        lines += _labelled("got", got)
    if mistake:
        lines.append(mistake)
    raise CheckFailed("\n".join(lines)) from None


def passed(check: str, facts: str) -> None:
    """Say that an answer is right, and what was looked at."""
    print(f"\N{CHECK MARK} {check}: right ({facts})")


class StillRunning(TimeoutError):
    """What a call that was stopped has in place of its own error."""


def attempt(call, *arguments, seconds: float | None = None) -> tuple[Any, Exception | None]:
    """What a call returns, and None; or None, and its error: StillRunning when it takes longer than
    `seconds`."""
    try:
        with time_limit(SECONDS if seconds is None else seconds):
            return call(*arguments), None
    except TookTooLong as over:
        return None, StillRunning(f"still running after {over.seconds:g} seconds")
    except CheckFailed:
        raise
    except Exception as error:
        return None, error


def hinted(error: Exception, hints: Mapping[str, str]) -> str:
    """The usual mistake behind an error, by a piece of its text."""
    usual = "Look for a loop that never ends." if isinstance(error, StillRunning) else ""
    text = f"{type(error).__name__}: {error}"
    return next((hint for piece, hint in hints.items() if piece in text), usual)


def told(error: Exception) -> str:
    """An error of the student's code, with the line that raised it."""
    if isinstance(error, StillRunning):
        return str(error)
    return f"{type(error).__name__}: {error}{line_of(error)}"


def no_answer_yet(check: str) -> NoReturn:
    fail(
        check,
        "there is no answer yet: the cell above still raises NotImplementedError.",
        mistake="Write your answer there, run that cell (Shift-Enter), then run this one again.",
    )


def is_stub(error: Exception) -> bool:
    """Whether an exercise has not been answered yet. torch raises the same error, with a text, for
    `&` between floats."""
    return isinstance(error, NotImplementedError) and not str(error)


def kind_of(value) -> str:
    """What came in place of what was asked for: None, a list, a dict."""
    return "None" if value is None else f"a {type(value).__name__}"


@contextmanager
def time_limit(seconds: float):
    """Raise TookTooLong inside when the time is over. Where signals are not to be had (Windows,
    threads): no limit."""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def over(signum, frame):
        raise TookTooLong(seconds)

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def a(error: type[Exception]) -> str:
    """Its name with the article: a ValueError, an IndexError."""
    return f"{'an' if error.__name__[0] in 'AEIOU' else 'a'} {error.__name__}"


def _labelled(label: str, text: str) -> list[str]:
    first, *rest = text.splitlines()
    return [f"  {label:<9} {first}"] + [" " * 12 + line for line in rest]


def line_of(error: Exception) -> str:
    """The line of the student's own code that raised, or nothing if it cannot be found."""
    line = getattr(error, "student_line", None)  # sent along when the answer ran in another process
    if not line:
        frames = [
            f
            for f in traceback.extract_tb(error.__traceback__)
            if f.filename != __file__
            and f.line
            and "site-packages" not in f.filename
            and "utils" not in f.filename.replace("\\", "/").split("/")
        ]
        line = frames and (frames[-1].lineno, (frames[-1].line or "").strip())
    return "\nin line {} of its cell:  {}".format(*line) if line else ""


def short(value: Any) -> str:
    text = f"{value:.8g}" if isinstance(value, float) else " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
