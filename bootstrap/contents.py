"""The table of lectures and labs in README.md and in lecture 00, written from course.toml."""

import json
import re
from pathlib import Path

from bootstrap.manifest import Lab, Lecture, Manifest

HEAD = "| lecture | minutes | lab | minutes |\n|---|---|---|---|\n"
TABLE = re.compile(re.escape(HEAD) + r"(?:\|.*\n?)*")
README, MAP = "README.md", "lectures/00_start_here.ipynb"


def table(manifest: Manifest, lectures: str, labs: str) -> str:
    """A Markdown table, a row for each lecture. lectures, labs: what its links begin with."""
    rows = (
        (of_lecture(lecture, lectures), str(lecture.minutes), of_lab(manifest, lecture, labs))
        for lecture in manifest.lectures
    )
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def of_lecture(lecture: Lecture, folder: str) -> str:
    link = f"**[{lecture.number} {lecture.title}]({folder}{lecture.file})**"
    return f"{link}: {lecture.about}" if lecture.about else link


def of_lab(manifest: Manifest, lecture: Lecture, folder: str) -> str:
    """The last two columns of a row. A lab is linked where it is first named."""
    found = [lab for lab in manifest.labs if lecture.number in lab.follows]
    if not found:
        return "|"
    new = [lab for lab in found if lab.follows[0] == lecture.number]
    named = ", ".join(linked(lab, folder) if lab in new else f"lab {lab.number}" for lab in found)
    return f"{named} | {', '.join(str(lab.minutes) for lab in new)}".rstrip()


def linked(lab: Lab, folder: str) -> str:
    return f"**[lab {lab.number}]({folder}{lab.name}/{lab.name}.ipynb)**"


def written(root: Path, manifest: Manifest) -> dict[str, str]:
    """What each file with the table should hold, by its path in the course.

    Files that are not there or have no such table are left out.
    """
    found = {}
    if TABLE.search(text := read(root / README)):
        found[README] = TABLE.sub(lambda _: table(manifest, "lectures/", "labs/"), text)
    if text := read(root / MAP):
        notebook = json.loads(text)
        for cell in notebook["cells"]:
            source = "".join(cell["source"])
            if TABLE.search(source):
                new = TABLE.sub(lambda _: table(manifest, "", "../labs/"), source)
                cell["source"] = new.splitlines(keepends=True)
                found[MAP] = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    return found


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def write(root: Path, manifest: Manifest) -> list[str]:
    """Writes the tables again. Returns the paths of the files that changed."""
    changed = []
    for name, text in written(root, manifest).items():
        if text != read(root / name):
            (root / name).write_text(text, encoding="utf-8", newline="\n")
            changed.append(name)
    return changed
