"""Whatever lies in a student's folder: a notebook for the grader or one sentence, never an
exception, nothing followed or run."""

import copy
import json
import os
import random
import shutil
import socket
import stat
import sys
import time

import nbformat
import pytest

from grader.intake import folder as folders
from grader.intake import parse, submitted
from grader.intake.folder import LARGEST, timestamp
from grader.intake.parse import printable
from grader.intake.submitted import read
from tests.grader.tiny import RIGHT, cell, make_course, submit, write

posix = pytest.mark.skipif(os.name == "nt", reason="needs links and pipes")
pytestmark = pytest.mark.xdist_group("intake")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def source(course):
    return json.loads(course.source("tiny").read_text(encoding="utf-8"))


@pytest.fixture
def folder(course):
    """An empty folder of a student called ada."""
    folder = course.submitted("tiny", "ada")
    shutil.rmtree(folder.parent, ignore_errors=True)
    folder.mkdir(parents=True)
    yield folder
    shutil.rmtree(folder.parent, ignore_errors=True)


@pytest.fixture
def take(course, source, folder):
    """Reads what is in the folder; with an argument, that notebook or those bytes under the right
    name."""

    def take(content=None, name="tiny.ipynb"):
        if content is not None:
            (folder / name).write_bytes(
                content if isinstance(content, bytes) else json.dumps(content).encode()
            )
        submission = read(course, "tiny", "ada", source)
        assert (submission.notebook is None) == (submission.problem is not None)
        if submission.notebook:
            nbformat.validate(submission.notebook)
        json.dumps(
            [submission.problem, submission.notebook, submission.warnings, submission.remarks],
            ensure_ascii=False,
        ).encode()
        return submission

    return take


@pytest.fixture
def right(course, folder):
    """The notebook with right answers, as a dict."""
    submit(course, "ada", RIGHT)
    notebook = json.loads((folder / "tiny.ipynb").read_text(encoding="utf-8"))
    (folder / "tiny.ipynb").unlink()
    return notebook


def is_full(submission):
    """Whether it can be graded and every question has an answer."""
    return submission.problem is None and submission.unanswered == ()


def sources(submission):
    return {one["id"]: one["source"] for one in submission.notebook["cells"]}


# --- what the file holds -------------------------------------------------------------------------


@pytest.mark.box
def test_a_right_notebook_is_graded_and_kept_byte_for_byte(take, right):
    submission = take(right)
    assert (submission.problem, submission.warnings, submission.remarks, submission.unanswered) == (
        None,
        (),
        (),
        (),
    )
    assert submission.content == json.dumps(right).encode()
    assert {name: text for name, text in sources(submission).items() if name in RIGHT} == RIGHT


def test_an_untouched_release_has_no_answer(take, course):
    submission = take(course.released("tiny").read_bytes())
    assert (
        submission.unanswered == ("double", "half", "explanation")
        and len(submission.notebook["cells"]) == 8
    )
    assert (submission.problem, submission.warnings, submission.remarks) == (None, (), ())


CONFLICT = '{\n "cells": [\n<<<<<<< HEAD\n  {"cell_type": "raw"}\n=======\n>>>>>>> 1a2b\n ]}'


