"""How many submissions a minute: plain `nbgrader autograde` against `course.py grade`.

Both on the same submissions, in the same run:

    .venv/bin/python benchmarks/grading.py [--plain 12] [--ours 40] [--trained 3] [--full]
                                           [--memory 200] [--json PATH]

Twice: with lab03 as it is, where both sides pay for the student's own training, and with its
training cut to nothing, where the grader itself is measured. Plain nbgrader grades the whole class
in one process, the usual way, with its default settings and no box. Ours runs with 1 and 2 workers,
warm and cold, each submission in its box; gradebook, notebooks and stored results are written on
the way. Measured from the times at which the graded notebooks appear: `each` is what one more
submission costs once all is running, `total` the whole command without feedback. Feedback is made
afterwards on both sides, and measured by itself.

--memory: what the grader's own processes hold, over a class of that size. On a shared machine
compare the ratios, not the times.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from grader.course.folders import Course  # noqa: E402
from grader.gradebook.assignment import generate  # noqa: E402
from grader.run import demo  # noqa: E402

LAB = "lab03_magnitude_pruning"
EXAMPLES = "right", "right_another_way", "half_right", "wrong"
# cells that train, or evaluate the trained network hundreds of times
HEAVY = {
    "ex3_look",
    "ex4_look",
    "ex5_look",
    "ex6_use",
    "ex6_use_look",
    "check_sparsity_dict",
    "hidden_sparsity_dict",
    "hidden_fine_tune",
}
PLAIN_CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "plain"
c.CourseDirectory.root = {root!r}
"""
OURS = [(1, "warm"), (2, "warm"), (1, "cold"), (2, "cold")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--plain", type=several, default=12, help="submissions for plain nbgrader (default: 12)"
    )
    parser.add_argument(
        "--ours",
        type=several,
        default=40,
        help="for ours, warm, for each worker; a tenth of them cold (default: 40)",
    )
    parser.add_argument(
        "--trained",
        type=lambda text: 0 if text == "0" else several(text),
        default=3,
        help="of the lab as it is, for each worker (default: 3; 0: leave it out)",
    )
    parser.add_argument(
        "--full", action="store_true", help="200 submissions for ours, for each worker"
    )
    parser.add_argument(
        "--memory",
        type=int,
        nargs="?",
        const=200,
        default=0,
        metavar="N",
        help="memory over a class of N (default: 200)",
    )
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    options = parser.parse_args()
    ours = 200 if options.full else options.ours
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        if options.memory:
            return show_memory(memory(Path(folder), options.memory))
        light = {"warm": ours, "cold": max(ours // 10, 3)}
        rows += measure(
            Path(folder) / "light", "without training", cut(source()), options.plain, light
        )
        if options.trained:
            heavy = {"warm": options.trained, "cold": options.trained}
            rows += measure(Path(folder) / "trained", "as it is", source(), options.trained, heavy)
    show(rows)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n")


def several(text):
    """A number of submissions: what one more costs is seen from two on."""
    if int(text) < 2:
        raise argparse.ArgumentTypeError("at least 2: `each` is what one more submission costs")
    return int(text)


# --- the class


def source():
    return json.loads((ROOT / "solutions" / LAB / f"{LAB}.ipynb").read_text(encoding="utf-8"))


def cut(notebook):
    """The lab with its training cut to nothing."""
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in HEAVY]
    network = next(cell for cell in notebook["cells"] if cell["id"] == "network")
    text = "".join(network["source"])
    network["source"] = text.replace("epochs=8", "epochs=0")
    assert network["source"] != text
    return notebook


def our_course(folder, notebook, number):
    """A course with this lab and so many submissions."""
    folder.mkdir(parents=True)
    for name in ("nbgrader_config.py", "course.toml"):
        shutil.copy(ROOT / name, folder)
    course = Course(folder.resolve())
    write(course.source(LAB), notebook)
    released = json.loads((generate(course, LAB) / f"{LAB}.ipynb").read_text(encoding="utf-8"))
    write(course.released(LAB), released)
    reference = demo.answers_of(notebook)
    for place in range(number):
        example = (demo.EXAMPLES / LAB / f"{EXAMPLES[place % len(EXAMPLES)]}.py").read_text(
            encoding="utf-8"
        )
        answers = {
            name: text
            for name, text in {**reference, **demo.parse(example)}.items()
            if name in reference
        }
        write(
            course.submitted(LAB, f"student{place:03}") / f"{LAB}.ipynb",
            demo.with_answers(released, answers),
        )
    return course


def plain_course(folder, course, number):
    """The same lab and the first submissions in a course of nbgrader's own layout. Returns its
    folder."""
    folder.mkdir()
    (folder / "nbgrader_config.py").write_text(PLAIN_CONFIG.format(root=str(folder.resolve())))
    shutil.copytree(course.source(LAB).parent, folder / "source" / LAB)
    for student in course.students(LAB)[:number]:
        shutil.copytree(course.submitted(LAB, student), folder / "submitted" / student / LAB)
    plain(folder, "generate_assignment")
    return folder


def write(path, notebook):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False), encoding="utf-8")


# --- the runs


