"""The bad submissions of tests/grader/cases, graded by plain `nbgrader autograde` and by this course's grader: docs/plain_nbgrader.md.

    .venv/bin/python benchmarks/plain_nbgrader.py [--plain FILE] [--jobs 2] [CASE ...]

For plain nbgrader every case is graded on a disposable copy of the course, together with one right submission, inside
bubblewrap: namespaces of its own for processes, network and files, a sized file system in memory, and limits on memory
and processes. They are there so that the computer survives; they change nothing of what nbgrader gives, but for the
cases whose row says so. FILE keeps what plain nbgrader gave, so that the table can be written again without it.

Needs Linux and bubblewrap. Run by root, nbgrader runs as another user, of its own for each case, which owns the copy of the course.
"""

import argparse
import csv
import fnmatch
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from tests.grader.cases import all_cases  # noqa: E402
from tests.grader.cases.world import World  # noqa: E402
from tests.grader.cases_lab import LAB, source  # noqa: E402
from grader.course.folders import Course, maxima  # noqa: E402

NEIGHBOUR = "99_honest"
WORLD, TEMPLATE = Path("/tmp/world"), Path("/tmp/template")
EMPTY = ("/tmp", "/var/tmp", "/dev/shm")  # empty ones are put there, in memory
TIME = 150  # seconds for one `nbgrader autograde`
SCRIPT = re.compile(
    r"<script>(alert|document|planted|var)|<[^>]*\s(onerror|onload|onclick|ontoggle)\s*="
)
CONFIG = """\
import os
c = get_config()
root = os.path.dirname(os.path.abspath(__file__))
c.CourseDirectory.course_id = "cases"
c.CourseDirectory.root = root
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "labs"
c.CourseDirectory.submitted_directory = "grading/submitted"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.feedback_directory = "grading/feedback"
c.CourseDirectory.db_url = "sqlite:///" + os.path.join(root, "grading", "gradebook.db")
c.Exchange.root = os.path.join(root, "grading", "exchange")
c.Execute.timeout = 10
"""


# --- outside: a template, and one bubblewrap for each case


def make_template(folder):
    """A course with nbgrader's own settings, but for the names of folders and a short time limit."""
    course = Course(folder)
    (folder / "nbgrader_config.py").write_text(CONFIG)
    (folder / "grading").mkdir()
    course.source(LAB).parent.mkdir(parents=True)
    course.source(LAB).write_text(json.dumps(source(), indent=1))
    subprocess.run(
        ["nbgrader", "generate_assignment", LAB],
        cwd=folder,
        env=course.environment(),
        check=True,
        capture_output=True,
    )


def opened(path):
    """bubblewrap's arguments for a folder that would be out of reach: it lies in one that was replaced by an empty one, or in one
    that other users may not enter, such as root's home."""
    parents = list(reversed(path.parents))
    closed = [number for number, parent in enumerate(parents) if not parent.stat().st_mode & 0o001]
    if not closed:
        return (
            ["--ro-bind", str(path), str(path)]
            if any(path.is_relative_to(empty) for empty in EMPTY)
            else []
        )
    made = [
        argument
        for parent in parents[closed[0] + 1 :]
        for argument in ("--perms", "0755", "--dir", str(parent))
    ]
    return [
        "--perms",
        "0755",
        "--tmpfs",
        str(parents[closed[0]]),
        *made,
        "--ro-bind",
        str(path),
        str(path),
    ]


def sandbox(template):
    """bubblewrap with everything read-only, and WORLD, /tmp and /dev/shm in memory."""
    command = [
        "bwrap",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-ipc",
        "--die-with-parent",
        "--new-session",
        "--ro-bind",
        "/",
        "/",
        "--dev",
        "/dev",
        "--proc",
        "/proc",
    ]
    for path in EMPTY:
        command += ["--perms", "1777", "--size", str(500 << 20), "--tmpfs", path]
    for python in {Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), ROOT}:
        command += opened(python)
    command += [
        "--perms",
        "0755",
        "--size",
        str(3 << 30),
        "--tmpfs",
        str(WORLD),
        "--ro-bind",
        str(template),
        str(TEMPLATE),
    ]
    if os.getuid() == 0:
        command += ["--cap-drop", "ALL"]
        for right in ("SETUID", "SETGID", "KILL", "CHOWN", "DAC_OVERRIDE", "FOWNER", "SYS_PTRACE"):
            command += ["--cap-add", f"CAP_{right}"]
    return command


