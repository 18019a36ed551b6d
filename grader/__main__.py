"""The commands `release`, `collect`, `due` and `grade`; course.py hands over to them."""

import argparse
import errno
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from bootstrap import contents
from grader.course.folders import Course, GradingError
from grader.course.limits import Limits
from grader.gradebook.outcomes import NOT_YET, OUR_FAULT
from grader.gradebook.rows import Row, csv_path
from grader.options import parser
from grader.selftest import canaries

UNBOXED = (
    "Without a box, students' code runs with your rights and can change your files and the marks. "
    "To grade anyway, add --trust-submissions."
)

IN_THE_WAY = {  # what an instructor can do about an error of the system
    errno.ENOSPC: "The disk is full: make some room",
    errno.EDQUOT: "Your share of the disk is full: make some room",
    errno.EROFS: "The disk cannot be written: mount it for writing",
    errno.EACCES: "A file cannot be used: see whose it is and who may write it",
}


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    course = Course(Path(options.course).resolve())
    console = Console(width=None if sys.stdout.isatty() else 100)
    try:
        return COMMANDS[options.command](course, options, console)
    except GradingError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno not in IN_THE_WAY:
            raise
        print(
            f"{IN_THE_WAY[error.errno]} ({error}). What has been graded is kept; then run the same "
            "command again.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print(
            "Stopped. What has been graded is kept; run the same command again to grade the rest.",
            file=sys.stderr,
        )
        return 130


def interrupt(number: int, frame: object) -> NoReturn:
    """A signal that ends this program also ends what it has started."""
    raise KeyboardInterrupt


def release_command(course: Course, options: argparse.Namespace, console: Console) -> int:
    from grader.release.bundle import bundle
    from grader.release.labs import release

    if options.bundle is not None and options.lab:
        raise GradingError(
            f"The bundle contains every lab: leave out {options.lab}, or release it first."
        )
    if options.bundle is not None:
        path = Path(options.bundle).resolve() if options.bundle else course.folder / "class.zip"
        print(f"for the class: {bundle(course, path)}")
        return 0
    labs = [options.lab] if options.lab else course.labs()
    if not labs:
        raise GradingError(f"There are no labs in {course.root / 'solutions'}.")
    for lab in labs:
        course.require(lab)
        source = course.source(lab).read_bytes()
        written = release(course, lab, always_proved=bool(options.lab))
        print(f"labs/{lab}: {'written' if written else 'unchanged'}")
        if course.source(lab).read_bytes() != source:
            print(f"solutions/{lab}: its cells had no ids, and have some now: commit it too")
    for name in contents.write(course.root, course.manifest):
        print(f"{name}: table written from course.toml")
    return 0


def collect_command(course: Course, options: argparse.Namespace, console: Console) -> int:
    from grader.lms.collect import (
        ASIDE,
        COLLECTED,
        UNCHANGED,
        collect,
        summary,
        table,
        untimed,
    )

    items = collect(course, options.lab, options.origin, options.pattern, options.dry_run)
    console.print(table(items))
    console.print(
        f"\n{summary(items)}{' (nothing was written)' if options.dry_run else ''}",
        markup=False,
        highlight=False,
    )
    if words := untimed(items):
        console.print(words, markup=False, highlight=False)
    found = {item.status for item in items}
    return 0 if found & {COLLECTED, UNCHANGED} and ASIDE not in found else 1


def due_command(course: Course, options: argparse.Namespace, console: Console) -> int:
    from grader.course.times import moment
    from grader.gradebook import late

    rule = {name: getattr(options, name) for name in ("percent_a_day", "grace_days", "most_days")}
    if options.names and not options.date:
        raise GradingError("--for needs a date, or none.")
    if options.lab:
        course.require(options.lab)
    if options.date:
        time = None if options.date == "none" else moment(options.date)
        if options.names:
            late.extend(course, options.lab, options.names, time)
        else:
            late.set_due(course, options.lab, time)
    if any(value is not None for value in rule.values()):
        late.set_rule(course, **rule)
    for lab in [options.lab] if options.lab else course.labs():
        print(*late.lines(course, lab), sep="\n")
    print(f"late: {late.late(course).rule.words()}")
    return 0


