"""What to report about a grafted submission: warnings and remarks, by the cells that they are
about."""

from typing import Any

from grader.course.words import listed
from grader.intake.graft import Graft

MARKS = ("grade", "solution", "locked", "task", "points", "schema_version", "cell_type", "checksum")


def warnings(graft: Graft) -> list[str]:
    notes = graft.notes
    return sentences(
        graft,
        [
            ("missing, so the original was restored", notes["missing"]),
            ("changed, so the original was used", notes["changed"]),
            ("found more than once, so the original was used", notes["copied"]),
            ("found more than once, so the last answer counts", notes["twice"]),
            (
                "cell ids were swapped, so cells were matched by content",
                sorted(set(graft.found.exchanged.values())),
            ),
            ("grading metadata changed, so the original was used", tampered(graft)),
            ("no longer code, so it counts as no answer", notes["no_code"]),
        ],
    )


def remarks(graft: Graft) -> list[str]:
    notes = graft.notes
    remarks = sentences(
        graft,
        [
            ("grading metadata missing, so the original was restored", stripped(graft)),
            ("split into several cells, all of them kept", notes["split"]),
            ("not of the requested cell type, so its text was used", notes["from_text"]),
            ("answered in another cell", notes["elsewhere"]),
        ],
    )
    if is_reordered(graft):
        remarks.append("cells in another order, so the lab's order was used")
    if graft.extras:
        remarks.append(f"{graft.extras} extra cell{'s' if graft.extras > 1 else ''}")
    return remarks


def sentences(graft: Graft, notes: list[tuple[str, list[int]]]) -> list[str]:
    return [
        f"{words}: {listed([called(graft, number) for number in numbers])}"
        for words, numbers in notes
        if numbers
    ]


def called(graft: Graft, number: int) -> str:
    return f"the cell {graft.lab[number].key or graft.lab[number].id}"


def is_reordered(graft: Graft) -> bool:
    firsts = [
        claims[0]
        for number, claims in enumerate(graft.found.claims)
        if claims and number not in graft.notes["elsewhere"]
    ]
    return firsts != sorted(firsts)


def tampered(graft: Graft) -> list[int]:
    """Cells with grading metadata that differ from the released ones."""
    return [
        number
        for number, one in enumerate(graft.lab)
        if any(given and differ(given, one.marks) for given in marks(graft, number))
    ]


def stripped(graft: Graft) -> list[int]:
    """Cells that are there without grading metadata."""
    return [
        number
        for number, one in enumerate(graft.lab)
        if one.key and marks(graft, number) and not any(marks(graft, number))
    ]


def marks(graft: Graft, number: int) -> list[dict[str, Any]]:
    """The grading metadata of a student's cells that are this cell of the lab, but not those of
    another of its cells."""
    cells = (
        cell
        for cell, owner in graft.owners.items()
        if owner == number and cell not in graft.found.exchanged
    )
    return [graft.theirs[cell].marks for cell in cells if graft.lab[number].key]


def differ(marks: dict[str, Any], original: dict[str, Any]) -> bool:
    """Whether grading metadata differ from the lab's. What nbgrader adds later can be missing."""
    return any(marks.get(name, False) != original.get(name, False) for name in MARKS) or marks.get(
        "grade_id"
    ) != original.get("grade_id")
