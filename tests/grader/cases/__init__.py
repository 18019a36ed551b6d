"""Bad submissions, one small file each, with what each must get.

A case is NN_name.py, NN the row it belongs to. Its header:

    # row: 6
    # says: what the student does, in one line
    # marks: double 0, rest full      points by exercise; `full`, `?` (nothing is said of it), or a number; or: none
    # status: graded with warnings    alternatives with |
    # sentence: a regular expression that the outcome's sentence must contain
    # holds: warm cold landlock       the back-ends that must hold it (all, where it is left out)

and where wanted `# name: first | last`, `# page: ...` and `# page not: ...` (regular expressions, for the feedback
page), `# from: release` (the answers that are not here are missing, instead of right). Then `# %% cell` and an answer
for each cell that differs from a right submission; a text is written as comments. @ROOT@ (the course), @DROP@ (a
folder), @CANARY@ (a file), @HOME@ (the home folder), @PORT@ (a port on loopback), @UTILS@ (the library) are filled in:
a student is taken to know everything.

What damages the file itself is a function in files.py, with the same header in its docstring.

Attacks earn by what they find: an answer that is wrong, and right as soon as the attack has worked. So the marks tell.
Whatever an attack writes has "planted" in its name, whatever it starts "leftbehind".
"""
import json
import re
from dataclasses import dataclass
from pathlib import Path

from grader.course.folders import maxima
from grader.run.demo import parse, with_answers

from tests.grader.cases_lab import LAB, right_answers

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """A submission and what it must get. write(course, path): hands it in, path is that of its notebook."""

    name: str
    row: int
    says: str
    marks: dict | None
    status: tuple
    sentence: str
    holds: frozenset
    names: tuple
    page: str
    page_not: str
    write: object

    def expected(self, course):
        """Points by exercise: a number, None for no mark, ... where nothing is said."""
        most = maxima(course.checks(LAB))
        if self.marks is None:
            return dict.fromkeys(most)
        said = {name: self.marks.get(name, self.marks.get("rest", "full")) for name in most}
        if said["explanation"] == "full":   # a person marks it
            said["explanation"] = None
        return {name: most[name] if value == "full" else value for name, value in said.items()}


def header(text):
    """The lines `key: value` at the top of a case, as a dict."""
    return dict(re.findall(r"^(?:# |    )([a-z ]+): (.*\S)[ ]*$", text.split("# %%")[0], re.MULTILINE))


def points(text):
    """`double 5, rest full` as a dict; None for `none`."""
    if text == "none":
        return None
    if text == "?":
        text = "rest ?"
    pairs = (part.split() for part in text.split(","))
    return {name: {"full": "full", "?": ...}.get(value) or float(value) for name, value in pairs}


def case(name, text, write):
    said = header(text)
    unknown = set(said) - {"row", "says", "marks", "status", "sentence", "holds", "name", "page", "page not", "from"}
    assert not unknown and int(said["row"]) == int(name[:2]), f"the header of {name}: {sorted(unknown) or 'another row'}"
    first, _, last = said.get("name", f"{name} | Case").partition(" | ")
    return Case(
        name, int(said["row"]), said["says"], points(said["marks"]), tuple(said["status"].split(" | ")), said.get("sentence", ""),
        frozenset(said.get("holds", "warm cold landlock").split()), (first, last), said.get("page", ""), said.get("page not", ""), write,
    )


def from_file(path):
    """The case of a file NN_name.py."""
    text = path.read_text(encoding="utf-8")

    def write(world, target):
        answers = {name: world.fill(answer) for name, answer in parse(text).items()}
        if header(text).get("from") != "release":
            answers = right_answers() | answers
        write_notebook(target, with_answers(released(world.course), answers))

    return case(path.stem, text, write)


def from_function(function):
    """The case of a function of files.py, called with the path, a right notebook and the course."""
    def write(world, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        function(target, with_answers(released(world.course), right_answers()), world.course)

    return case(function.__name__.removeprefix("case_"), function.__doc__, write)


def released(course):
    return json.loads(course.released(LAB).read_text(encoding="utf-8"))


def write_notebook(path, notebook):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False), encoding="utf-8")


def all_cases():
    """Every case, sorted by row and name."""
    from tests.grader.cases import files

    functions = [value for name, value in vars(files).items() if name.startswith("case_")]
    found = [from_file(path) for path in HERE.glob("[0-9][0-9]_*.py")] + [from_function(function) for function in functions]
    return sorted(found, key=lambda case: case.name)