def grade_command(course: Course, options: argparse.Namespace, console: Console) -> int:
    from grader.lms import fill
    from grader.lms.known import known
    from grader.lms.pages import pack
    from grader.run.grade import default_jobs, grade, write_again
    from grader.run.one import Settings

    course, lab = which(course, options)
    wish = fill.Wish(options.column, options.with_pending, options.may_change)
    for path in options.fill:
        fill.check(path, lab, options.column)
    jobs, show = options.jobs or default_jobs(), partial(show_table, course, lab, console)
    if options.report_only:
        rows = write_again(course, lab, jobs, console, options.student, show)
    else:
        limits = Limits(
            options.time_limit,
            options.cell_limit or (10 if options.demo else 60),
            options.memory_limit << 20,
        )
        settings = Settings(
            chosen(options, console), limits, jobs, options.scheduler, options.fresh
        )
        rows = grade(course, lab, settings, console, options.student, show)
    show_places(course, lab, rows)
    for path in options.fill:
        for line in fill.lines(fill.fill(path, rows, lab, wish, known(course, lab))):
            print(line)
    if options.pages:
        print(*pack(course, lab, rows, options.with_pending), sep="\n")
    if options.demo:
        print(
            f"formgrader shows them when COURSE_GRADING={course.grading} is set "
            "in the environment of `course.py lab --instructor`"
        )
    asked = [row for row in rows if options.student in (None, row.student)]
    return 0 if all(done(row) for row in asked) else 1


def done(row: Row) -> bool:
    """Whether a submission has its result, and a page that shows all of it."""
    return row.outcome.status not in (OUR_FAULT, NOT_YET) and not row.outcome.page


def which(course: Course, options: argparse.Namespace) -> tuple[Course, str]:
    """The course and the lab to grade: with --demo those of the example class."""
    from grader.run import demo

    if options.demo:
        return (demo.there if options.report_only else demo.build)(course, options.lab)
    if options.lab is None:
        raise GradingError(
            f"Which lab? The labs are: {', '.join(course.labs()) or 'none yet'}. "
            "(Or --demo for an example class.)"
        )
    return course, options.lab


def show_table(course: Course, lab: str, console: Console, rows: list[Row]) -> None:
    from grader.gradebook import report
    from grader.intake.parse import printable

    checks, numbers = course.checks(lab), course.entry(lab).exercises
    console.print(report.table(checks, rows, numbers))
    for line in ["", *report.legend(checks, rows, numbers), report.summary(rows), ""]:
        console.print(line, markup=False, highlight=False)
    for words in course.passed_over(lab):
        print(f"passed over: the folder {printable(words, 200)}")
    print(f"marks and status: {csv_path(course, lab)}", flush=True)


def show_places(course: Course, lab: str, rows: list[Row]) -> None:
    """Prints what is wrong with pages, and where they are."""
    from grader.feedback.statistics import write_statistics

    for row in rows:
        if row.outcome.page:
            print(f"{row.student}: {row.outcome.page}")
    totals = {row.student: row.total for row in rows if row.total is not None}
    if totals:
        # a page with about half of the points has most to show
        middle = min(totals, key=lambda student: abs(totals[student] - rows[0].most / 2))
        print(f"feedback, for example: {course.feedback(lab, middle)}")
    print(f"statistics of the class: {write_statistics(course, lab, rows)}")


def chosen(options: argparse.Namespace, console: Console) -> str:
    """The back-end to use, once its canaries have been tried, now or in the last days; their result
    is printed. GradingError if none isolates the students' code."""
    with console.status("testing the box: attacks from inside must fail"):
        state = canaries.known(options.backend) if options.backend else canaries.best()
    if state.name == "none":
        if not options.trust_submissions:
            raise GradingError(
                "There is no box for submissions here (python3 course.py doctor says more). "
                f"{UNBOXED}"
            )
        console.print(f"WARNING. {UNBOXED}", markup=False)
    elif not state.holds:
        raise GradingError(
            f"The box {state.name} is not used here: {state}. python3 course.py doctor says more."
        )
    else:
        console.print(
            f"each submission runs in a box: {state.name} ({state})", markup=False, highlight=False
        )
    return state.name


COMMANDS = {
    "release": release_command,
    "collect": collect_command,
    "due": due_command,
    "grade": grade_command,
}

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, interrupt)
    sys.exit(main())
