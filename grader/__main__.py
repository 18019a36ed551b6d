"""The commands `release`, `collect` and `grade`; course.py hands over to them."""

import argparse
import signal
import sys
from pathlib import Path

from rich.console import Console

from bootstrap import contents
from grader import HOME
from grader.box.backends import BEST_FIRST
from grader.course.folders import Course, GradingError
from grader.gradebook.outcomes import NOT_YET, OUR_FAULT
from grader.selftest import canaries

UNBOXED = "Without a box their code runs with your rights and can change your files and the marks: --trust-submissions grades them all the same."


def main(arguments=None):
    options = parser().parse_args(arguments)
    course = Course(Path(options.course).resolve())
    console = Console(width=None if sys.stdout.isatty() else 100)
    try:
        return options.command(course, options, console)
    except GradingError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "Stopped. What was graded so far is kept; run the same command to grade everything.",
            file=sys.stderr,
        )
        return 130


def interrupt(number, frame):
    """Whoever ends this program ends what it has started too."""
    raise KeyboardInterrupt


def parser():
    parser = argparse.ArgumentParser(
        prog="course.py", description="Release labs and grade submissions."
    )
    parser.add_argument(
        "--course",
        default=HOME,
        help="the folder of the course (with nbgrader_config.py)",
    )
    commands = parser.add_subparsers(required=True, metavar="release | collect | grade")

    command = commands.add_parser(
        "release",
        help="make labs/ from solutions/",
        description="Make labs/ (what students get) from solutions/.",
    )
    command.add_argument("lab", nargs="?", help="one lab; all labs without it")
    command.add_argument(
        "--bundle",
        nargs="?",
        const="",
        metavar="FILE.zip",
        help="write what a class is handed: lectures, labs, library (default: grading/class.zip)",
    )
    command.set_defaults(command=release_command)

    command = commands.add_parser(
        "collect",
        help="put downloaded submissions into their place",
        description="Put each notebook of a download (a folder or a .zip from Canvas, Moodle, or with files LOGIN_LAB.ipynb) where grade reads it: grading/submitted/STUDENT/LAB/",
    )
    command.add_argument("lab")
    command.add_argument("origin", type=Path, metavar="FOLDER_OR_ZIP")
    command.add_argument(
        "--dry-run", action="store_true", help="write nothing, say what would be done"
    )
    command.set_defaults(command=collect_command)

    command = commands.add_parser(
        "grade",
        help="grade every submission of a lab",
        description="Grade every submission of a lab: grading/submitted/STUDENT/LAB/LAB.ipynb",
    )
    command.add_argument("lab", nargs="?")
    command.add_argument(
        "--demo",
        action="store_true",
        help="grade a small class of example submissions, in grading/demo",
    )
    command.add_argument("--student", metavar="ID", help="grade the submission of one student only")
    command.add_argument(
        "--jobs",
        type=positive,
        metavar="N",
        help="submissions at a time (default: one for each core)",
    )
    command.add_argument(
        "--time-limit",
        type=positive,
        metavar="SECONDS",
        default=300,
        help="for a submission (default: 300)",
    )
    command.add_argument(
        "--cell-limit",
        type=positive,
        metavar="SECONDS",
        help="for one cell of it (default: 60, with --demo 10)",
    )
    command.add_argument(
        "--memory-limit",
        type=positive,
        metavar="MB",
        default=2048,
        help="for all processes of a submission (default: 2048)",
    )
    command.add_argument(
        "--backend",
        choices=BEST_FIRST,
        help="how submissions are boxed (default: the best that works here)",
    )
    command.add_argument(
        "--trust-submissions",
        action="store_true",
        help="grade without a box where there is none: their code then runs with your rights",
    )
    command.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="a Dask scheduler, tcp://..., whose workers run the submissions",
    )
    command.add_argument(
        "--fresh",
        action="store_true",
        help="run every submission again, also those whose result is stored",
    )
    command.add_argument(
        "--report-only",
        action="store_true",
        help="run nothing; write table, feedback and CSV again, with the marks given by hand since",
    )
    command.add_argument(
        "--fill",
        action="append",
        default=[],
        type=Path,
        metavar="FILE.csv",
        help="write the marks into a copy of a file that Canvas or Moodle gave (can be repeated)",
    )
    command.add_argument(
        "--column",
        metavar="TITLE",
        help="with --fill: the column for the marks, where it is not named like the lab",
    )
    command.add_argument(
        "--with-pending",
        action="store_true",
        help="with --fill: also totals that still wait for marks by hand",
    )
    command.set_defaults(command=grade_command)
    return parser


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def release_command(course, options, console):
    from grader.release.bundle import bundle
    from grader.release.labs import release

    if options.bundle is not None and options.lab:
        raise GradingError(
            f"The bundle holds every lab: leave out {options.lab}, or release it first."
        )
    if options.bundle is not None:
        print(
            f"for the class: {bundle(course, Path(options.bundle).resolve() if options.bundle else course.folder / 'class.zip')}"
        )
        return 0
    labs = [options.lab] if options.lab else course.labs()
    if not labs:
        raise GradingError(f"There are no labs in {course.root / 'solutions'}.")
    for lab in labs:
        print(
            f"labs/{lab}: {'written' if release(course, lab, always_proved=bool(options.lab)) else 'unchanged'}"
        )
    for name in contents.write(course.root, course.manifest):
        print(f"{name}: table written from course.toml")
    return 0