@pytest.mark.parametrize(
    "content, problem",
    [
        (b"", "tiny.ipynb is empty"),
        (b" \n\t\n", "tiny.ipynb is empty"),
        (b"\0" * 4096, "tiny.ipynb is empty"),
        (b"\xef\xbb\xbf", "tiny.ipynb is empty"),
        (b'{\n "cells": [\n  {', "tiny.ipynb is not JSON: line 3"),
        (b"import torch\n", "tiny.ipynb is not JSON: line 1"),
        (b"<!DOCTYPE html>\n<html>", "tiny.ipynb is not JSON: line 1 (it is a web page)"),
        (b'{"cells": []}\n{"cells": []}', "tiny.ipynb is not JSON: line 2"),
        (b'{"cells": [\n"a\x00b"]}', "tiny.ipynb is not JSON: line 2"),
        (CONFLICT.encode(), "tiny.ipynb is not JSON: line 3 is a conflict mark of git, <<<<<<<"),
        (
            CONFLICT.replace("\n", "\r\n").encode(),
            "tiny.ipynb is not JSON: line 3 is a conflict mark of git, <<<<<<<",
        ),
        (
            CONFLICT.replace("<<<<<<< HEAD\n", "").encode(),
            "tiny.ipynb is not JSON: line 4 is a conflict mark of git, =======",
        ),
        (b"{\n\xe9", "tiny.ipynb is not text in UTF-8: line 2"),
        (b"PK\x03\x04\x14\xff\xfe", "tiny.ipynb is not text in UTF-8: line 1"),
        (b'{"a": "\xed\xa0\x80"}', "tiny.ipynb is not text in UTF-8: line 1"),
        (b"[" * 100_000, "tiny.ipynb is nested too deeply to be a notebook"),
        (b'{"a":' * 100_000, "tiny.ipynb is nested too deeply to be a notebook"),
        (
            b'{"cells": ' + b"9" * 100_000 + b"}",
            "tiny.ipynb holds a number with thousands of digits",
        ),
        (b"null", "tiny.ipynb is JSON, but not a notebook: it has no list of cells"),
        (b"[]", "tiny.ipynb is JSON, but not a notebook: it has no list of cells"),
        (b'"cells"', "tiny.ipynb is JSON, but not a notebook: it has no list of cells"),
        (b"{}", "tiny.ipynb is JSON, but not a notebook: it has no list of cells"),
        (b'{"cells": {}}', "tiny.ipynb is JSON, but not a notebook: it has no list of cells"),
        (b'{"worksheets": 3}', "tiny.ipynb is JSON, but not a notebook: it has no list of cells"),
        (b'{"cells": []}', "tiny.ipynb has no cell of this lab: is it another notebook?"),
        (
            b'{"worksheets": [null, {"cells": 4}]}',
            "tiny.ipynb has no cell of this lab: is it another notebook?",
        ),
        (
            b'{"cells": [null, 3, "a", []]}',
            "tiny.ipynb has no cell of this lab: is it another notebook?",
        ),
    ],
)
def test_what_is_no_notebook_is_said_with_the_line_that_is_wrong(take, content, problem):
    submission = take(content)
    assert (submission.problem, submission.notebook, submission.content) == (problem, None, content)


@pytest.mark.parametrize(
    "encoding, remarks",
    [
        ("utf-8-sig", ()),
        ("utf-16", ("read as UTF-16",)),
        ("utf-16-le", ("read as UTF-16-LE",)),
        ("utf-32-be", ("read as UTF-32-BE",)),
    ],
)
def test_other_unicode_encodings_are_read(take, right, encoding, remarks):
    right["cells"][1]["source"] = "def double(x):\n    return 2 * x  # ×2, 田中"
    submission = take(json.dumps(right, ensure_ascii=False).encode(encoding))
    assert (
        sources(submission)["double"] == right["cells"][1]["source"]
        and submission.remarks == remarks
    )


def test_of_a_key_that_is_there_twice_the_last_counts(take, right):
    text = json.dumps(right)
    assert is_full(take(('{"cells": 3, ' + text[1:]).encode()))
    assert take((text[:-1] + ', "cells": 3}').encode()).problem


@pytest.mark.parametrize(
    "text, kept",
    [
        ('"\\ud800 \\udfff\\ud83d\\ude00"', "\ufffd \ufffd😀"),
        ('"a\\u0000b"', "a\ufffdb"),
        ('"a\\r\\nb\\rc"', "a\nb\nc"),
        ('["a\\r", "\\nb"]', "a\nb"),
    ],
)
def test_characters_that_are_no_text_are_replaced(take, right, text, kept):
    right["cells"][7]["source"] = "HERE"
    assert sources(take(json.dumps(right).replace('"HERE"', text).encode()))["explanation"] == kept


def test_numbers_that_json_does_not_know_are_read(take, right):
    right["metadata"]["a"] = [float("nan"), float("inf")]
    right["cells"][3]["metadata"]["nbgrader"]["points"] = float("nan")
    assert take(right).warnings == (
        "grading metadata changed, so the original was used: the cell check_double",
    )


# --- other formats and other kernels -------------------------------------------------------------