def plain(case, template):
    """What plain nbgrader makes of a case, as a dict. No grade, or none for the next student, may be a kernel that did not start on a
    busy computer: that is tried once more."""
    seen = attempt(case, template)
    lost = "lost" not in seen and not all(
        any(points is not None for points in seen[whose].values())
        for whose in ("marks", "neighbour")
    )
    return attempt(case, template) if lost else seen


def attempt(case, template):
    """One try of `plain`; {"lost": why} when even the driver did not survive."""
    command = [
        *sandbox(template),
        "--",
        sys.executable,
        "-P",
        str(Path(__file__).resolve()),
        "--inside",
        case.name,
    ]
    environment = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=3 * TIME, env=environment, cwd="/"
        )
    except subprocess.TimeoutExpired:
        return {"lost": f"everything hung: did not end within {3 * TIME} s"}
    try:
        return json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return {
            "lost": f"everything ended: {(done.stderr.strip().splitlines() or [f'exit code {done.returncode}'])[-1][:200]}"
        }


# --- inside: the driver, which starts nbgrader as another user and looks round afterwards


def copy_of_template(folder):
    shutil.copytree(TEMPLATE, folder, dirs_exist_ok=True)
    return Course(folder)


def user_of(name):
    """The limit on processes counts those of a user, so every case has its own."""
    return 64400 + zlib.crc32(name.encode()) % 1000


def inside(name):
    case = next(case for case in all_cases() if case.name == name)
    world = World(WORLD, [case], honest=[NEIGHBOUR], make=copy_of_template)
    if os.getuid() == 0:
        subprocess.run(["chown", "-Rh", f"{user_of(name)}:{user_of(name)}", str(WORLD)], check=True)
    student = ["--first-name", case.names[0], "--last-name", case.names[1]]
    if case.row == 23:
        nbgrader(["db", "student", "add", name, *student], world, user_of(name))
    code, seconds, log = nbgrader(["autograde", LAB], world, user_of(name))
    time.sleep(2)  # for what goes on after grading
    if not world.course.folder.exists():
        return print(
            json.dumps({"lost": "**the course with all submissions and the gradebook is gone**"})
        )
    seen = {"left": len(world.left_behind())}
    for process in world.left_behind():
        process.kill()
    if case.row in (15, 20, 23):
        nbgrader(["generate_feedback", LAB], world, user_of(name))
        nbgrader(["export"], world, user_of(name))
    pages = [
        path.read_text(errors="replace")
        for path in world.course.folder.glob(f"feedback/{name}/**/*.html")
    ]
    seen.update(
        code=code,
        seconds=round(seconds, 1),
        error=last_error(log),
        marks=marks(world, name),
        neighbour=marks(world, NEIGHBOUR),
        planted=world.planted(),
        calls=world.callers(),
        canaries=world.touched_canaries(),
        submissions=world.changed_submissions(),
        script=any(SCRIPT.search(page) for page in pages),
        hidden=any("pelican" in page for page in pages),
        formula=formulas(world.course.root / "grades.csv"),
        copied=links_followed(world, name),
    )
    print(json.dumps(seen))


def formulas(path):
    """Whether nbgrader's table has a cell that a spreadsheet takes for a formula."""
    if not path.exists():
        return False
    with open(path, newline="", encoding="utf-8") as file:
        return any(
            cell.startswith(("=", "+", "-", "@")) for line in csv.reader(file) for cell in line
        )


def nbgrader(arguments, world, user):
    """(exit code or None when it was ended after TIME, seconds, what it said)"""
    identity = {"user": user, "group": user, "extra_groups": []} if os.getuid() == 0 else {}
    variables = world.course.environment() | world.environment()
    start = time.monotonic()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            ["nbgrader", *arguments],
            cwd=world.course.root,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=limit,
            **identity,
        )
        try:
            code = process.wait(TIME)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            code = None
        log.seek(0)
        return code, time.monotonic() - start, log.read().decode(errors="replace")


