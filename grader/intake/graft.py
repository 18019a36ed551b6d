"""A student's cells put into the lab's source notebook, one by one."""

import copy
import itertools
from collections import Counter
from typing import Any

from grader.course import cells as lab_cells
from grader.intake.matching import Asked, Match, defined, is_blank, same, squeezed
from grader.intake.parse import Cell, text_of


class Graft:
    """Puts a student's cells into a lab, and notes what had to be done for it (by the numbers of
    the lab's cells)."""

    def __init__(
        self, source: lab_cells.Notebook, lab: list[Asked], theirs: list[Cell], found: Match
    ):
        self.source, self.lab, self.theirs, self.found = source, lab, theirs, found
        self.before = [[] for _ in lab]
        self.after = [[] for _ in lab]
        self.notes = {
            name: []
            for name in (
                "missing",
                "changed",
                "copied",
                "twice",
                "split",
                "no_code",
                "from_text",
                "elsewhere",
            )
        }
        self.owners = found.dropped | {
            cell: number for number, claims in enumerate(found.claims) for cell in claims
        }
        self.unanswered, self.texts, self.parts, self.extras = [], {}, set(), 0
        for number, one in enumerate(lab):
            {"answer": self.answer, "locked": self.locked, "free": self.free}[one.role](
                number, one, found.claims[number]
            )
        self.place()

    # --- what becomes of each cell of the lab: texts has the student's cell that gives its text,
    # parts those kept next to it

    def locked(self, number: int, one: Asked, claims: list[int]) -> None:
        """The source's own stays. Cells with its id that differ are kept next to a true one, as
        extra cells."""
        true = [
            cell
            for cell in claims
            if same(self.theirs[cell].text, one.text) and self.theirs[cell].kind == one.kind
        ]
        if not claims:
            self.notes["missing"].append(number)
        elif not true:
            self.notes["changed"].append(number)
        if len(claims) > 1:
            self.notes["copied"].append(number)
        if true:
            self.parts |= {
                cell for cell in claims if cell not in true and not is_blank(self.theirs[cell])
            }

    def free(self, number: int, one: Asked, claims: list[int]) -> None:
        if claims:
            self.texts[number] = claims[0]
            self.parts |= set(claims[1:])

    def answer(self, number: int, one: Asked, claims: list[int]) -> None:
        """The last of the student's cells that gives the answer; the others stay next to it, in
        their order."""
        given = [cell for cell in claims if not one.is_open(self.theirs[cell])]
        usable = [cell for cell in given if self.is_usable(one, cell)]
        self.parts |= set(given)
        if usable:
            defining = [cell for cell in usable if self.names(cell) & one.names] or usable
            self.texts[number] = defining[-1]
            self.parts.remove(defining[-1])
            self.note_answer(number, one, claims, given)
        elif not claims and self.is_elsewhere(one):
            self.notes["elsewhere"].append(number)
        else:
            self.unanswered.append(one.key)
            if given:
                self.notes["no_code"].append(number)
            elif claims:
                self.texts[number] = claims[-1]

    def note_answer(self, number: int, one: Asked, claims: list[int], given: list[int]) -> None:
        if self.theirs[self.texts[number]].kind != one.kind:
            self.notes["from_text"].append(number)
        if number in self.found.elsewhere:
            self.notes["elsewhere"].append(number)
        if len(claims) > 1:
            self.notes[
                "split" if given == claims and self.is_split(one, claims) else "twice"
            ].append(number)

    def is_usable(self, one: Asked, cell: int) -> bool:
        """Whether a cell can be run, or read, as this answer: code that was turned into text still
        defines what is asked."""
        return (
            one.kind != "code"
            or self.theirs[cell].kind == "code"
            or bool(self.names(cell) & one.names)
        )

    def is_split(self, one: Asked, claims: list[int]) -> bool:
        """Whether several cells are the parts of one: side by side, none a copy, and none defines
        again what another does."""
        times = Counter(name for cell in claims for name in self.names(cell) & one.names)
        texts = {squeezed(self.theirs[cell].text) for cell in claims}
        return (
            claims[-1] - claims[0] == len(claims) - 1 == len(texts) - 1
            and max(times.values(), default=1) == 1
        )

    def is_elsewhere(self, one: Asked) -> bool:
        """Whether an answer whose cell is gone is given in cells of other answers, or in free
        ones."""
        others = (
            cell
            for cell, number in self.owners.items()
            if self.lab[number].role != "locked" and self.theirs[cell].kind == "code"
        )
        names = {
            name
            for cell in others
            if not self.lab[self.owners[cell]].is_open(self.theirs[cell])
            for name in self.names(cell)
        }
        return bool(one.names) and one.names <= names

    def names(self, cell: int) -> frozenset[str]:
        return defined(self.theirs[cell].text)

    # --- where the student's further cells stand

    def place(self) -> None:
        """Each extra cell comes after the cell of the lab that it followed; parts of an answer stay
        next to their answer."""
        setup = self.set_up()
        spot = self.before[0] if setup is None else self.after[setup]
        for cell, theirs in enumerate(self.theirs):
            number = self.owners.get(cell)
            if number is not None:
                early = cell < self.texts.get(number, -1)
                spot = self.before[number] if early else self.after[max(number, setup or 0)]
            if cell in self.parts or number is None and theirs.text.strip():
                spot.append(theirs)
        self.extras = sum(
            cell not in self.owners and bool(theirs.text.strip())
            for cell, theirs in enumerate(self.theirs)
        )

    def set_up(self) -> int | None:
        """The first locked code cell, when no answer comes before it: nothing of a student's runs
        before that."""
        for number, one in enumerate(self.lab):
            if one.role == "answer":
                return None
            if one.role == "locked" and one.kind == "code":
                return number
        return None

    # --- the notebook

    def notebook(self) -> lab_cells.Notebook:
        taken = {cell.get("id") for cell in self.source["cells"]}
        ids = (
            name
            for name in (f"extra_{number}" for number in itertools.count(1))
            if name not in taken
        )
        made = []
        for number in range(len(self.lab)):
            made += [further(theirs, next(ids)) for theirs in self.before[number]]
            made.append(self.cell(number))
            made += [further(theirs, next(ids)) for theirs in self.after[number]]
        rest = {
            name: copy.deepcopy(value) for name, value in self.source.items() if name != "cells"
        }
        return {"cells": made, **rest}

    def cell(self, number: int) -> lab_cells.Cell:
        own, one = self.source["cells"][number], self.lab[number]
        text, kind, attachments = one.text, one.kind, own.get("attachments", {})
        if one.role == "locked":
            text = text_of(own["source"])
        elif number in self.texts:
            theirs = self.theirs[self.texts[number]]
            text, attachments = theirs.text, {**attachments, **theirs.attachments}
            kind = theirs.kind if one.role == "free" else kind
        elif number in self.notes["elsewhere"]:
            text = ""
        return as_cell(kind, text, own.get("id"), copy.deepcopy(own["metadata"]), attachments)


def further(theirs: Cell, name: str) -> lab_cells.Cell:
    return as_cell(theirs.kind, theirs.text, name, {}, theirs.attachments)


def as_cell(
    kind: str, text: str, name: str | None, metadata: dict[str, Any], attachments: dict[str, Any]
) -> lab_cells.Cell:
    """A cell of nbformat 4.5, without outputs."""
    cell = {"cell_type": kind, "id": name, "metadata": metadata, "source": text}
    if kind == "code":
        return {**cell, "execution_count": None, "outputs": []}
    return {**cell, "attachments": attachments} if attachments else cell
