"""Whose file is it? What its name says, compared with the roster where there is one."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.gradebook.roster import Roster
from grader.lms.names import CANVAS, MOODLE, Claim, claim, is_wrapped, safe
from grader.lms.pattern import Pattern


@dataclass(frozen=True)
class Owner:
    """name: as the download has it; student: their id; claim: the one that says so."""

    name: str
    student: str
    claim: Claim


def claimed(
    paths: Sequence[tuple[str, ...]], lab: str, pattern: Pattern | None = None
) -> list[list[Claim | str]]:
    """What each path of a download says of its owner: the Claims that it can be read as, or the
    reason why there is none."""
    if pattern:
        unfit = f"it does not fit the pattern {pattern.text}"
        return [[*pattern.claim(path)] or [unfit] for path in paths]
    wrapped = is_wrapped(paths, lab)
    if wrapped is None:
        return [
            [f"from {path[0]} or from {path[1]}? rename it to LOGIN_{lab}.ipynb"] for path in paths
        ]
    said = [claim(path[wrapped:], lab) for path in paths]
    known = [one for one in said if isinstance(one, Claim)]
    words = "it looks like a name of Canvas, among others that do not: nothing was guessed"
    is_mixed = len({one.platform == CANVAS for one in known}) > 1
    return [
        [words if is_mixed and isinstance(one, Claim) and one.platform == CANVAS else one]
        for one in said
    ]


def owner(said: Sequence[Claim | str], roster: Roster | None) -> Owner | str:
    """The Owner of a file, or why there is none."""
    claims = [one for one in said if isinstance(one, Claim)]
    answers = [enrolled(one, roster) if roster else unlisted(one) for one in claims]
    found = {one.student: one for one in answers if isinstance(one, Owner)}
    if len(found) == 1:
        return found.popitem()[1]
    if len(claims) > 1:
        names = sorted(one.login or one.number or "?" for one in claims)
        return f"it may be of {' or of '.join(names)}: nothing was guessed"
    return next(one for one in [*answers, *said] if isinstance(one, str))


def unlisted(one: Claim) -> Owner | str:
    """Without a roster only what is certain: a login, or the platform's name and number."""
    if one.platform in (None, CANVAS, MOODLE) and (one.login or one.name):
        name = one.login or f"{one.name}_{one.number}"
        student = safe(name)
        return Owner(name, student, one) if student else "its name cannot be that of a folder"
    told = f"a name of {one.platform}" if one.platform else "a number alone"
    return f"{told}, which does not say whose it is without a roster"


def enrolled(one: Claim, roster: Roster) -> Owner | str:
    """With a roster: everything that the name says must point to one student."""
    # Moodle numbers its participants for each assignment: such a number says nothing here
    number = one.number if one.platform != MOODLE else None
    evidence = {
        one.login: logins(one, roster),
        number: roster.with_number(number or ""),
        one.name: roster.with_name(one.name or ""),
    }
    found = [students for students in evidence.values() if students]
    if not found:
        return "not on the roster"
    agreed = set.intersection(*found)
    if len(agreed) > 1:
        return f"it may be of {' or of '.join(sorted(agreed))}: nothing was guessed"
    if not agreed:
        said = " and ".join(sorted(set.union(*found)))
        return f"its parts are those of {said}: nothing was guessed"
    (student,) = agreed
    theirs = roster.students[student].numbers
    if number and theirs and number not in theirs:
        return f"the number {number} is not that of {student}: nothing was guessed"
    return Owner(student, student, one)


def logins(one: Claim, roster: Roster) -> set[str]:
    """Who has this login; Blackboard puts it behind the name of a column, and either may hold _."""
    if not one.login:
        return set()
    parts = one.login.split("_")
    tails = (
        ["_".join(parts[place:]) for place in range(len(parts))] if one.platform else [one.login]
    )
    found = [roster.with_key(tail) for tail in tails]
    return set().union(*found)