def test_format_3_is_converted(take, right):
    cells = []
    for one in right["cells"]:
        one = copy.deepcopy(one)
        one.pop("id")
        if one["cell_type"] == "code":
            del one["execution_count"]
            one.update(input=one.pop("source"), language="python", prompt_number=3, collapsed=False)
        cells.append(one)
    cells.insert(0, {"cell_type": "heading", "level": 2, "source": "Mine", "metadata": {}})
    cells.insert(0, {"cell_type": "heading", "level": [], "source": "Mine too", "metadata": {}})
    old = {
        "metadata": {"name": ""},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [{"cells": cells[:4]}, {"cells": cells[4:]}],
    }
    nbformat.validate(
        nbformat.from_dict({**old, "worksheets": [{"cells": cells[1:], "metadata": {}}]}), version=3
    )
    submission = take(old)
    assert (is_full(submission), submission.warnings) == (True, ())
    assert submission.remarks == ("converted from notebook format 3", "2 extra cells")
    assert [one["source"] for one in submission.notebook["cells"]][:2] == ["# Mine too", "## Mine"]


def test_an_old_format_without_a_number_is_converted(take, right):
    assert take({"worksheets": [{"cells": right["cells"]}], "nbformat": True}).remarks == (
        "converted from an old notebook format",
    )


@pytest.mark.parametrize("number", [99, 5])
def test_a_newer_format_is_read_as_format_4(take, right, number):
    submission = take({**right, "nbformat": number})
    assert is_full(submission) and submission.warnings == (
        f"written in notebook format {number}, read as format 4",
    )


@pytest.mark.parametrize("number", [None, "4", 4.0, -1, [], 10**30])
def test_a_format_that_says_nothing_is_passed_over(take, right, number):
    submission = take({**right, "nbformat": number, "nbformat_minor": number})
    assert (is_full(submission), submission.warnings) == (True, ())


@pytest.mark.parametrize(
    "metadata, kernel",
    [
        ({"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}}, "ir"),
        ({"kernelspec": {"name": "julia-1.9", "language": "julia"}}, "julia-1.9"),
        ({"kernelspec": {"name": [], "language": "R"}}, "R"),
        ({"language_info": {"name": "sas"}}, "sas"),
        (
            {"kernelspec": {"name": "\x1b[31m" + "x" * 100, "language": "R"}},
            "?[31m" + "x" * 54 + "…",
        ),
    ],
)
def test_another_kernel_is_a_warning_and_python_keeps_its_marks(take, right, metadata, kernel):
    submission = take({**right, "metadata": metadata})
    assert is_full(submission) and submission.warnings == (
        f"written for the kernel {kernel}, graded as Python",
    )


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        [],
        None,
        "x",
        {"kernelspec": []},
        {"kernelspec": {"name": "my-env"}},
        {"kernelspec": {"language": 3}},
        {"kernelspec": {"name": "python3", "language": "python"}, "language_info": {"name": "R"}},
        {"language_info": {"name": "ipython"}},
    ],
)
def test_a_notebook_that_names_no_other_language_is_python(take, right, metadata):
    submission = take({**right, "metadata": metadata})
    assert (submission.problem, submission.warnings, submission.unanswered) == (None, (), ())


# --- damaged cells -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage", [{"source": 3}, {"source": None}, {"source": {}}, {"source": [1, "def half(x):"]}]
)
def test_a_text_that_is_none_is_a_warning_and_costs_its_cell(take, right, damage):
    right["cells"][5].update(damage)
    submission = take(right)
    assert submission.warnings == ("1 damaged cell without a text",)
    assert submission.problem is None and submission.unanswered == (
        ("half",) if not isinstance(damage["source"], list) else ()
    )


def test_things_that_are_no_cells_are_left_out(take, right):
    right["cells"][2:2] = [None, 3, "cell", [{}]]
    submission = take(right)
    assert (is_full(submission), submission.warnings) == (True, ("4 damaged cells without a text",))


@pytest.mark.parametrize(
    "damage",
    [
        {"metadata": None},
        {"metadata": []},
        {"metadata": {"nbgrader": []}},
        {"metadata": {"nbgrader": {"grade_id": {}}}},
        {"id": 3},
        {"id": None},
        {"id": "x" * 1000},
        {"id": ""},
        {"outputs": 3},
        {"attachments": 3},
        {"attachments": {"a": {"image/png": 3}}},
        {"cell_type": 3},
        {"cell_type": "sql"},
    ],
)
def test_other_damage_to_a_cell_costs_nothing(take, right, damage):
    right["cells"][5].update(damage)
    assert is_full(take(right))
    assert sources(take())["half"] == RIGHT["half"]


