"""What can be typed after `release`, `collect`, `due` and `grade`."""

import argparse
from pathlib import Path

from grader import HOME
from grader.box.backends import BEST_FIRST

Commands = argparse._SubParsersAction  # what add_subparsers returns


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="course.py", description="Release labs and grade submissions."
    )
    parser.add_argument(
        "--course",
        default=HOME,
        help="the folder of the course (with nbgrader_config.py)",
    )
    commands = parser.add_subparsers(required=True, metavar="release | collect | due | grade")

    add_release(commands)
    add_collect(commands)
    add_due(commands)
    add_grade(commands)
    return parser


def add_release(commands: Commands) -> None:
    """The options of `release`."""
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
        help="write the archive for a class: lectures, labs, library (default: grading/class.zip)",
    )
    command.set_defaults(command="release")


def add_collect(commands: Commands) -> None:
    """The options of `collect`."""
    command = commands.add_parser(
        "collect",
        help="put downloaded submissions where grade finds them",
        description=(
            "Put each notebook of a download (a folder or a .zip from Canvas, Moodle, or with "
            "files LOGIN_LAB.ipynb) where grade reads it: grading/submitted/STUDENT/LAB/"
        ),
    )
    command.add_argument("lab")
    command.add_argument("origin", type=Path, metavar="FOLDER_OR_ZIP")
    command.add_argument(
        "--dry-run", action="store_true", help="write nothing; say what would be done"
    )
    command.add_argument(
        "--pattern",
        metavar="NAME",
        help='how the files are named, for any platform: "{student}_{file}", or a regular '
        "expression with (?P<student>...)",
    )
    command.set_defaults(command="collect")


def add_due(commands: Commands) -> None:
    """The options of `due`."""
    command = commands.add_parser(
        "due",
        help="due dates, extensions, what being late costs",
        description=(
            "Say when a lab is due, for all or for some, and what being late costs in all labs. "
            "Without a date: print what holds. `grade` then takes points off."
        ),
    )
    command.add_argument("lab", nargs="?")
    command.add_argument(
        "date",
        nargs="?",
        help='local time, such as "2026-11-03 23:59"; or with +0900, UTC or Europe/Zurich behind '
        'it; "none" takes it back',
    )
    command.add_argument(
        "--for",
        action="append",
        default=[],
        dest="names",
        metavar="WHO",
        help="an extension for a student, or for a group of the roster (can be repeated)",
    )
    command.add_argument(
        "--percent-a-day",
        type=share,
        metavar="NUMBER",
        help="taken off the points that were reached, for each day begun",
    )
    command.add_argument(
        "--grace-days", type=days, metavar="DAYS", help="late days that cost nothing"
    )
    command.add_argument(
        "--most-days",
        type=days,
        metavar="DAYS",
        help="later than that, all points are lost",
    )
    command.set_defaults(command="due")


def add_grade(commands: Commands) -> None:
    """The options of `grade`."""
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
    add_limits(command)
    add_ways_to_run(command)
    add_what_is_written(command)
    command.set_defaults(command="grade")


def add_limits(command: argparse.ArgumentParser) -> None:
    """The options of `grade` that bound a submission."""
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


def add_ways_to_run(command: argparse.ArgumentParser) -> None:
    """The options of `grade` that say how submissions are run."""
    command.add_argument(
        "--backend",
        choices=BEST_FIRST,
        help="how submissions are boxed (default: the best that works here)",
    )
    command.add_argument(
        "--trust-submissions",
        action="store_true",
        help="grade without a box if none works: students' code then runs with your rights",
    )
    command.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="a Dask scheduler, tcp://..., whose workers run the submissions",
    )
    command.add_argument(
        "--fresh",
        action="store_true",
        help="run every submission again, including those with a stored result",
    )


def add_what_is_written(command: argparse.ArgumentParser) -> None:
    """The options of `grade` that say what is written."""
    command.add_argument(
        "--report-only",
        action="store_true",
        help="run nothing; write table, feedback and CSV again, with new marks by hand",
    )
    command.add_argument(
        "--fill",
        action="append",
        default=[],
        type=Path,
        metavar="FILE.csv",
        help="write the marks into a copy of a file from Canvas or Moodle (can be repeated)",
    )
    command.add_argument(
        "--column",
        metavar="TITLE",
        help="with --fill: the column for the marks, if it is not named like the lab",
    )
    command.add_argument(
        "--with-pending",
        action="store_true",
        help="with --fill and --pages: also what still waits for marks by hand",
    )
    command.add_argument(
        "--pages",
        action="store_true",
        help="pack the feedback pages into the archives that Canvas and Moodle take back",
    )
    command.add_argument(
        "--may-change",
        metavar="WORD",
        default="",
        help="with --fill: what Moodle's worksheet says where a mark may be changed",
    )


def share(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 100:
        raise argparse.ArgumentTypeError("from 0 to 100")
    return number


def days(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("0 or more")
    return number


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number
