"""README.md, CONTRIBUTING.md and the instructor's guide speak only of commands, options, files and
messages that there are."""

import argparse
import ast
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from nbgrader.apps.nbgraderapp import NbGraderApp

import course
from grader import __main__ as grading
from grader.box import backends, plan
from grader.course.limits import Limits
from grader.gradebook.late import Rule
from grader.gradebook.outcomes import GRADED, NOT_HANDED_IN, NOT_YET, OUR_FAULT, UNGRADABLE, WARNED
from grader.selftest.canaries import KNOWN_OPEN

ROOT = Path(course.__file__).parent
READS = ("README.md", "CONTRIBUTING.md", "docs", "course.py", "bootstrap", "utils", "benchmarks")
README, GUIDE = ROOT / "README.md", ROOT / "docs" / "instructors.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
DOCS = [README, GUIDE, CONTRIBUTING]
LAB = "lab03_magnitude_pruning"
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
HERE = (
    "benchmarks",
    "bootstrap",
    "docs",
    "grader",
    "labs",
    "lectures",
    "settings",
    "solutions",
    "tests",
    "utils",
)
CODE = [
    ROOT / "course.py",
    ROOT / "nbgrader_config.py",
    *(path for house in ("utils", "grader", "bootstrap") for path in (ROOT / house).rglob("*.py")),
]
SAID = "\n".join(path.read_text(encoding="utf-8") for path in CODE)


def text(path):
    return path.read_text(encoding="utf-8")


def blocks(path):
    """(language, text) of every fenced block."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", text(path), re.MULTILINE | re.DOTALL)


def spans(path):
    """The pieces of code in the running text."""
    return re.findall(
        r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text(path), flags=re.MULTILINE | re.DOTALL)
    )


def commands(path, first):
    """The command lines that begin with `first`, as lists of words."""
    lines = [
        line.strip()
        for language, block in blocks(path)
        if not language
        for line in block.splitlines()
    ] + spans(path)
    split = [
        shlex.split(line.replace("...", "HOST:1"), comments=True)
        for line in lines
        if line.startswith(first)
    ]
    return [words for words in split if words]


def params(first):
    return [
        pytest.param(words, id=" ".join(words)) for path in DOCS for words in commands(path, first)
    ]


# --- commands ------------------------------------------------------------------------------------


def of_the_door(words):
    """The words after course.py, with a lab for LAB."""
    place = next(number for number, word in enumerate(words) if word.endswith("course.py"))
    return [LAB if word == "LAB" else word for word in words[place + 1 :]]


def check_at_the_door(words):
    name, *rest = of_the_door(words)
    assert name in course.COMMANDS
    if name in ("release", "collect", "grade"):
        grading.parser().parse_args([name, *rest])
    for option in (word for word in rest if word.startswith("--")):
        assert option in course.help_for(name) or name in (
            "release",
            "collect",
            "grade",
        )


@pytest.mark.parametrize("words", params("python3 course.py") + params("course.py "))
def test_a_command_of_the_course_is_understood_by_it(words):
    check_at_the_door(words)


@pytest.mark.parametrize(
    "line",
    [
        "python3 course.py collect LAB",
        "python3 course.py grade LAB --no-such-option",
        "python3 course.py lab --teacher",
        "python3 course.py mark LAB",
        "course.py grade LAB --backend tepid",
    ],
)
def test_a_command_that_there_is_none_is_noticed(line):
    with pytest.raises((AssertionError, SystemExit)):
        check_at_the_door(shlex.split(line))


def options_of(parser):
    inner = [
        action.choices.values()
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
    ]
    return {option for action in parser._actions for option in action.option_strings} | {
        option for group in inner for one in group for option in options_of(one)
    }


@pytest.mark.parametrize(
    "span", [span for path in DOCS for span in spans(path) if span.startswith("--")]
)
def test_an_option_that_is_spoken_of_exists(span):
    assert span.split()[0] in options_of(grading.parser())


def check_nbgraders(words):
    app = NbGraderApp
    while isinstance(app.subcommands, dict):  # it has commands of its own
        assert words and words[0] in app.subcommands, f"no command of nbgrader's: {words}"
        app, words = app.subcommands[words[0]][0], words[1:]
    for option in (word[2:].partition("=")[0] for word in words if word.startswith("--")):
        assert option in app.flags or option in app.aliases


@pytest.mark.parametrize("words", params(".venv/bin/nbgrader ") + params("nbgrader "))
def test_a_command_of_nbgraders_is_understood_by_it(words):
    if words[:2] != ["nbgrader:", "command"]:  # an error that is quoted
        check_nbgraders(words[1:])


@pytest.mark.parametrize(
    "line", ["db assignment", "db assignment add LAB --until=now", "grade LAB"]
)
def test_a_command_that_nbgrader_has_not_is_noticed(line):
    with pytest.raises(AssertionError):
        check_nbgraders(line.split())


@pytest.mark.parametrize("words", params(".venv/bin/python"))
def test_what_is_run_or_installed_with_the_courses_python_is_there(words):
    if words[1:5] == ["-m", "pip", "install", "-e"]:
        assert re.fullmatch(r"\.\[(\w+)\]", words[5])[1] in EXTRAS
    else:
        assert (ROOT / words[1]).is_file()


# --- files and links -----------------------------------------------------------------------------


def named(path):
    """The files and folders of the course that a text names."""
    found = [
        span for span in spans(path) if re.fullmatch(r"[\w./*-]+", span) and "/" in span.rstrip("/")
    ]
    return [span for span in found if span.split("/")[0] in HERE]


EXAMPLES = {  # what stands for any, and one of them; the longest first
    "labNN_NAME": LAB,
    "labNN/EXERCISE": "lab03/fine_grained_prune",
    "labNN": "lab03",
    "LAB": LAB,
    "NN_NAME": "06_magnitude_pruning",
    "test_NAME": "test_magnitude",
    "NAME": "snip",
}


def with_names(path):
    """A path in which NAME, LAB and the like are replaced by names that exist."""
    for any_one, one in EXAMPLES.items():
        path = path.replace(any_one, one)
    return path


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_file_that_is_named_is_there(path):
    missing = [name for name in named(path) if not (ROOT / with_names(name)).exists()]
    assert not missing


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_what_is_said_to_be_in_grading_is_what_the_code_puts_there(path):
    names = {
        part
        for span in [*spans(path), *(block for _, block in blocks(path))]
        for part in re.findall(r"grading/([\w.]+)", span)
    }
    unknown = {
        name
        for name in names - {"box", "cases"}
        if not re.search(rf"[\"'/]{re.escape(name.replace('LAB.csv', '{lab}.csv'))}[\"'/]", SAID)
    }
    assert not unknown


def slug(heading):
    """What a web page calls a heading, as GitHub does it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_link_within_the_course_leads_somewhere(path):
    for target in re.findall(r"\]\(([^)\s]+)\)", text(path)):
        if "://" in target:
            continue
        file, _, place = target.partition("#")
        there = (path.parent / file) if file else path
        assert there.exists(), target
        assert not place or place in map(
            slug, re.findall(r"^#+ (.*)$", text(there), re.MULTILINE)
        ), target


