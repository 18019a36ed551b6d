"""The command `new`: a lecture, a lab or a method that passes the tests, to be rewritten."""

import keyword
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from bootstrap import contents, manifest
from bootstrap.console import CALL, Stop, say
from bootstrap.grading import release
from bootstrap.process import HERE, needs_folder
from bootstrap.template import filled, notebook

ROOM = "utils/importance/__init__.py"
Files = dict[str, str]  # path in the course -> text


def new(arguments: list[str]) -> int:
    """Makes a lecture, a lab or a method that works, for you to rewrite. For contributors.

    usage: {call} new lecture NAME
           {call} new lab NAME
           {call} new method NAME

    For example: {call} new lecture structured_pruning
    A lecture and a lab get the next number and an entry in course.toml. CONTRIBUTING.md says how to
    go on. Nothing that is there is overwritten.
    """
    needs_folder("solutions", "new")
    if len(arguments) != 2 or arguments[0] not in KINDS:
        raise Stop(f"Say what to make: {CALL} new {'|'.join(KINDS)} NAME")
    kind, name = arguments
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise Stop(
            f"{name!r} cannot be the name of a {kind}: use lower-case letters, digits and _, "
            "beginning with a letter (the number is added by itself)."
        )
    try:
        files, changed = KINDS[kind](HERE, name)
    except manifest.ManifestError as error:
        raise Stop(str(error)) from None
    write(HERE, files, changed)
    contents.write(HERE, manifest.read(HERE))
    for path in files:
        say(f"{path}: written")
    return AFTERWARDS[kind](next(iter(files)))


def lecture(root: Path, name: str) -> tuple[Files, Files]:
    """A new lecture: the files that are made and those that are changed, by path in the course."""
    number = after(one.number for one in manifest.read(root).lectures)
    words = {"number": number, "title": titled(name), "name": f"{number}_{name}"}
    made = {f"lectures/{words['name']}.ipynb": notebook("lecture", words)}
    return made, {manifest.FILE: with_entry(root, "lecture", words)}


def lab(root: Path, name: str) -> tuple[Files, Files]:
    """A new lab, which follows the last lecture."""
    course = manifest.read(root)
    number = after(one.number for one in course.labs)
    room = f"lab{number}"
    words = {
        "number": number,
        "title": titled(name),
        "name": f"{room}_{name}",
        "room": room,
        "lecture": course.lectures[-1].number,
    }
    checks = f"utils/checks/{room}"
    made = {
        f"solutions/{words['name']}/{words['name']}.ipynb": notebook("lab", words),
        f"{checks}/__init__.py": filled("room", words),
        f"{checks}/l2_norm.py": filled("l2_norm", words),
        f"{checks}/soft_threshold.py": filled("soft_threshold", words),
    }
    return made, {manifest.FILE: with_entry(root, "lab", words)}


def method(root: Path, name: str) -> tuple[Files, Files]:
    """A new importance: the method and its test; its name goes into the room's `__init__.py`."""
    words = {"name": name, "title": titled(name)}
    made = {
        f"utils/importance/{name}.py": filled("method", words),
        f"tests/importance/test_{name}.py": filled("test_method", words),
    }
    text = contents.read(root / ROOM)
    if f'"{name}"' in text:
        raise Stop(f"utils.importance has a {name} already: choose another name.")
    return made, {ROOM: exported(text, name)}


KINDS: dict[str, Callable[[Path, str], tuple[Files, Files]]] = {
    "lecture": lecture,
    "lab": lab,
    "method": method,
}


def after_lecture(path: str) -> int:
    say(f"Next: fill in its entry in course.toml, and write it: {CALL} lab {path}")
    return 0


def after_lab(path: str) -> int:
    name = Path(path).stem
    say(f"Next: {CALL} lab --instructor {path}; after each change: {CALL} release {name}")
    return release([name])


def after_method(path: str) -> int:
    test = f"tests/importance/test_{Path(path).name}"
    say(f"Next: write {path} and its oracle in {test}, then: {CALL} test {test}")
    return 0


AFTERWARDS = {"lecture": after_lecture, "lab": after_lab, "method": after_method}


def write(root: Path, files: Files, changed: Files) -> None:
    """Writes all or nothing. Stop where one of the new files is there already."""
    for name in files:
        if (root / name).exists():
            raise Stop(f"{name} is there already: choose another name, or remove it first.")
    before = {name: contents.read(root / name) for name in changed}
    name = ""
    try:
        for name, text in [*files.items(), *changed.items()]:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as problem:
        for name in files:
            (root / name).unlink(missing_ok=True)
        for name, text in before.items():
            if contents.read(root / name) != text:
                (root / name).write_text(text, encoding="utf-8", newline="\n")
        raise Stop(f"{name} cannot be written ({problem.strerror}); nothing was made.") from None


def with_entry(root: Path, kind: str, words: dict[str, str]) -> str:
    """course.toml with an entry more, after the last of its kind."""
    text, lab, labs = contents.read(root / manifest.FILE), "", ""
    if kind == "lecture":
        text, lab, labs = text.partition("\n[[lab]]\n")
    return f"{text}\n{filled(f'{kind}_entry', words)}{lab}{labs}"


def exported(text: str, name: str) -> str:
    """The `__init__.py` of a room with one name more, in its places in the alphabet."""
    head, opening, names = text.partition("__all__ = [\n")
    line = f"from utils.importance.{name} import {name}\n"
    head = inserted(head, line, "from utils.", "\n")
    return head + opening + inserted(names, f'    "{name}",\n', '    "', "]")


def inserted(text: str, line: str, start: str, end: str) -> str:
    """The text with a line more: before the first with this start that sorts after it.

    Where none does, before the first line that starts with `end`.
    """
    lines = text.splitlines(keepends=True)
    later = (at for at, one in enumerate(lines) if one.startswith(start) and one > line)
    ends = (at for at, one in enumerate(lines) if one.startswith(end) and at > 1)
    at = next(later, next(ends, len(lines)))
    return "".join([*lines[:at], line, *lines[at:]])


def after(numbers: Iterable[str]) -> str:
    """The next number, with two digits."""
    return f"{max(map(int, numbers), default=0) + 1:02}"


def titled(name: str) -> str:
    """Such as Structured pruning, of structured_pruning."""
    return name.replace("_", " ").capitalize()
