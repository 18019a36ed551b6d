"""The reader of course.toml, the one list of what a course contains."""

import tomllib
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, get_origin

FILE = "course.toml"
WORDS = {int: "a whole number", str: "text in quotes", list: "a list", dict: "a table"}


class ManifestError(Exception):
    """course.toml cannot be used; the text says what to change in it."""


@dataclass(frozen=True)
class Lecture:
    """file: in lectures/; notes: the pages of the lecture notes that it covers."""

    file: str
    title: str
    about: str
    minutes: int
    notes: list[str] = field(default_factory=list)

    @property
    def number(self) -> str:
        """ "07" of "07_schedules.ipynb"."""
        return self.file[:2]


@dataclass(frozen=True)
class Lab:
    """name: the folder in solutions/; follows: numbers of lectures; imports: of `utils`, such as
    "model" or "pruning.masks"; exercises: the number of each, such as {"synflow": "4b"}."""

    name: str
    title: str
    minutes: int
    follows: list[str] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)
    exercises: dict[str, str] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """ "03" of "lab03_magnitude_pruning"."""
        return self.name[3:5]


@dataclass(frozen=True)
class Manifest:
    """Lectures and labs, in the order of course.toml."""

    lectures: list[Lecture]
    labs: list[Lab]

    def lab(self, name: str) -> Lab:
        """The entry of a lab; ManifestError when it has none."""
        for lab in self.labs:
            if lab.name == name:
                return lab
        raise ManifestError(
            f'{FILE} has no entry for {name}: add a [[lab]] with name = "{name}", title, minutes, '
            "follows, imports and exercises; the comment at its top explains them."
        )


def read(root: Path) -> Manifest:
    """The manifest of the course in the folder `root`; ManifestError where it cannot be used."""
    try:
        content = tomllib.loads((root / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ManifestError(f"{root} is not a course: it has no {FILE}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestError(f"{FILE} is not valid TOML: {error}") from None
    if unknown := sorted(set(content) - {"lecture", "lab"}):
        raise ManifestError(f"{FILE} has {unknown[0]!r}; it may have [[lecture]] and [[lab]].")
    return Manifest(
        [entry(Lecture, "lecture", row) for row in content.get("lecture", [])],
        [entry(Lab, "lab", row) for row in content.get("lab", [])],
    )


def entry(kind: type, word: str, row: dict[str, Any]) -> Any:
    """A Lecture or Lab from its table in course.toml."""
    known = {one.name: one for one in fields(kind)}
    name = row.get("file") or row.get("name") or "without a name"
    if unknown := sorted(set(row) - set(known)):
        raise ManifestError(
            f"{FILE}: the [[{word}]] {name} has {unknown[0]!r}, which is not one of "
            f"{', '.join(known)}."
        )
    for one in known.values():
        needed = one.default is MISSING and one.default_factory is MISSING
        if needed and one.name not in row:
            raise ManifestError(f"{FILE}: the [[{word}]] {name} needs {one.name}.")
        wanted: Any = get_origin(one.type) or one.type
        if one.name in row and not isinstance(row[one.name], wanted):
            raise ManifestError(
                f"{FILE}: {one.name} of the [[{word}]] {name} should be {WORDS[wanted]}, "
                f"not {row[one.name]!r}."
            )
    return kind(**row)