@pytest.mark.parametrize(
    "path", [README, *sorted((ROOT / "docs").glob("*.md"))], ids=lambda path: path.name
)
def test_no_text_names_a_folder_of_the_machine_it_was_written_on(path):
    assert str(ROOT) not in text(path)
    assert not re.search(r"(?<![\w.])/(root|work|tmp|home|srv|Users)/\w", text(path))


# --- what the guide says of the code -------------------------------------------------------------


def test_the_guides_examples_are_python():
    examples = [block for language, block in blocks(GUIDE) if language == "python"]
    assert len(examples) >= 2
    for example in examples:
        ast.parse(example)


def test_the_guides_penalty_is_what_its_rule_takes_off():
    found = re.search(
        r"--percent-a-day (\d+)`.*?ben +([\d.]+)\+ 5 1.*?2 days late: ([\d.]+) points",
        text(GUIDE),
        re.DOTALL,
    )
    percent, left, taken = map(float, found.groups())
    assert Rule(percent).penalty(left + taken, 1.5 * 86400) == pytest.approx(taken)


def test_the_guide_knows_the_limits():
    usual = Limits()
    assert (
        f"`--cell-limit {usual.cell}`, `--time-limit {usual.submission}`, "
        f"`--memory-limit {usual.memory >> 20}`" in text(GUIDE)
    )
    assert f"at most {plan.PROCESSES} processes" in text(GUIDE)


def test_the_guide_knows_every_status_and_every_kind_of_box():
    for word in (
        GRADED,
        WARNED,
        UNGRADABLE,
        OUR_FAULT,
        NOT_YET,
        NOT_HANDED_IN,
        *backends.BEST_FIRST,
    ):
        assert f"**{word}**" in text(GUIDE), word


def test_the_guide_says_what_a_landlock_box_leaves_open_and_needs(monkeypatch):
    (line,) = re.findall(r"^ok  Box landlock .* open, as known: (.*)$", text(GUIDE), re.MULTILINE)
    assert set(line.split(", ")) == KNOWN_OPEN["landlock"]
    monkeypatch.setattr(backends.landlock, "version", lambda: 0)
    assert re.search(r"Linux [\d.]+", backends.possible("landlock"))[0] in text(GUIDE)


def messages():
    """The messages of the guide's last table, in the pieces that do not depend on the case."""
    table = text(GUIDE).split("## 8.")[-1]
    quoted = [
        span
        for row in re.findall(r"^\| (?!you see|---)(.*?) \| ", table, re.MULTILINE)
        for span in re.findall(r"`([^`]+)`", row)
    ]
    return [quote for quote in quoted if not quote.startswith(("nbgrader:", "timestamp"))]


@pytest.mark.parametrize("message", messages())
def test_a_message_that_the_guide_explains_is_one_that_the_code_says(message):
    for piece in re.split(r"\.\.\.\.?|\d+|'", message):
        assert len(piece) < 4 or piece.strip() in SAID, piece


def test_the_guide_explains_messages():
    assert len(messages()) > 10
