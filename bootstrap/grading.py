"""The commands that the package `grader` carries out."""

from bootstrap.process import environment, go_home, hand_over, needs_folder, python_of
from bootstrap.setup import set_up


def release(arguments: list[str]) -> int:
    """Makes the students' labs in labs/ from the solutions in solutions/. For instructors.

    usage: {call} release [LAB]
           {call} release --bundle

    For example: {call} release lab03_magnitude_pruning
    Without a LAB all are made. A lab is refused unless its entry in course.toml is complete, its
    reference earns every point and an untouched release none. The table of lectures and labs in
    README.md and in lecture 00 is written too. --bundle writes the archive for a class: lectures,
    labs and library, no solutions.
    """
    return grader("release", arguments)


def collect(arguments: list[str]) -> int:
    """Puts a download from a learning platform where grade reads it. For instructors.

    usage: {call} collect LAB FOLDER_OR_ZIP [--dry-run] [--pattern NAME]

    Also for a folder of files LOGIN_LAB.ipynb, or of folders named by login. Each goes to
    grading/submitted/STUDENT/LAB/, with the time it was handed in; what was there before is kept.
    --pattern says how another platform names its files, such as "{{student}}_{{file}}". A roster,
    grading/roster.csv, says who is in the class. --dry-run writes nothing and says what would be
    done.
    """
    return grader("collect", arguments)


def due(arguments: list[str]) -> int:
    """Says when a lab is due, for all or for some, and what being late costs. For instructors.

    usage: {call} due LAB "2026-11-03 23:59"
           {call} due LAB "2026-11-10 23:59" --for STUDENT_OR_GROUP
           {call} due --percent-a-day 10 --grace-days 1 --most-days 5
           {call} due

    A date is in local time, or with +0900, UTC or Europe/Zurich behind it. The last prints what
    holds; grade takes the points off.
    """
    return grader("due", arguments)


def grade(arguments: list[str]) -> int:
    """Grades every submission of a lab: a table, marks, feedback pages, a CSV. For instructors.

    usage: {call} grade LAB
           {call} grade LAB --fill FILE.csv --pages
           {call} grade --demo

    Submissions are in grading/submitted/STUDENT/LAB/; each runs in a box. --fill enters the marks
    into a copy of the CSV that you downloaded from Canvas or Moodle, --pages packs the pages for
    an upload there. --demo shows the whole cycle on a small class of example submissions.
    """
    return grader("grade", arguments)


def check(arguments: list[str]) -> int:
    """Grades your own notebook of a lab, as it will be graded: points for each exercise, a page.

    usage: {call} check LAB [FILE] [--no-page]

    For example: {call} check lab03
    FILE is the notebook, labs/LAB/LAB.ipynb without it. It runs from the top, in a box on Linux,
    and elsewhere in a plain process with a time limit. The page opens in your browser; --no-page
    only writes it. The exit code is 0 when every point was earned that needs no person, 1 when not,
    2 when the command was wrong.
    """
    arguments = go_home(arguments)
    set_up("student")
    return hand_over([python_of(), "-m", "grader.selfcheck", *arguments], environment())


def grader(step: str, arguments: list[str]) -> int:
    needs_folder("solutions", step)
    arguments = go_home(arguments)
    set_up("student")
    return hand_over([python_of(), "-m", "grader", step, *arguments], environment())