def limit():
    for what, value in (
        (resource.RLIMIT_AS, 8 << 30),
        (resource.RLIMIT_NPROC, 300),
        (resource.RLIMIT_FSIZE, 1 << 30),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (value, value))


def last_error(log):
    lines = [
        line.strip() for line in log.splitlines() if re.match(r"\s*[\w.]+(Error|Exception)\b", line)
    ]
    return lines[-1][:200] if lines else ""


def marks(world, student):
    """Points by graded cell, None where there is none; {} without a submission in the gradebook."""
    query = """
        SELECT base_cell.name, grade.auto_score, grade.manual_score FROM grade
        JOIN base_cell ON base_cell.id = grade.cell_id
        JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
        JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
        WHERE submitted_assignment.student_id = ?"""
    try:
        with sqlite3.connect(world.course.folder / "gradebook.db") as book:
            return {
                cell: auto if manual is None else manual
                for cell, auto, manual in book.execute(query, [student])
            }
    except sqlite3.Error:
        return {}


def links_followed(world, student):
    """Files that nbgrader copied from behind a link of the submission."""
    links = (
        [path.name for path in world.path(student).parent.glob("*") if path.is_symlink()]
        if world.path(student).parent.is_dir()
        else []
    )
    copied = world.course.folder / "autograded" / student / LAB
    return [name for name in links if (copied / name).exists() and not (copied / name).is_symlink()]


# --- the table


def by_exercise(course, cells):
    """Points of each exercise, None where no part of it has a mark."""
    points = {}
    for name, _, exercise in course.checks(LAB):
        points.setdefault(exercise, None)
        if cells.get(name) is not None:
            points[exercise] = (points[exercise] or 0) + cells[name]
    return points


def number(value):
    return "no mark" if value is None else f"{value:g}"


def differences(expected, got):
    """`double 5 instead of 0` for every exercise that has other points than expected."""
    wrong = {
        name: points
        for name, points in expected.items()
        if points is not ... and got[name] != points
    }
    if len(wrong) > 4 and all(got[name] is None for name in wrong):
        return ["no grade at all"]
    if len(wrong) > 4 and not any(got[name] for name in wrong):
        return ["0 points for everything"]
    if wrong and not any(points is not None for points in expected.values()):
        return [f"graded all the same: {sum(points or 0 for points in got.values()):g} points"]
    said = [
        f"{name} {number(got[name])} instead of {number(points)}" for name, points in wrong.items()
    ]
    return said if len(said) < 5 else [*said[:3], f"and {len(said) - 3} more"]


def said_of_plain(case, course, seen):
    """What plain nbgrader did, and whether that is what the case asks for."""
    if "lost" in seen:
        return seen["lost"], False
    expected, got = case.expected(course), by_exercise(course, seen["marks"])
    wrong = differences(expected, got)
    full = {**maxima(course.checks(LAB)), "explanation": None}
    if by_exercise(course, seen["neighbour"]) != full:
        missing = not any(value is not None for value in seen["neighbour"].values())
        wrong.append(
            "**the next student's submission was not graded**"
            if missing
            else "**the next student's marks changed**"
        )
    wrong += (
        [f"{seen['left']} process{'es' if seen['left'] > 1 else ''} left running"]
        if seen["left"]
        else []
    )
    wrong += ["files written outside"] if seen["planted"] else []
    wrong += [f"{' and '.join(dict.fromkeys(seen['calls']))} came through"] if seen["calls"] else []
    wrong += [text for text in dict.fromkeys(seen["canaries"])]
    wrong += ["submissions changed"] if seen["submissions"] else []
    wrong += ["the file behind a link was copied"] if seen["copied"] else []
    wrong += ["a script in the feedback"] if seen["script"] else []
    wrong += ["a formula in the table"] if seen["formula"] else []
    wrong += ["hidden tests in the feedback"] if seen["hidden"] and case.row == 23 else []
    if seen["code"] is None:
        wrong.append(f"did not end within {TIME} s")
    elif seen["code"] and case.marks is not None:
        wrong.append(f"exit code {seen['code']}")
    return "; ".join(wrong), not wrong


