"""What became of a submission: one status, one plain sentence."""
import re
from dataclasses import dataclass

GRADED, WARNED, UNGRADABLE, OUR_FAULT = "graded", "graded with warnings", "ungradable", "our fault"
NOT_YET = "not graded yet"
SYNTAX = ("SyntaxError", "IndentationError", "TabError")


@dataclass(frozen=True)
class Outcome:
    """status: one of the names above; sentence: why, for the instructor and the student."""

    status: str
    sentence: str

    @property
    def graded(self):
        return self.status in (GRADED, WARNED)


def of_failure(ran):
    """The Outcome of a run that brought no marks. ran: a `run.Ran`."""
    where = f" in {ran.last_cell}" if ran.last_cell else ""
    if ran.out_of_time:
        return Outcome(UNGRADABLE, f"ran over {ran.limits.submission:g} s, and was ended{where}")
    if "DeadKernelError" in ran.log and not ran.last_cell:
        return Outcome(OUR_FAULT, "the kernel did not start: grade again")
    if "DeadKernelError" in ran.log:
        return Outcome(UNGRADABLE, f"your code ended the Python process (os._exit or a crash){where}")
    if "CellTimeoutError" in ran.log or "UnresponsiveKernelError" in ran.log:
        return Outcome(UNGRADABLE, f"ran over {ran.limits.cell:g} s and could not be interrupted{where}")
    if "NotJSONError" in ran.log or "Notebook does not appear to be JSON" in ran.log:
        return Outcome(UNGRADABLE, "not a Jupyter notebook")
    if "SchemaTooOldError" in ran.log or "old version" in ran.log and "metadata format" in ran.log:
        return Outcome(UNGRADABLE, "the notebook's grading metadata are of another version of nbgrader")
    if "ValidationError" in ran.log or "newer version" in ran.log and "metadata format" in ran.log:
        return Outcome(UNGRADABLE, "the notebook's cells or their grading metadata are damaged")
    if "database is locked" in ran.log:
        return Outcome(OUR_FAULT, "the gradebook is locked by another program: close it and grade again")
    return Outcome(OUR_FAULT, f"the grader failed: {last_error(ran.log)}")


def last_error(log):
    """The last line of a log that names an exception, else its last line."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    named = [line for line in lines if re.match(r"[\w.]*(Error|Exception|Exit|Interrupt)\b", line)]
    return (named or lines or ["no message"])[-1][:200]


def of_success(released, submitted, autograded, marks, limits):
    """The Outcome of a run that brought marks.

    released, submitted, autograded: the notebooks as dicts; marks: by grade id; limits: those of the run.
    """
    warnings = [*overtime(autograded, limits), *unreadable(autograded), *repairs(released, submitted)]
    checks = [marks[name] for name, cell in by_id(released).items() if is_check(cell) and name in marks]
    passed = sum((mark.auto or 0) >= mark.most for mark in checks)
    missing = unanswered(released, submitted)
    count = [] if warnings or (missing and not passed) else [passed_of(passed, len(checks))]
    return Outcome(WARNED if warnings else GRADED, "; ".join([*warnings, *count, *missing]))


def passed_of(passed, number):
    return f"all {number} checks passed" if passed == number else f"{passed} of {number} checks passed"


def overtime(notebook, limits):
    names = [name for name, cell in named(notebook) if "CellTimeoutError" in errors(cell)]
    notes = [f"ran over {limits.cell:g} s in {listed(names)}"] if names else []
    # a check has a limit of its own for each call of an answer, and says so
    names = [name for name, cell in named(notebook) if any("It was still running after" in text for text in messages(cell))]
    return notes + ([f"did not come to an end in {listed(names)}"] if names else [])


def unreadable(notebook):
    names = [name for name, cell in named(notebook) if set(SYNTAX) & errors(cell) and not is_check(cell)]
    return [f"syntax error in {listed(names)}"] if names else []


def repairs(released, submitted):
    """What of the locked cells is missing or had to be put back."""
    wanted, found = by_id(released), [grade_id(cell) for cell in submitted["cells"]]
    theirs = by_id(submitted)
    locked = [name for name, cell in wanted.items() if is_check(cell) or metadata(cell).get("locked")]
    missing = [f"the cell {name}" for name in locked if name not in theirs and is_check(wanted[name])]
    gone = [f"the cell {name}" for name in locked if name not in theirs and not is_check(wanted[name])]
    changed = [f"the cell {name}" for name in locked if name in theirs and source(theirs[name]) != source(wanted[name])]
    copied = [f"the cell {name}" for name in wanted if found.count(name) > 1]
    notes = [f"missing and put back: {listed(missing)}"] if missing else []
    notes += [f"missing: {listed(gone)}"] if gone else []
    notes += [f"changed, so the original was used: {listed(changed)}"] if changed else []
    notes += [f"there more than once, so the last one counts: {listed(copied)}"] if copied else []
    return notes


def unanswered(released, submitted):
    """How many cells that ask for an answer are as they were released."""
    theirs = by_id(submitted)
    asked = {name: cell for name, cell in by_id(released).items() if metadata(cell).get("solution")}
    number = sum(name not in theirs or source(theirs[name]) == source(cell) for name, cell in asked.items())
    return [f"no answer in {number} cell{'s' if number > 1 else ''}"] if number else []


def metadata(cell):
    return cell.get("metadata", {}).get("nbgrader", {})


def grade_id(cell):
    return metadata(cell).get("grade_id")


def is_check(cell):
    return metadata(cell).get("grade") and not metadata(cell).get("solution")


def by_id(notebook):
    return {grade_id(cell): cell for cell in notebook["cells"] if grade_id(cell)}


def named(notebook):
    """Every cell with a name to call it by, as in `run`: the cell check_cubic, a cell after check_cubic."""
    last, pairs = "the start", []
    for cell in notebook["cells"]:
        pairs.append((f"the cell {grade_id(cell)}" if grade_id(cell) else f"a cell after {last}", cell))
        last = grade_id(cell) or last
    return pairs


def source(cell):
    text = cell.get("source", "")
    return (text if isinstance(text, str) else "".join(text)).rstrip()


def errors(cell):
    """The names of the exceptions that a cell ended with."""
    return {output["ename"] for output in cell.get("outputs", []) if output["output_type"] == "error"}


def messages(cell):
    """The texts of those exceptions."""
    return [output["evalue"] for output in cell.get("outputs", []) if output["output_type"] == "error"]


def listed(names):
    """the cell a; the cell a and the cell b; the cell a, the cell b and 3 more"""
    shown = names if len(names) <= 3 else [*names[:2], f"{len(names) - 2} more"]
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
