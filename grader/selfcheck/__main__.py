"""`course.py check LAB [FILE]`: a learner's own notebook, graded as a class is."""

import argparse
import re
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bootstrap import progress
from bootstrap.manifest import Manifest
from grader import HOME
from grader.course.folders import Course, GradingError
from grader.course.partner import NoAnswer
from grader.gradebook.export import points
from grader.selfcheck import page
from grader.selfcheck.judge import BY_HAND, Judged, Part, judge

PREFIX = re.compile(r"^(check|hidden)_\w+: ")


def main(arguments: Sequence[str] | None = None) -> int:
    """0: every point that a machine gives; 1: not; 2: the command was wrong."""
    console = Console(width=None if sys.stdout.isatty() else 100)
    try:
        course, lab, path, quiet = asked(arguments)
        with console.status("running your notebook from the top"):
            judged = judge(course, lab, path, hidden=True)
    except GradingError as error:
        print(error, file=sys.stderr)
        return 2
    progress.keep(course.root, lab, judged.record())
    show(judged, path, console)
    try:
        written = page.write(course, judged)
    except (NoAnswer, OSError) as error:
        print(f"\nThere is no page with all messages: {error}")
    else:
        print(f"\nthe page with all messages: {written}")
        if not quiet:
            webbrowser.open(written.as_uri())
    return 0 if judged.right else 1


def asked(arguments: Sequence[str] | None) -> tuple[Course, str, Path, bool]:
    """(course, lab, the notebook, whether no page is to be opened)"""
    parser = argparse.ArgumentParser(prog="course.py check", description=main.__doc__)
    parser.add_argument("lab", metavar="LAB", help="its name, or the beginning of it: lab03")
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="default: labs/LAB/LAB.ipynb"
    )
    parser.add_argument("--no-page", action="store_true", help="do not open the page")
    parser.add_argument("--course", type=Path, default=HOME, help="the folder of the course")
    options = parser.parse_args(arguments)
    course = Course(options.course.resolve())
    lab = lab_named(course.manifest, options.lab)
    path = options.file or course.released(lab)
    if not path.is_file():
        raise GradingError(f"There is no notebook {path}.")
    return course, lab, path, options.no_page


def lab_named(manifest: Manifest, text: str) -> str:
    """The lab whose name begins so."""
    names = [lab.name for lab in manifest.labs]
    found = [text] if text in names else [name for name in names if name.startswith(text)]
    if len(found) != 1:
        which = ", ".join(found or names)
        raise GradingError(f"Which lab is {text}? The labs are: {which}.")
    return found[0]


def show(judged: Judged, path: Path, console: Console) -> None:
    """Prints a line for each exercise and what was restored."""
    print(f"{path}\nrun {judged.how}\n")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("", "exercise", "points"):
        table.add_column(name, no_wrap=True)
    table.add_column("", overflow="fold", ratio=1)
    for name, parts in judged.exercises().items():
        seen = [part for part in parts if part.points is not None]
        most = sum(part.most for part in seen)
        given = sum(part.points or 0 for part in seen)
        table.add_row(
            judged.lab.exercises.get(name, "?"),
            Text(name),
            f"{points(given)} of {points(most)}" if seen else "",
            Text(words(judged, parts)),
            style="" if any(part.wrong for part in parts) else "dim",
        )
    console.print(table)
    given, most = judged.total
    for line in ["", f"{points(given)} of {points(most)} points", *judged.remarks]:
        console.print(line, markup=False, highlight=False)


def words(judged: Judged, parts: list[Part]) -> str:
    """What the table says of an exercise: the first line of what is wrong, or what it waits for."""
    for part in parts:
        if part.wrong:
            return PREFIX.sub("", part.message.strip()).partition("\n")[0]
        if part.message == BY_HAND:
            return f"no answer yet; {BY_HAND}" if part.name in judged.unanswered else BY_HAND
    return ""


if __name__ == "__main__":
    sys.exit(main())
