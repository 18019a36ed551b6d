"""What came of a submission, as a file named by the hash of what was graded: a run that is cut off resumes where it stopped."""
import hashlib
import json
import os
import secrets
from dataclasses import asdict
from pathlib import Path

import utils
from utils.grading.checker.cells import rooms

FORM = 1                # of the results; a new form makes old results be made again
LIBRARY = Path(utils.__file__).parent


def key(source, content, student, seed, backend, limits):
    """The name of a result: a SHA-256 of all that it depends on. content: the submission's bytes; source: the lab's notebook."""
    parts = {"form": FORM, "lab": source, "student": student, "seed": seed, "backend": backend, "limits": asdict(limits),
             "library": library(rooms(source)), "content": hashlib.sha256(content).hexdigest()}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def library(allowed):
    """A hash of the code that decides about marks, and of what answers may import."""
    found = hashlib.sha256()
    for room in sorted({"checks", "grading.box", "grading.checker", *allowed}):
        place = LIBRARY.joinpath(*room.split("."))
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]:
            if path.exists():
                found.update(path.relative_to(LIBRARY).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def place(course, lab, name):
    return course.folder / "results" / lab / f"{name}.json"


def load(course, lab, name):
    """A stored result; None when there is none."""
    try:
        return json.loads(place(course, lab, name).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def store(course, lab, name, result):
    write(place(course, lab, name), json.dumps(result, sort_keys=True, indent=1))


def write(path, text):
    """Writes a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