@pytest.mark.parametrize("missing", ["metadata", "id", "outputs", "execution_count", "cell_type"])
def test_a_missing_field_costs_nothing(take, right, missing):
    del right["cells"][5][missing]
    assert sources(take(right))["half"] == RIGHT["half"]


def places(tree, path=()):
    """Every place in a tree of JSON, as the keys that lead to it."""
    yield path
    for key, value in (
        tree.items()
        if isinstance(tree, dict)
        else enumerate(tree)
        if isinstance(tree, list)
        else ()
    ):
        yield from places(value, (*path, key))


def mutate(generator, tree):
    """Changes one place of the tree; returns the tree."""
    odd = [
        None,
        True,
        0,
        -1,
        1.5,
        float("nan"),
        10**400,
        "",
        "x",
        "\ud800\0",
        "half",
        "setup",
        [],
        {},
        [[]],
        {"a": {}},
        [None],
        ["a", 1],
        {"nbgrader": {}},
    ]
    path = generator.choice(list(places(tree)))
    if not path:
        return generator.choice(odd) if generator.random() < 0.1 else tree
    parent = tree
    for key in path[:-1]:
        parent = parent[key]
    what = generator.randrange(5)
    if what == 0:
        del parent[path[-1]]
    elif what == 1:
        parent[path[-1]] = copy.deepcopy(generator.choice(odd))
    elif what == 2:
        parent[path[-1]] = [parent[path[-1]]]
    elif what == 3:
        other = generator.choice(list(places(tree)))
        value = tree
        for key in other:
            value = value[key]
        parent[path[-1]] = copy.deepcopy(value)
    elif isinstance(parent, list):
        parent.insert(path[-1], copy.deepcopy(generator.choice(odd)))
    else:
        parent[
            generator.choice(
                ["cells", "worksheets", "metadata", "nbgrader", "source", "input", "id", "new"]
            )
        ] = copy.deepcopy(generator.choice(odd))
    return tree


@pytest.mark.parametrize("seed", range(10))
def test_no_change_to_the_tree_raises(take, right, seed):
    for number in range(60):
        generator = random.Random(1000 * seed + number)
        tree = copy.deepcopy(right)
        for _ in range(generator.choice([1, 1, 2, 5, 20])):
            tree = mutate(generator, tree)
        take(json.dumps(tree).encode())


@pytest.mark.parametrize("seed", range(5))
def test_no_change_to_the_bytes_raises(take, right, seed):
    content = json.dumps(right, indent=1).encode()
    for number in range(60):
        generator, changed = random.Random(1000 * seed + number), bytearray(content)
        for _ in range(generator.choice([1, 2, 10])):
            place = generator.randrange(len(changed))
            changed[place : place + generator.choice([0, 1, 30])] = generator.randbytes(
                generator.choice([0, 1, 3])
            )
        take(bytes(changed[: generator.choice([len(changed), place])]))


# --- size ----------------------------------------------------------------------------------------


def with_outputs(right, size):
    right["cells"][2]["outputs"] = [
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * size}}
    ]
    return json.dumps(right).encode()


def test_90_mb_of_outputs_are_read_and_dropped(take, right):
    submission = take(with_outputs(right, 90_000_000))
    assert (submission.problem, submission.warnings) == (None, ()) and len(
        json.dumps(submission.notebook)
    ) < 10_000


def test_more_than_100_mb_are_refused_before_parsing(take, folder, monkeypatch):
    monkeypatch.setattr(submitted, "parse", lambda *arguments: pytest.fail("parsed"))
    with open(folder / "tiny.ipynb", "wb") as file:
        file.truncate(LARGEST + 1)
    submission = take()
    assert (
        submission.problem
        == "tiny.ipynb is larger than 100 MB: clear its outputs and hand it in again"
    )
    assert submission.content == b""


def test_a_file_that_would_fill_the_memory_is_not_parsed(take):
    start = time.process_time()
    assert (
        take(b'{"cells": [' + b"[]," * 6_000_000 + b"[]]}").problem
        == "tiny.ipynb holds more than 5,000,000 values: clear its outputs"
    )
    assert time.process_time() - start < 20


