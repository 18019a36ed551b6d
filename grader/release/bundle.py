"""The archive that an instructor hands to a class: lectures, labs, the library, the door, and of
the grader what `check` and Validate need.

This module lists what goes in; anything else in the course's folder stays out. The library is in it
with the reference of nearly every exercise, because the lectures need it. Each lab is in it twice:
for the student to change, and as it was released, for the checker.
"""

import io
import json
import re
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from grader.course.files import write
from grader.course.folders import Course, GradingError
from grader.gradebook.assignment import generate
from grader.release.labs import same_files

FILES = [
    "course.py",
    "course.toml",
    "pyproject.toml",
    "environment.yml",
    "nbgrader_config.py",
    "grader/__init__.py",
    "grader/run/__init__.py",
    "grader/run/shown.py",
    "grader/run/verdict.py",
    "grader/run/workers.py",
    "LICENSE",
    "LICENSE-TEXT.md",
]
OPTIONAL = [".gitignore"]  # for a class that is given the unpacked archive by git
FOLDERS = {  # folder -> the kinds of files that are taken from it and from the folders in it
    "lectures": {".ipynb", ".png", ".svg"},
    "bootstrap": {".py"},
    **dict.fromkeys(
        (
            f"grader/{room}"
            for room in (
                "box",
                "checker",
                "course",
                "feedback",
                "gradebook",
                "intake",
                "selfcheck",
                "wire",
            )
        ),
        {".py", ".j2", ".json"},
    ),
    "settings/student": {".json"},
    "utils": {".py", ".js", ".css"},
    "utils/experiments/lottery_tickets/stored": {".json"},
    "lectures/results": {".xz"},
}
RUBBISH = {"__pycache__", ".ipynb_checkpoints"}
FOR_INSTRUCTORS = {"Teach with it", "Develop"}  # sections of README.md
SECRET = ("BEGIN SOLUTION", "BEGIN HIDDEN TESTS", "BEGIN MARK SCHEME")
PASSWORD = re.compile(
    rb"://(?!USER:PASSWORD@)[^/\s'\"@:]+:[^/\s'\"@]+@"
)  # postgresql+psycopg://teacher:secret@host
PICTURE = re.compile(r"!\[[^\]]*\]\(([^):]+)\)")
DATE = (1980, 1, 1, 0, 0, 0)  # of every entry, so that the same course makes the same bytes


def bundle(course: Course, path: Path) -> Path:
    """Writes the archive to `path`, a .zip. Returns the path.

    Raises GradingError and writes nothing if labs/ is not what solutions/ generates, if a file of
    the course is missing, or if a file for students contains a solution or a hidden test.
    """
    if path.suffix != ".zip":
        raise GradingError(f"The bundle is a .zip file, but {path.name} does not end in .zip.")
    files = entries(course)
    if not path.parent.is_dir():
        raise GradingError(f"The folder {path.parent} for the bundle does not exist.")
    top = tomllib.loads(files["pyproject.toml"].decode())["project"]["name"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{top}/{name}", DATE)
            entry.create_system = 3  # Unix, on every system
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    write(path, packed.getvalue())
    return path


def entries(course: Course) -> dict[str, bytes]:
    """The bytes of every file of the archive, by its path in the course."""
    names = [*FILES, *(name for name in OPTIONAL if (course.root / name).exists())]
    files = {name: content(course, name) for name in names}
    files |= {
        name: content(course, name)
        for folder, kinds in FOLDERS.items()
        for name in found(course.root, folder, kinds)
    }
    readme = for_students(content(course, "README.md").decode("utf-8"))
    files["README.md"] = readme.encode("utf-8")
    files |= {name: content(course, name) for name in PICTURE.findall(readme)}
    files |= labs(course)
    for name, data in files.items():
        if PASSWORD.search(data):
            raise GradingError(
                f"{name} would go to students, but contains an address with a password. Remove it "
                "(COURSE_GRADEBOOK names a gradebook's database), then "
                "bundle again."
            )
        marks = (mark for mark in SECRET if mark.encode() in data)
        if not name.startswith("grader/") and (mark := next(marks, None)):  # which knows the words
            raise GradingError(
                f"{name} would go to students, but contains a line with {mark}. Remove it, then "
                "bundle again."
            )
    return files


def content(course: Course, name: str) -> bytes:
    """The bytes of a file; a notebook's without the outputs and numbers of a run."""
    path = course.root / name
    if not path.is_file():
        raise GradingError(f"{name} is missing from {course.root}: the bundle needs it.")
    data = path.read_bytes()
    return never_run(data) if path.suffix == ".ipynb" else data


def never_run(data: bytes) -> bytes:
    """The bytes of a notebook without outputs and states of widgets; as they are when there are
    none."""
    notebook = json.loads(data)
    ran = [cell for cell in notebook["cells"] if cell.get("outputs") or cell.get("execution_count")]
    alive = notebook.get("metadata", {}).pop("widgets", None)
    for cell in ran:
        cell.update(outputs=[], execution_count=None)
    return (
        json.dumps(notebook, indent=1, ensure_ascii=False).encode() + b"\n"
        if ran or alive
        else data
    )


def found(root: Path, folder: str, kinds: set[str]) -> Iterator[str]:
    """The files of these kinds in a folder, without links and what is left out, as paths in the
    course."""
    for path in (root / folder).rglob("*"):
        name = path.relative_to(root)
        kept = not RUBBISH & set(name.parts)
        if kept and path.suffix in kinds and path.is_file() and not path.is_symlink():
            yield name.as_posix()


def labs(course: Course) -> dict[str, bytes]:
    """The bytes of every released lab, as solutions/ generates it now; GradingError if labs/
    differs."""
    if not course.labs():
        raise GradingError(f"There are no labs in {course.root / 'solutions'}.")
    files = {}
    for lab in course.labs():
        made = generate(course, lab)
        if not same_files(made, course.root / "labs" / lab):
            raise GradingError(
                f"labs/{lab} is not what solutions/{lab} generates: a file was changed, "
                "added or not released. "
                f"Release it again (course.py release {lab}), look at what changed, then "
                "bundle again."
            )
        files |= {
            f"labs/{lab}/{path.relative_to(made).as_posix()}": path.read_bytes()
            for path in made.rglob("*")
            if path.is_file()
        }
        pristine = course.pristine(lab).relative_to(course.root).as_posix()
        files[pristine] = (made / f"{lab}.ipynb").read_bytes()
    return files


def for_students(readme: str) -> str:
    """README.md without the sections for instructors; its last line, the licences, stays."""
    first, *sections = re.split(r"^(?=## )", readme, flags=re.MULTILINE)
    kept = [
        section
        for section in sections
        if section[3:].splitlines()[0].strip() not in FOR_INSTRUCTORS
    ]
    licences = readme.rstrip().splitlines()[-1]
    text = "".join([first, *kept]).replace(licences, "")
    return f"{text.rstrip()}\n\n{licences}\n"