def said_of_ours(run, case):
    if case.name not in run.cases:
        return "not asked of this back-end"
    wrong = [f"{text.split(' (')[0]}" for text in run.wrong(case)]
    return "; ".join(wrong) or f"as expected: {run.rows[case.name].outcome.status}"


def expected_text(case):
    if case.marks is None:
        return "no grade, the reason in a sentence"
    said = [
        f"{name} {'any' if value is ... else value if value == 'full' else number(value)}"
        for name, value in case.marks.items()
    ]
    return ", ".join(said).replace("rest full", "the rest full")


def escaped(text):
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def page(cases, course, results, run, backend):
    verdicts = {case.name: said_of_plain(case, course, results[case.name]) for case in cases}
    good = sum(verdict for _, verdict in verdicts.values())
    ours = {case.name: said_of_ours(run, case) for case in cases} if run else {}
    as_expected = sum(text.startswith("as expected") for text in ours.values())
    lines = [
        "# The bad submissions, graded by plain nbgrader and by this course",
        "",
        "Written by `benchmarks/plain_nbgrader.py`; the cases are in `tests/grader/cases/`. Each is graded together with one right submission.",
        "Plain: `nbgrader autograde` with nbgrader's own settings, but for the names of folders and 10 s a cell; where a case says so, also `nbgrader generate_feedback`.",
        "So that the computer survives, it ran in bubblewrap (300 processes, 8 GB a process, 3 GB of disk, no network but a loopback of its own).",
        "Points that are not named are as expected. 'any': nothing is asked of this exercise.",
        "",
        f"As expected: **{good} of {len(cases)}** with plain nbgrader"
        + (
            f", **{as_expected} of {len(cases)}** with `course.py grade` ({backend})."
            if run
            else "."
        ),
    ]
    row = None
    for case in cases:
        if case.row != row:
            row = case.row
            lines += [
                "",
                f"## Row {row}",
                "",
                "| what the student does | expected | plain nbgrader | this grader |",
                "|---|---|---|---|",
            ]
        text, verdict = verdicts[case.name]
        lines.append(
            "| "
            + " | ".join(
                map(
                    escaped,
                    [
                        case.says,
                        expected_text(case),
                        "as expected" if verdict else text,
                        ours.get(case.name, ""),
                    ],
                )
            )
            + " |"
        )
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "cases",
        nargs="*",
        metavar="CASE",
        help="names or patterns; all cases without one, and only then the page is written",
    )
    parser.add_argument(
        "--plain",
        type=Path,
        metavar="FILE",
        help="what plain nbgrader gave: read if it is there, written otherwise",
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--plain-only", action="store_true", help="leave the column of this grader empty"
    )
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return inside(options.inside)
    cases = [
        case
        for case in all_cases()
        if not options.cases
        or any(fnmatch.fnmatch(case.name, pattern) for pattern in options.cases)
    ]
    results = (
        json.loads(options.plain.read_text()) if options.plain and options.plain.exists() else {}
    )
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder).resolve() / "course"
        template.mkdir()
        Path(folder).chmod(0o755)
        make_template(template)
        course = Course(template)
        missing = [case for case in cases if case.name not in results]
        with ThreadPoolExecutor(options.jobs) as executor:
            for case, seen in zip(
                missing, executor.map(lambda case: plain(case, template), missing)
            ):
                results[case.name] = seen
                print(
                    f"{case.name}: {said_of_plain(case, course, seen)[0] or 'as expected'}",
                    flush=True,
                )
                if options.plain:
                    options.plain.write_text(json.dumps(results, indent=1))
        if options.cases:
            return
        run, backend = (None, "") if options.plain_only else ours(cases, Path(folder) / "ours")
        (ROOT / "docs" / "plain_nbgrader.md").write_text(
            page(cases, course, results, run, backend), encoding="utf-8"
        )
        print("docs/plain_nbgrader.md")


def ours(cases, folder):
    """The same cases with this course's grader, on the best back-end there is."""
    from tests.grader.run.test_cases import BACKEND, Run

    folder.mkdir()
    return Run(folder, BACKEND, [case for case in cases if BACKEND in case.holds]), BACKEND


if __name__ == "__main__":
    main()