def test_signs_within_strings_are_no_values(take, right, monkeypatch):
    monkeypatch.setattr(parse, "MOST_VALUES", 10_000)
    right["cells"][2]["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": '[{,"' * 20_000}
    ]
    assert take(right).problem is None
    right["cells"][2]["outputs"] = [[]] * 20_000
    assert take(right).problem == "tiny.ipynb holds more than 10,000 values: clear its outputs"


@pytest.mark.parametrize(
    "cells, problem",
    [
        (
            [cell("code", "big", "x" * 1_000_001)],
            "tiny.ipynb has more than 1,000,000 characters of code",
        ),
        (
            [cell("markdown", "big", "x" * 20_000_001)],
            "tiny.ipynb has more than 20,000,000 characters in its cells, pictures included",
        ),
        (
            [
                {
                    **cell("markdown", "big", ""),
                    "attachments": {"a": {"image/png": "A" * 20_000_001}},
                }
            ],
            "tiny.ipynb has more than 20,000,000 characters in its cells, pictures included",
        ),
        ([cell("code", "one", "1")] * 2000, "tiny.ipynb has more than 2000 cells"),
    ],
)
def test_cells_that_nobody_wrote_by_hand_are_refused(take, right, cells, problem):
    assert take({**right, "cells": right["cells"] + cells}).problem == problem


# --- the folder ----------------------------------------------------------------------------------


def test_an_empty_folder_and_no_folder_are_said(take, folder):
    assert take().problem == "no notebook named tiny.ipynb in the folder (found: nothing)"
    folder.rmdir()
    assert take().problem == "tiny is not there: it has to be a folder"
    folder.write_text("x")
    assert take().problem == "tiny is a file: it has to be a folder"


def test_other_files_are_listed_when_there_is_no_notebook(take, folder):
    for number in range(12):
        (folder / f"{number:02}.txt").touch()
    assert take().problem == (
        "no notebook named tiny.ipynb in the folder (found: "
        f"{', '.join(f'{number:02}.txt' for number in range(10))} and 2 more)"
    )


def test_a_folder_that_nbgrader_takes_for_a_pattern_is_refused(course, source):
    submit(course, "[a-z]", RIGHT)
    assert (
        read(course, "tiny", "[a-z]", source).problem
        == "nbgrader cannot read a folder named [a-z]: rename it, without * ? [ ]"
    )
    shutil.rmtree(course.submitted("tiny", "[a-z]").parent)


def test_harmless_leftovers_are_passed_over(take, right, folder):
    for name in (".ipynb_checkpoints", "__MACOSX", ".git"):
        (folder / name).mkdir()
        (folder / name / "torch.py").touch()
    for name in (
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
        "._tiny.ipynb",
        "timestamp.txt",
        ".gitignore",
    ):
        (folder / name).touch()
    submission = take(right)
    assert (is_full(submission), submission.warnings, submission.remarks) == (True, (), ())


def test_data_and_pictures_are_not_looked_at(take, right, folder):
    (folder / "data").mkdir()
    for name in ("data/numbers.csv", "picture.png", "LICENSE", "data/tiny.ipynb"):
        (folder / name).touch()
    submission = take(right)
    assert (
        is_full(submission)
        and submission.warnings == ()
        and submission.remarks == ("not looked at: LICENSE, data/numbers.csv and 2 more",)
    )


@pytest.mark.parametrize(
    "path, named",
    [
        ("torch.py", "torch.py"),
        ("TORCH.PY", "TORCH.PY"),
        ("sitecustomize.py", "sitecustomize.py"),
        ("torch/__init__.py", "torch/__init__.py"),
        ("a/b/c.so", "a/b/c.so"),
        ("x.pth", "x.pth"),
        (".ipython/profile_default/startup/x.py", ".ipython/"),
        (".pythonrc", ".pythonrc"),
        ("__pycache__/torch.pyc", "__pycache__/torch.pyc"),
        ("evil\n\x1b[31m.py", "evil??[31m.py"),
    ],
)
def test_what_could_be_imported_is_refused_by_name_and_the_notebook_graded(
    take, right, folder, path, named
):
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text("raise SystemExit")
    submission = take(right)
    assert is_full(submission) and submission.warnings == (f"refused: {named}",)


