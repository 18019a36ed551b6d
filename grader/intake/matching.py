"""Which of a student's cells is which cell of the lab.

A cell is known by its grade id in nbgrader's metadata, else by its cell id, unless its content says
that it is another; then by its content, when that is as it was released; an answer by the names it
defines; what is still open by its place between neighbours that are known. Names are found by
looking at the starts of lines, never by parsing: no text of a student's is given to a compiler in
this process.
"""

import re
from dataclasses import dataclass

from grader.course import cells as lab_cells
from grader.intake.parse import Cell, text_of

DEFINED = re.compile(
    r"^(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)|^(\w+(?:[ \t]*,[ \t]*\w+)*)[ "
    r"\t]*(?::[^=\n]+)?=(?!=)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Asked:
    """A cell of the lab as it was released. role: answer, locked or free; names: what the stub of
    an answer in code defines."""

    key: str | None
    id: str | None
    kind: str
    role: str
    text: str
    marks: dict
    names: frozenset

    def is_open(self, cell: Cell) -> bool:
        """Whether the cell leaves the question open: it is as it was released, or empty."""
        return is_blank(cell) or same(cell.text, self.text)


@dataclass
class Match:
    """claims: for each cell of the lab, in its order, the student's cells that are it (their
    numbers, sorted); sure: how many graded, locked or answer cells were recognised by more than
    their place; exchanged: the student's cells that say they are another cell of the lab than they
    are, and which; elsewhere: answers that were found outside their cell; dropped: what was left in
    the cell itself, by number."""

    claims: list
    sure: int
    exchanged: dict
    elsewhere: set
    dropped: dict


def asked(released: lab_cells.Notebook) -> list[Asked]:
    """The cells of a lab. released: the notebook that students got."""
    return [as_asked(cell) for cell in released["cells"]]


def as_asked(cell: lab_cells.Cell) -> Asked:
    marks, text = lab_cells.marks(cell), text_of(cell["source"])
    answer = bool(marks.get("solution"))
    held = any(marks.get(name) for name in ("grade", "locked", "task"))
    role = "answer" if answer else "locked" if held else "free"
    names = defined(text) if answer and cell["cell_type"] == "code" else frozenset()
    return Asked(marks.get("grade_id"), cell.get("id"), cell["cell_type"], role, text, marks, names)


def defined(text: str) -> frozenset[str]:
    """The names that lines at the left margin define: functions, classes, assignments."""
    found = (one or many for one, many in DEFINED.findall(text))
    return frozenset(name.strip() for names in found for name in names.split(","))


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing, or in code nothing but comments."""
    lines = [line.strip() for line in cell.text.split("\n")]
    return not any(line and not (cell.kind == "code" and line.startswith("#")) for line in lines)


def same(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but the ends of lines."""
    return squeezed(one) == squeezed(other)


def squeezed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def match(lab: list[Asked], theirs: list[Cell]) -> Match:
    """lab: a list of `Asked`; theirs: the student's `Cell`s. Returns a Match."""
    matching = Matching(lab, theirs)
    for step in (matching.by_id, matching.by_text, matching.by_name, matching.by_id_after_all):
        step()
    sure = sum(matching.is_sure(number) for number in range(len(lab)))
    matching.by_place()
    exchanged = {
        cell: declared
        for cell, declared in matching.declared.items()
        if matching.owner.get(cell, declared) != declared
    }
    return Match(
        [sorted(found) for found in matching.claims],
        sure,
        exchanged,
        matching.elsewhere,
        matching.dropped,
    )


class Matching:
    """The state of `match`: owner tells for each of the student's cells which cell of the lab it
    is, by numbers."""

    def __init__(self, lab: list[Asked], theirs: list[Cell]):
        self.lab, self.theirs = lab, theirs
        self.claims = [[] for _ in lab]
        self.owner, self.elsewhere, self.dropped = {}, set(), {}
        self.names = [defined(cell.text) for cell in theirs]
        self.texts = [squeezed(cell.text) for cell in theirs]
        self.released = [squeezed(one.text) for one in lab]
        self.declared = self.declarations()

    def declarations(self) -> dict[int, int]:
        """The cell of the lab that each cell says it is: by grade id, and where no cell has that
        grade id, by cell id."""
        by_key = {one.key: number for number, one in enumerate(self.lab) if one.key}
        by_id = {one.id: number for number, one in enumerate(self.lab) if one.id}
        grade_ids = [cell.marks.get("grade_id") for cell in self.theirs]
        declared = {
            cell: by_key[name]
            for cell, name in enumerate(grade_ids)
            if isinstance(name, str) and name in by_key
        }
        known = set(declared.values())
        for number, cell in enumerate(self.theirs):
            if number not in declared and cell.id in by_id and by_id[cell.id] not in known:
                declared[number] = by_id[cell.id]
        return declared

    def claim(self, number: int, cell: int) -> None:
        self.claims[number].append(cell)
        self.owner[cell] = number

    def left(self) -> list[int]:
        """The student's cells that are not known yet and hold something."""
        return [
            cell
            for cell in range(len(self.theirs))
            if cell not in self.owner and self.texts[cell].strip()
        ]

    def by_id(self) -> None:
        for cell, number in self.declared.items():
            if not self.denied(number, cell):
                self.claim(number, cell)

    def denied(self, number: int, cell: int) -> bool:
        """Whether a cell's content says that it is another cell of the lab than its id says."""
        one, text = self.lab[number], self.texts[cell]
        if not text.strip() or text == self.released[number]:
            return False
        if text in self.released:
            return True
        if one.names & self.names[cell] or one.role == "answer" and not one.names:
            return False
        return any(
            other.names & self.names[cell]
            for place, other in enumerate(self.lab)
            if place != number and self.is_missing(place)
        )

    def is_missing(self, number: int) -> bool:
        """Whether no cell that says it is this answer gives one."""
        one = self.lab[number]
        given = (
            cell
            for cell, declared in self.declared.items()
            if declared == number and not one.is_open(self.theirs[cell])
        )
        return not any(one.names & self.names[cell] for cell in given)

    def by_text(self) -> None:
        for number, text in enumerate(self.released):
            if not self.claims[number] and text.strip():
                for cell in self.left():
                    if self.texts[cell] == text:
                        self.claim(number, cell)
                        break

    def by_name(self) -> None:
        """An answer without a cell, or whose cell was left as it was, is where its names are
        defined."""
        for number, one in enumerate(self.lab):
            if one.names and all(one.is_open(self.theirs[cell]) for cell in self.claims[number]):
                found = [
                    cell
                    for cell in self.left()
                    if self.theirs[cell].kind == "code" and one.names & self.names[cell]
                ]
                if found:
                    self.replace(number, found)
                elif self.is_given_below(number):
                    self.replace(number, [])

    def is_given_below(self, number: int) -> bool:
        """Whether a cell below an answer that was left as it was, which is another answer, gives
        this one too."""
        one, stubs = self.lab[number], self.claims[number]
        return bool(stubs) and any(
            cell > max(stubs)
            and self.theirs[cell].kind == "code"
            and self.lab[owner].role == "answer"
            and one.names <= self.names[cell]
            for cell, owner in self.owner.items()
            if owner != number
        )

    def replace(self, number: int, found: list[int]) -> None:
        for cell in self.claims[number]:
            self.dropped[cell] = number
            self.elsewhere.add(number)
        self.claims[number] = []
        for cell in found:
            self.claim(number, cell)

    def by_id_after_all(self) -> None:
        """A cell whose content contradicts its id is matched by id after all, when no other cell is
        that one."""
        for cell, number in self.declared.items():
            if cell not in self.owner and not self.claims[number]:
                self.claim(number, cell)

    def is_sure(self, number: int) -> bool:
        one = self.lab[number]
        if one.role == "locked":
            return any(self.texts[cell] == self.released[number] for cell in self.claims[number])
        return one.role == "answer" and bool(self.claims[number])

    def by_place(self) -> None:
        """An answer or a free cell that is still open is the first unknown cell of its kind between
        its known neighbours."""
        for number, one in enumerate(self.lab):
            is_elsewhere = number in self.elsewhere and not self.claims[number]
            if one.role == "locked" or is_elsewhere or not self.is_vacant(number):
                continue
            low, high = self.bounds(number)
            for cell in self.left():
                if low < cell < high and self.may_stand_for(one, cell):
                    self.replace(number, [cell])
                    break

    def is_vacant(self, number: int) -> bool:
        """Nothing is this cell; or it asks for an answer in words, which is often written into a
        cell below."""
        one = self.lab[number]
        in_words = one.role == "answer" and one.kind == "markdown"
        return (
            not self.claims[number]
            or in_words
            and all(one.is_open(self.theirs[cell]) for cell in self.claims[number])
        )

    def bounds(self, number: int) -> tuple[int, int]:
        """The student's cells between which a cell of the lab should be: its nearest neighbours
        that are known."""
        before = [cells for cells in self.claims[: number + 1] if cells]
        after = [cells for cells in self.claims[number + 1 :] if cells]
        return max(before[-1]) if before else -1, min(after[0]) if after else len(self.theirs)

    def may_stand_for(self, one: Asked, cell: int) -> bool:
        if self.theirs[cell].kind != one.kind:
            return False
        return one.role == "free" or not one.names or bool(self.names[cell])