def measure(folder, name, notebook, number, ours):
    """Rows of figures. number: of submissions for plain nbgrader; ours: for ours, by back-end."""
    made = our_course(folder / "made", notebook, max(number, 2 * max(ours.values())))
    rows = [
        {
            "lab": name,
            "grader": "nbgrader, plain",
            **run_plain(plain_course(folder / "plain", made, number)),
        }
    ]
    for jobs, backend in OURS:
        course = part_of(made, folder / f"{backend}_{jobs}", jobs * ours[backend])
        rows.append(
            {
                "lab": name,
                "grader": f"ours, {backend}, {jobs} worker{'s' if jobs > 1 else ''}",
                **run_ours(course, jobs, backend),
            }
        )
    return rows


def part_of(made, folder, number):
    """A copy of a course with its first submissions, and nothing graded."""
    shutil.copytree(made.root, folder, ignore=shutil.ignore_patterns("grading"))
    course = Course(folder.resolve())
    for student in made.students(LAB)[:number]:
        shutil.copytree(made.submitted(LAB, student), course.submitted(LAB, student))
    return course


def plain(folder, command):
    variables = dict(
        os.environ,
        PYTHONPATH=str(ROOT),
        PATH=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    )
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", command, LAB],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
    )
    if run.returncode:
        sys.exit(f"nbgrader {command} failed:\n{run.stderr[-2000:]}")


def run_plain(folder):
    load, start = os.getloadavg()[0], time.time()
    plain(folder, "autograde")
    graded = times(folder / "autograded")
    feedback_start = time.time()
    plain(folder, "generate_feedback")
    return figures(load, start, graded, feedback_start, times(folder / "feedback"))


def run_ours(course, jobs, backend):
    load, start = os.getloadavg()[0], time.time()
    run = subprocess.run(
        command(course, jobs, backend), env=course.environment(), capture_output=True, text=True
    )
    if run.returncode:
        sys.exit(f"{run.stdout[-2000:]}\n{run.stderr[-2000:]}")
    graded = times(course.folder / "autograded")
    return figures(load, start, graded, graded[-1], times(course.folder / "feedback"))


def command(course, jobs, backend):
    return [
        sys.executable,
        "-m",
        "grader",
        "--course",
        str(course.root),
        "grade",
        LAB,
        "--jobs",
        str(jobs),
        "--backend",
        backend,
    ]


def times(folder):
    """When each page or graded notebook was written, in seconds, sorted."""
    return sorted(path.stat().st_mtime for path in folder.glob(f"*/{LAB}/{LAB}.*"))


def figures(load, start, graded, feedback_start, pages):
    return {
        "submissions": len(graded),
        "total": graded[-1] - start,
        "each": (graded[-1] - graded[0]) / (len(graded) - 1),
        "page": (pages[-1] - pages[0]) / (len(pages) - 1),
        "pages": pages[-1] - feedback_start,
        "load": load,
    }


def show(rows):
    print(
        f"{os.cpu_count()} processors; each: seconds for one more submission; start: seconds "
        "before the first, about; page: seconds for one more page\n"
    )
    print(
        f"{'lab':17} {'grader':22} {'number':>6} {'total':>7} {'start':>6} {'each':>7} "
        f"{'a minute':>9} {'times':>6} {'page':>6} {'load':>5}"
    )
    for row in rows:
        base = next(one for one in rows if one["lab"] == row["lab"])
        start = row["total"] - row["submissions"] * row["each"]
        print(
            f"{row['lab']:17} {row['grader']:22} {row['submissions']:6} {row['total']:7.1f} "
            f"{start:6.1f} {row['each']:7.3f} {60 / row['each']:9.1f} "
            f"{base['each'] / row['each']:6.1f} {row['page']:6.3f} {row['load']:5.1f}"
        )
    print(
        f"\nLeft out of the lab without training: {', '.join(sorted(HEAVY))}; its network is "
        "trained for 0 epochs."
    )


# --- memory


def memory(folder, number):
    """[(submissions graded, {process: (RSS, PSS)})] in MB, one worker, warm; a row for every tenth
    part of the class."""
    course, rows = our_course(folder / "class", cut(source()), number), []
    run = subprocess.Popen(
        command(course, 1, "warm"),
        env=course.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    wanted = 0
    while run.poll() is None:
        graded = len(times(course.folder / "autograded"))
        if graded >= max(wanted, 1):
            rows.append((graded, held(run.pid)))
            wanted += max(number // 10, 1)
        time.sleep(0.05)
    if run.returncode:
        sys.exit(run.stderr.read()[-2000:])
    return rows


def held(pid):
    """Memory of the grader's own processes, not of the boxes and forks that come and go."""
    grader = psutil.Process(pid)
    checker = next(
        (child for child in grader.children() if "grader.checker.program" in child.cmdline()),
        None,
    )
    below = checker.children(recursive=True) if checker else []
    zygote = next(
        (one for one in below if "grader.box.program" in one.cmdline() and one.name() != "bwrap"),
        None,
    )
    return {
        name: megabytes(one)
        for name, one in (("main", grader), ("checker", checker), ("zygote", zygote))
        if one
    }


def megabytes(process):
    lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
    found = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines[1:]}
    return found["Rss"], found["Pss"]


def show_memory(rows):
    names = ("main", "checker", "zygote")
    print("MB, RSS and PSS (shared pages counted in part: it moves with who else shares them)")
    print(f"{'graded':>6} " + " ".join(f"{name:>15}" for name in names))
    for graded, sizes in rows:
        print(
            f"{graded:6} "
            + " ".join("{:7.0f} {:7.0f}".format(*sizes.get(name, (0, 0))) for name in names)
        )


if __name__ == "__main__":
    main()