def test_many_files_are_named_in_short_and_a_flood_is_not_counted(take, right, folder):
    for number in range(1500):
        (folder / f"m{number:04}.py").touch()
    (warning,) = take(right).warnings
    assert (
        warning.startswith("refused: m0000.py, m0001.py and ") and int(warning.split()[-2]) < 1000
    )


@posix
def test_deep_folders_are_not_too_deep(take, right, folder):
    place = os.getcwd()
    os.chdir(folder)
    for _ in range(1100):
        os.mkdir("d")
        os.chdir("d")
    os.chdir(place)
    assert take(right).problem is None
    os.system(f'rm -rf "{folder}"')


@posix
@pytest.mark.parametrize(
    "name", ["other.csv", "sub/other.csv", ".DS_Store", "timestamp.txt", "picture.png"]
)
def test_a_link_beside_the_notebook_is_refused(course, take, right, folder, name):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).symlink_to(course.source("tiny"))
    submission = take(right)
    assert is_full(submission) and submission.warnings == (f"refused: {name} (a link)",)


@posix
def test_a_linked_folder_is_refused_and_not_entered(take, right, folder, tmp_path):
    (tmp_path / "secret.py").touch()
    (folder / "data").symlink_to(tmp_path)
    submission = take(right)
    assert is_full(submission) and submission.warnings == ("refused: data (a link)",)


@posix
def test_a_link_in_place_of_the_notebook_is_not_followed(course, take, folder):
    (folder / "tiny.ipynb").symlink_to(course.source("tiny"))
    submission = take()
    assert (
        submission.problem == "tiny.ipynb is a link to another file, hand in the file itself"
        and submission.content == b""
    )


@posix
def test_a_link_in_place_of_a_folder_is_not_followed(course, take, right, folder, tmp_path):
    write(tmp_path / "tiny" / "tiny.ipynb", right["cells"])
    folder.rmdir()
    folder.symlink_to(tmp_path / "tiny")
    assert take().problem == "tiny is a link: it has to be a folder"
    folder.unlink()
    folder.parent.rmdir()
    folder.parent.symlink_to(tmp_path)
    assert take().problem == "ada is a link: it has to be a folder"
    folder.parent.unlink()


@posix
@pytest.mark.parametrize("name", ["tiny.ipynb", "other.csv", "tiny (1).ipynb", "timestamp.txt"])
def test_a_pipe_is_not_opened(take, folder, name):
    os.mkfifo(folder / name)
    start = time.monotonic()
    assert "a pipe" in take().problem and timestamp(folder) == ""
    assert time.monotonic() - start < 30


@posix
def test_a_pipe_that_takes_the_files_place_is_not_waited_for(folder, monkeypatch):
    os.mkfifo(folder / "tiny.ipynb")
    monkeypatch.setattr(folders, "kind_of", lambda path: folders.FILE)
    assert submitted.open_file(folder / "tiny.ipynb").problem == "tiny.ipynb is empty"


@posix
def test_a_link_that_takes_the_files_place_is_not_followed(course, folder, monkeypatch):
    (folder / "tiny.ipynb").symlink_to(course.source("tiny"))
    monkeypatch.setattr(folders, "kind_of", lambda path: folders.FILE)
    assert submitted.open_file(folder / "tiny.ipynb").problem.startswith(
        "tiny.ipynb cannot be read: "
    )


@posix
def test_sockets_and_devices_are_not_opened(take, folder):
    place = os.getcwd()
    os.chdir(folder)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("tiny.ipynb")
    os.chdir(place)
    assert take().problem == "tiny.ipynb is a socket, not a file"
    (folder / "tiny.ipynb").unlink()
    if os.geteuid() == 0:
        os.mknod(folder / "tiny.ipynb", stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero
        assert take().problem == "tiny.ipynb is a device, not a file"


def test_a_folder_named_like_the_notebook_is_said(take, folder):
    (folder / "tiny.ipynb").mkdir()
    assert take().problem == "tiny.ipynb is a folder, not a file"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything may be read by root")
def test_a_file_without_the_right_to_read_it_is_said(take, right, folder):
    take(right)
    (folder / "tiny.ipynb").chmod(0)
    assert take().problem == "tiny.ipynb cannot be read: Permission denied"


# --- names of the notebook -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "tiny (1).ipynb",
        "ada_tiny.ipynb",
        "TINY.IPYNB",
        "tiny.ipynb.json",
        "tiny.ipynb.txt",
        "final version.ipynb",
    ],
)
def test_a_renamed_notebook_is_taken_when_it_is_the_only_one(take, right, name):
    submission = take(right, name)
    assert is_full(submission) and submission.content == json.dumps(right).encode()
    assert (submission.warnings, submission.remarks) == ((), (f"{name} was taken for tiny.ipynb",))


