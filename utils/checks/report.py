"""How a check speaks: what was tried, what was expected, what came, and which mistake usually does
that."""

import linecache
import os
import signal
import threading
import traceback
from collections.abc import Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple, NoReturn

COURSE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NOT_THEIRS = (  # where no code of a student's is
    "site-packages",
    os.path.dirname(os.__file__) + os.sep,
    *(os.path.join(COURSE, room) + os.sep for room in ("utils", "grader")),
)
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
    return f"{type(error).__name__}: {error}{where(error)}"


def no_answer_yet(check: str, error: Exception) -> NoReturn:
    first = "Write that one first" if other_function(error) else "Write your answer there"
    fail(
        check,
        missing_answer(error) + ".",
        mistake=f"{first}, run that cell (Shift-Enter), then run this one again.",
    )


def missing_answer(error: Exception) -> str:
    """Which function has no answer yet, of an error that says so."""
    if name := other_function(error):
        return f"`{name}` has no answer yet, and {places(error)[0].owner} calls it"
    return "there is no answer yet: the cell above still raises NotImplementedError"


def other_function(error: Exception) -> str:
    """The function that raised, when it is another than the one that was asked; "" otherwise."""
    found = places(error)
    return found[-1].owner if found and found[-1].owner != found[0].owner else ""


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


class Place(NamedTuple):
    """Where the student's own code was when an error came."""

    function: str  # its qualified name
    cell: str  # the name of the file, or of what stands for one
    number: int
    line: str

    @property
    def owner(self) -> str:
        """The function or class at the top of its cell."""
        name = self.function.split(".")[0]
        return name if name.isidentifier() else "your code"


def places(error: Exception) -> list[Place]:
    """Where the error passed through the student's own code: the first place, which the check
    asked, and the last."""
    sent = getattr(error, "student_places", None)  # when the answer ran in another process
    if sent is not None:
        return [Place(*place) for place in sent]
    found = []
    for frame, number in traceback.walk_tb(error.__traceback__):
        name = frame.f_code.co_filename
        line = linecache.getline(name, number).strip()
        if line and not any(place in name for place in NOT_THEIRS) and not is_check(name):
            found.append(Place(frame.f_code.co_qualname, name, number, line))
    return [found[0], found[-1]] if found else []


def is_check(name: str) -> bool:
    """Whether a cell of this name is the lab's own: a grader calls it <check_cubic>."""
    return name.startswith("<") and not name.startswith("<ipython-input")


def where(error: Exception) -> str:
    """The line of the student's own code that raised, or nothing if it cannot be found."""
    found = places(error)
    if not found:
        return ""
    first, last = found[0], found[-1]
    other = f"the cell of `{last.owner}`, which {first.owner} calls"
    cell = "its cell" if last.cell == first.cell else other
    return f"\nin line {last.number} of {cell}:  {last.line}"


def short(value: Any) -> str:
    text = f"{value:.8g}" if isinstance(value, float) else " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