def collect_command(course, options, console):
    from grader.lms.collect import ASIDE, COLLECTED, UNCHANGED, collect, summary, table

    items = collect(
        course, options.lab, options.origin, (lambda *_: None) if options.dry_run else None
    )
    console.print(table(items))
    console.print(
        f"\n{summary(items)}{' (nothing was written)' if options.dry_run else ''}",
        markup=False,
        highlight=False,
    )
    found = {item.status for item in items}
    return 0 if found & {COLLECTED, UNCHANGED} and ASIDE not in found else 1


def grade_command(course, options, console):
    from grader.course.limits import Limits
    from grader.feedback.statistics import write_statistics
    from grader.gradebook import report
    from grader.lms import fill
    from grader.run import demo
    from grader.run.grade import Manner, csv_path, default_jobs, grade, write_again

    lab = options.lab
    if options.demo and options.report_only:
        course, lab = demo.there(course, lab)
    elif options.demo:
        course, lab = demo.build(course, lab)
    elif lab is None:
        raise GradingError(
            f"Which lab? The labs are: {', '.join(course.labs()) or 'none yet'}. (Or --demo for an example class.)"
        )
    for path in options.fill:
        fill.check(path, lab, options.column)
    limits = Limits(
        options.time_limit,
        options.cell_limit or (10 if options.demo else 60),
        options.memory_limit << 20,
    )
    jobs = options.jobs or default_jobs()
    if options.report_only:
        rows = write_again(course, lab, jobs, console, options.student)
    else:
        manner = Manner(chosen(options, console), limits, jobs, options.scheduler, options.fresh)
        rows = grade(course, lab, manner, console, options.student)
    checks = course.checks(lab)
    numbers = course.entry(lab).exercises
    console.print(report.table(checks, rows, numbers))
    for line in ["", *report.legend(checks, rows, numbers), report.summary(rows), ""]:
        console.print(line, markup=False, highlight=False)
    print(f"marks and status: {csv_path(course, lab)}")
    if any(row.outcome.graded for row in rows):
        # a page with about half of the points has most to show
        middle = min(
            (row for row in rows if row.outcome.graded),
            key=lambda row: abs(row.total - row.most / 2),
        )
        print(f"feedback, for example: {course.feedback(lab, middle.student)}")
    print(f"statistics of the class: {write_statistics(course, lab, rows)}")
    for path in options.fill:
        for line in fill.lines(fill.fill(path, rows, lab, options.column, options.with_pending)):
            print(line)
    if options.demo:
        print(
            f"formgrader shows them when COURSE_GRADING={course.grading} is set in the environment of `course.py lab --instructor`"
        )
    asked = [row for row in rows if options.student in (None, row.student)]
    return 1 if any(row.outcome.status in (OUR_FAULT, NOT_YET) for row in asked) else 0


def chosen(options, console):
    """The back-end to use, once its canaries have been tried; what came of them is said. GradingError where there is none that keeps
    strangers' code in."""
    with console.status("trying the box: what must not work from inside it"):
        state = canaries.look(options.backend) if options.backend else canaries.best()
    if state.name == "none":
        if not options.trust_submissions:
            raise GradingError(
                f"There is no box for submissions here (python3 course.py doctor says more). {UNBOXED}"
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


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, interrupt)
    sys.exit(main())