def test_a_renamed_notebook_beside_one_of_another_lab_is_taken(take, right, folder):
    write(folder / "big.ipynb", [cell("code", "a", "x = 1"), cell("code", "double", "y = 1")])
    submission = take(right, "tiny (1).ipynb")
    assert is_full(submission) and submission.remarks == (
        "tiny (1).ipynb was taken for tiny.ipynb",
    )
    assert submission.warnings == (
        "more than one notebook, and tiny (1).ipynb counts, not big.ipynb",
    )


def test_a_notebook_of_another_lab_is_not_taken_under_another_name(take, folder):
    write(folder / "big.ipynb", [cell("code", "a", "x = 1")])
    assert take().problem == "no notebook named tiny.ipynb in the folder (found: big.ipynb)"


def test_a_notebook_of_another_lab_under_the_right_name_is_no_plain_0(take):
    submission = take({"cells": [cell("code", "a", "x = 1"), cell("markdown", "b", "Words.")]})
    assert submission.problem == "tiny.ipynb has no cell of this lab: is it another notebook?"


def test_the_rightly_named_one_of_two_counts(take, right):
    take({**right, "cells": right["cells"][:3]}, "tiny (1).ipynb")
    submission = take(right)
    assert is_full(submission) and submission.warnings == (
        "more than one notebook, and tiny.ipynb counts, not tiny (1).ipynb",
    )


def test_two_wrongly_named_ones_are_for_the_instructor_to_decide(take, right):
    take(right, "tiny (1).ipynb")
    submission = take({**right, "metadata": {}}, "tiny (2).ipynb")
    assert submission.problem == (
        "more than one notebook of this lab and none named tiny.ipynb: tiny (1).ipynb and "
        "tiny (2).ipynb; name the one that counts tiny.ipynb"
    )


def test_two_equal_ones_are_one(take, right):
    take(right, "tiny (1).ipynb")
    assert is_full(take(right, "tiny (2).ipynb"))


def test_of_a_single_renamed_notebook_it_is_said_what_is_wrong_with_it(take):
    assert take(b"{", "tiny (1).ipynb").problem == "tiny (1).ipynb is not JSON: line 1"


def test_a_renamed_notebook_beside_a_broken_one_is_taken(take, right):
    take(b"{", "tiny (1).ipynb")
    assert is_full(take(right, "tiny (2).ipynb"))


# --- small things --------------------------------------------------------------------------------


def test_the_timestamp_is_read_from_a_small_regular_file(folder):
    assert timestamp(folder) == ""
    (folder / "timestamp.txt").write_text("2026-01-02 03:04:05.000000 UTC\n")
    assert timestamp(folder) == "2026-01-02 03:04:05.000000 UTC"
    (folder / "timestamp.txt").write_bytes(b"\xff")
    assert timestamp(folder) == ""
    (folder / "timestamp.txt").write_text("0" * 2000)
    assert timestamp(folder) == ""


def test_nothing_that_is_handed_in_is_imported_or_changed(take, right, folder):
    (folder / "handed_in_module.py").write_text("raise SystemExit")
    take(right)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    take()
    assert (
        "handed_in_module" not in sys.modules
        and {path.name: path.read_bytes() for path in folder.iterdir()} == before
    )


def test_names_are_printed_without_control_characters_and_not_too_long():
    assert printable("a\n\x1b\u202e\udcff b") == "a???? b" and len(printable("x" * 1000)) == 60


def test_what_nbgraders_exchange_puts_beside_a_notebook_is_no_further_file(course, folder, take):
    submit(course, "ada", RIGHT)
    texts = {"timestamp.txt": "2027-05-03 09:00:00 UTC", "submission_secret.txt": "s"}
    for name, text in texts.items():
        (folder / name).write_text(text)
    assert folders.companions(folder) == texts
    assert take().remarks == ()
