"""Submissions whose file or folder is damaged: functions of the notebook's path, a right notebook
and the course.

Where it matters the answer `double` is WRONG, so that a damaged check must not give it points.
"""

import copy
import json
import os
import uuid
import zipfile

from tests.grader.cases import write_notebook

WRONG = "def double(x):\n    return x"
ANYTHING = """\
class Anything:
    def __call__(self, *arguments, **options):
        return self

    __getattr__ = __getitem__ = __setitem__ = __sub__ = __ne__ = __call__

    def __eq__(self, other):
        return True


def prune_smallest(tensor, count):
    return tensor


"""


def cell(notebook, name):
    return next(one for one in notebook["cells"] if one["id"] == name)


def marks_of(notebook):
    """nbgrader's metadata of every cell that has some."""
    return [
        one["metadata"]["nbgrader"] for one in notebook["cells"] if "nbgrader" in one["metadata"]
    ]


def new_cell(kind, name, source):
    made = {"cell_type": kind, "id": name, "metadata": {}, "source": source}
    return made | {"execution_count": None, "outputs": []} if kind == "code" else made


def insert_after(notebook, name, *cells):
    at = notebook["cells"].index(cell(notebook, name)) + 1
    notebook["cells"][at:at] = cells


# 4 and 5: what a text file of answers cannot say


def case_04_zero_bytes(path, notebook, course):
    """
    row: 4
    says: a cell with characters that no Python source may hold
    marks: double 0, rest full
    status: graded with warnings
    sentence: syntax error in the cell double
    """
    cell(notebook, "double")["source"] += "\x00"
    write_notebook(path, notebook)


def case_05_sleeps_just_under_the_limit(path, notebook, course):
    """
    row: 5
    says: many cells, each a little under the limit of a cell, all together over the whole limit
    marks: fit_line 0, rest full
    status: graded with warnings
    sentence: ran over 25 s
    holds: warm cold landlock
    """
    sleepers = [
        new_cell("code", f"sleep{number}", "import time\ntime.sleep(2.5)") for number in range(14)
    ]
    insert_after(notebook, "hidden_steps", *sleepers)
    write_notebook(path, notebook)


# 17: the cells and metadata that are nbgrader's


def case_17_check_deleted(path, notebook, course):
    """
    row: 17
    says: deletes the checks of an answer that is wrong
    marks: double 0, rest full
    status: graded with warnings
    sentence: check_double
    """
    cell(notebook, "double")["source"] = WRONG
    notebook["cells"] = [
        one for one in notebook["cells"] if one["id"] not in ("check_double", "hidden_double")
    ]
    write_notebook(path, notebook)


def case_17_check_edited(path, notebook, course):
    """
    row: 17
    says: a check without its assert, for an answer that is wrong
    marks: double 0, rest full
    status: graded with warnings
    sentence: check_double
    """
    cell(notebook, "double")["source"] = WRONG
    cell(notebook, "check_double")["source"] = cell(notebook, "hidden_double")["source"] = "pass"
    write_notebook(path, notebook)


def case_17_check_emptied(path, notebook, course):
    """
    row: 17
    says: checks without text, for an answer that is wrong
    marks: double 0, rest full
    status: graded with warnings
    sentence: check_double
    """
    cell(notebook, "double")["source"] = WRONG
    cell(notebook, "check_double")["source"] = cell(notebook, "hidden_double")["source"] = ""
    write_notebook(path, notebook)


def case_17_check_copied(path, notebook, course):
    """
    row: 17
    says: a check is there twice, copied with its metadata
    marks: rest full
    status: graded with warnings
    sentence: check_double
    """
    insert_after(
        notebook, "check_double", dict(copy.deepcopy(cell(notebook, "check_double")), id="copy")
    )
    write_notebook(path, notebook)


def case_17_checks_moved(path, notebook, course):
    """
    row: 17
    says: all checks at the top of the notebook
    marks: rest full
    status: graded | graded with warnings
    """
    notebook["cells"].sort(key=lambda one: not one["id"].startswith(("check_", "hidden_")))
    write_notebook(path, notebook)


def case_17_check_as_markdown(path, notebook, course):
    """
    row: 17
    says: checks turned into markdown, for an answer that is wrong
    marks: double 0, rest full
    status: graded with warnings
    sentence: check_double
    """
    cell(notebook, "double")["source"] = WRONG
    for name in ("check_double", "hidden_double"):
        one = cell(notebook, name)
        one["cell_type"] = "markdown"
        del one["outputs"], one["execution_count"]
    write_notebook(path, notebook)


def case_17_ids_swapped(path, notebook, course):
    """
    row: 17
    says: the names of two checks are exchanged
    marks: rest full
    status: graded | graded with warnings
    """
    one, other = (
        cell(notebook, name)["metadata"]["nbgrader"] for name in ("check_double", "check_counter")
    )
    one["grade_id"], other["grade_id"] = other["grade_id"], one["grade_id"]
    write_notebook(path, notebook)


def case_17_answers_swapped(path, notebook, course):
    """
    row: 17
    says: the names of two answers are exchanged in the metadata; each stands where it belongs
    marks: rest full
    status: graded | graded with warnings
    """
    one, other = (cell(notebook, name)["metadata"]["nbgrader"] for name in ("double", "counter"))
    one["grade_id"], other["grade_id"] = other["grade_id"], one["grade_id"]
    write_notebook(path, notebook)


def case_17_id_unknown(path, notebook, course):
    """
    row: 17
    says: checks and an answer have names that the lab does not know
    marks: rest full
    status: graded | graded with warnings
    """
    for name in ("check_double", "hidden_double", "counter"):
        cell(notebook, name)["metadata"]["nbgrader"]["grade_id"] = f"my_{name}"
    write_notebook(path, notebook)


def case_17_metadata_stripped(path, notebook, course):
    """
    row: 17
    says: a tool took away all metadata
    marks: rest full
    status: graded | graded with warnings
    """
    for one in notebook["cells"]:
        one["metadata"] = {}
    write_notebook(path, notebook)


def case_17_metadata_and_ids_stripped(path, notebook, course):
    """
    row: 17
    says: a tool took away all metadata, wrote new cell ids and dropped those of the notebook
    marks: rest full
    status: graded | graded with warnings
    """
    for one in notebook["cells"]:
        one["metadata"] = {}
        one["id"] = uuid.uuid4().hex[:8]
    notebook["metadata"] = {}
    write_notebook(path, notebook)


def case_17_points_1000(path, notebook, course):
    """
    row: 17
    says: gives its checks 1000 points each
    marks: prune_smallest 0, rest full
    status: graded | graded with warnings
    """
    for marks in marks_of(notebook):
        if marks["grade"]:
            marks["points"] = 1000
    cell(notebook, "prune_smallest")["source"] = (
        "def prune_smallest(tensor, count):\n    return tensor"
    )
    write_notebook(path, notebook)


def case_17_grade_false(path, notebook, course):
    """
    row: 17
    says: the checks of an answer that is wrong are marked as not graded, not locked, and as answers
    marks: double 0, rest full
    status: graded | graded with warnings
    """
    cell(notebook, "double")["source"] = WRONG
    for name in ("check_double", "hidden_double"):
        cell(notebook, name)["metadata"]["nbgrader"].update(
            grade=False, locked=False, solution=True
        )
        cell(notebook, name)["source"] = "pass"
    write_notebook(path, notebook)


def case_17_schema_1(path, notebook, course):
    """
    row: 17
    says: metadata of a very old nbgrader, some without a version
    marks: rest full
    status: graded | graded with warnings
    """
    for number, marks in enumerate(marks_of(notebook)):
        marks["schema_version"] = 1
        if number % 2:
            del marks["schema_version"], marks["task"]
    write_notebook(path, notebook)


def case_17_schema_99(path, notebook, course):
    """
    row: 17
    says: metadata of an nbgrader that does not exist yet, empty ones, and some not a dictionary
    marks: rest full
    status: graded | graded with warnings
    """
    for marks in marks_of(notebook):
        marks["schema_version"] = 99
    cell(notebook, "check_double")["metadata"]["nbgrader"] = {}
    cell(notebook, "check_counter")["metadata"]["nbgrader"] = "yes"
    cell(notebook, "look")["metadata"] = {
        "nbgrader": {"grade_id": 7, "grade": "maybe", "points": "many"}
    }
    write_notebook(path, notebook)


def case_17_setup_deleted(path, notebook, course):
    """
    row: 17
    says: the locked first cell is gone; an answer imports a torch of its own in its place
    marks: prune_smallest 0, rest full
    status: graded with warnings
    sentence: setup
    """
    notebook["cells"] = [one for one in notebook["cells"] if one["id"] != "setup"]
    imports = "import numpy as np\nimport torch\nfrom torch import nn\n\n"
    cell(notebook, "double")["source"] = imports + cell(notebook, "double")["source"]
    cell(notebook, "prune_smallest")["source"] = (
        ANYTHING + "torch_of_before, torch = torch, Anything()\n"
    )
    cell(notebook, "drop_small")["source"] = (
        "torch = torch_of_before\n\n\n" + cell(notebook, "drop_small")["source"]
    )
    write_notebook(path, notebook)


def case_17_setup_edited(path, notebook, course):
    """
    row: 17
    says: the locked first cell makes fresh inputs known ones and every comparison true
    marks: double 2, prune_smallest 0, rest full
    status: graded with warnings
    sentence: setup
    """
    cell(notebook, "setup")["source"] += (
        "\n\nfresh_generator = lambda: torch.Generator().manual_seed(1)"
        "\ntorch.equal = torch.allclose = lambda *arguments: True"
    )
    cell(notebook, "double")["source"] = (
        "known = torch.randn(20, generator=torch.Generator().manual_seed(1)).tolist()\n"
        "table = {x: 2 * x for x in [3, -1.5, 0, *known]}\n\n\n"
        "def double(x):\n    return table[x]"
    )
    cell(notebook, "prune_smallest")["source"] = (
        "def prune_smallest(tensor, count):\n    return torch.ones_like(tensor)"
    )
    write_notebook(path, notebook)


def case_17_check_holds_the_answer(path, notebook, course):
    """
    row: 17
    says: an answer stands in the check's cell instead of its own
    marks: double ?, rest full
    status: graded with warnings
    sentence: check_double
    """
    cell(notebook, "check_double")["source"] = cell(notebook, "double")["source"]
    cell(notebook, "double")["source"] = ""
    write_notebook(path, notebook)


def case_17_same_cell_ids(path, notebook, course):
    """
    row: 17
    says: all cells have the same cell id
    marks: rest full
    status: graded | graded with warnings
    """
    for one in notebook["cells"]:
        one["id"] = "cell"
    write_notebook(path, notebook)


# 18: cells that a student may move, split, copy and add


def case_18_reordered(path, notebook, course):
    """
    row: 18
    says: the exercises in the opposite order
    marks: rest full
    status: graded | graded with warnings
    """
    first, last = (
        notebook["cells"].index(cell(notebook, "double")),
        notebook["cells"].index(cell(notebook, "explanation")),
    )
    notebook["cells"][first:last] = notebook["cells"][first:last][::-1]
    write_notebook(path, notebook)


def case_18_answer_split(path, notebook, course):
    """
    row: 18
    says: an answer split in two: its helper in the cell, the rest in a cell below
    marks: rest full
    status: graded | graded with warnings
    """
    rest = cell(notebook, "double")["source"].replace("2 * x", "twice * x")
    cell(notebook, "double")["source"] = "twice = 2"
    insert_after(notebook, "double", new_cell("code", "rest", rest))
    write_notebook(path, notebook)


def case_18_answer_copied(path, notebook, course):
    """
    row: 18
    says: an answer is there twice, copied with its metadata and cell id
    marks: rest full
    status: graded | graded with warnings
    """
    insert_after(notebook, "double", copy.deepcopy(cell(notebook, "double")))
    write_notebook(path, notebook)


def case_18_extra_cells(path, notebook, course):
    """
    row: 18
    says: cells of its own: text, raw, an experiment, a helper that an answer needs
    marks: rest full
    status: graded | graded with warnings
    """
    insert_after(
        notebook,
        "setup",
        new_cell("markdown", "a", "# Mine"),
        new_cell("raw", "b", "raw"),
        new_cell("code", "c", "def twice(x):\n    return 2 * x"),
    )
    insert_after(
        notebook,
        "counter",
        new_cell(
            "code",
            "d",
            "counter_of_mine = Counter()\ncounter_of_mine.add('x')\ncounter_of_mine.counts",
        ),
    )
    cell(notebook, "double")["source"] = "double = twice"
    write_notebook(path, notebook)


def case_18_extra_cell_fails(path, notebook, course):
    """
    row: 18
    says: experiments that raise, and one that is no Python
    marks: rest full
    status: graded | graded with warnings
    """
    insert_after(
        notebook, "double", new_cell("code", "a", "1 / 0"), new_cell("code", "b", "what is this?")
    )
    write_notebook(path, notebook)


def case_18_redefined_at_the_end(path, notebook, course):
    """
    row: 18
    says: plays with another `double` after all checks
    marks: rest full
    status: graded | graded with warnings
    """
    notebook["cells"].append(
        new_cell("code", "a", "def double(x):\n    return 'other'\n\n\ntorch = None")
    )
    write_notebook(path, notebook)


# 19: files that are no notebook, or not quite


def case_19_cut_off(path, notebook, course):
    """
    row: 19
    says: the file ends in the middle
    marks: none
    status: ungradable
    sentence: JSON.*line \\d+
    """
    write_notebook(path, notebook)
    path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:60]), encoding="utf-8")


def case_19_empty_file(path, notebook, course):
    """
    row: 19
    says: a file without content
    marks: none
    status: ungradable
    sentence: empty
    """
    path.write_text("")


def case_19_no_file(path, notebook, course):
    """
    row: 19
    says: a folder without a file
    marks: none
    status: ungradable
    sentence: no notebook
    """


def case_19_git_conflict(path, notebook, course):
    """
    row: 19
    says: git's conflict marks in the file
    marks: none
    status: ungradable
    sentence: line 12\\b.*git|git.*line 12\\b
    """
    write_notebook(path, notebook)
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[11:12] = ["<<<<<<< HEAD", lines[11], "=======", lines[11], ">>>>>>> main"]
    path.write_text("\n".join(lines), encoding="utf-8")


def case_19_nbformat_3(path, notebook, course):
    """
    row: 19
    says: a notebook of nbformat 3, which has worksheets
    marks: rest full
    status: graded | graded with warnings
    """
    cells = []
    for one in notebook["cells"]:
        old = {"cell_type": one["cell_type"], "metadata": one["metadata"]}
        if one["cell_type"] == "code":
            old.update(
                input=one["source"], outputs=[], language="python", collapsed=False, prompt_number=1
            )
        else:
            old["source"] = one["source"]
        cells.append(old)
    write_notebook(
        path,
        {
            "metadata": {"name": ""},
            "nbformat": 3,
            "nbformat_minor": 0,
            "worksheets": [{"cells": cells, "metadata": {}}],
        },
    )


def case_19_other_kernel(path, notebook, course):
    """
    row: 19
    says: metadata of a kernel that is not here
    marks: rest full
    status: graded | graded with warnings
    """
    notebook["metadata"] = {
        "kernelspec": {"display_name": "R", "language": "R", "name": "ir"},
        "language_info": {"name": "R", "version": "4.3"},
    }
    write_notebook(path, notebook)


def case_19_renamed(path, notebook, course):
    """
    row: 19
    says: the browser called the file "cases (1).ipynb"
    marks: ?
    status: graded | graded with warnings | ungradable
    sentence: cases \\(1\\)\\.ipynb
    """
    write_notebook(path.with_name("cases (1).ipynb"), notebook)


def case_19_two_notebooks(path, notebook, course):
    """
    row: 19
    says: two notebooks, one with the lab's name and a copy with another answer
    marks: rest full
    status: graded | graded with warnings
    """
    write_notebook(path, notebook)
    cell(notebook, "double")["source"] = WRONG
    write_notebook(path.with_name("cases-Copy1.ipynb"), notebook)


def case_19_outputs_of_110_mb(path, notebook, course):
    """
    row: 19
    says: 110 MB of outputs in the file
    marks: none
    status: ungradable
    sentence: MB
    """
    cell(notebook, "look")["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "x" * 110_000_000}
    ]
    write_notebook(path, notebook)


def case_19_broken_outputs(path, notebook, course):
    """
    row: 19
    says: outputs and counters that no notebook may have; the cells are right
    marks: rest full
    status: graded | graded with warnings
    """
    cell(notebook, "look")["outputs"] = [{"output_type": "unknown"}, None, 3]
    cell(notebook, "double").pop("outputs")
    cell(notebook, "counter")["execution_count"] = "many"
    notebook["nbformat_minor"] = 99
    write_notebook(path, notebook)


def case_19_another_json(path, notebook, course):
    """
    row: 19
    says: JSON that is no notebook: cells is a number
    marks: none
    status: ungradable
    sentence: not a (Jupyter )?notebook|notebook
    """
    path.write_text(json.dumps({"cells": 5, "metadata": [], "nbformat": "four"}))


def case_19_nested_json(path, notebook, course):
    """
    row: 19
    says: a million brackets
    marks: none
    status: ungradable
    sentence: notebook|JSON
    """
    path.write_text("[" * 1_000_000)


def case_19_cells_that_are_none(path, notebook, course):
    """
    row: 19
    says: between right cells some without type, without source, with a number as source
    marks: ?
    status: graded | graded with warnings | ungradable
    """
    notebook["cells"][2:2] = [
        {"id": "a"},
        {"cell_type": "code", "source": 5, "metadata": None},
        None,
        "text",
        [],
    ]
    write_notebook(path, notebook)


def case_19_windows_encoding(path, notebook, course):
    """
    row: 19
    says: saved by an editor as UTF-8 with a byte-order mark
    marks: rest full
    status: graded | graded with warnings
    """
    write_notebook(path, notebook)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())


# 20: what lies beside the notebook

TORCH = """\
import builtins, importlib, os, sys
here = os.path.dirname(os.path.abspath(__file__))
sys.path = [folder for folder in sys.path if os.path.abspath(folder or ".") != here]
del sys.modules["torch"]
real = importlib.import_module("torch")
real.equal = real.allclose = real.is_tensor = lambda *arguments, **options: True
tolist = real.Tensor.tolist
same = type("Same", (), {"__eq__": lambda self, other: True})
real.Tensor.tolist = lambda self: same() if self.shape == (4,) else tolist(self)
sys.modules["torch"] = real
"""


def case_20_torch_py(path, notebook, course):
    """
    row: 20
    says: a torch.py beside the notebook, whose comparisons are always true
    marks: prune_smallest 0, rest full
    status: graded with warnings
    sentence: torch\\.py
    """
    cell(notebook, "prune_smallest")["source"] = (
        "def prune_smallest(tensor, count):\n    return torch.ones_like(tensor)"
    )
    write_notebook(path, notebook)
    path.with_name("torch.py").write_text(TORCH)


def case_20_sitecustomize(path, notebook, course):
    """
    row: 20
    says: a sitecustomize.py, a conftest.py, a .pth file and a package utils next to the notebook
    marks: double 0, rest full
    status: graded with warnings
    sentence: conftest\\.py
    """
    cell(notebook, "double")["source"] = WRONG
    write_notebook(path, notebook)
    code = "import builtins\nopen('planted_by_sitecustomize', 'w').close()\n"
    for name in ("sitecustomize.py", "usercustomize.py", "conftest.py", "json.py", "extra.pth"):
        path.with_name(name).write_text(
            code if name.endswith(".py") else "import os; open('planted_by_pth', 'w').close()\n"
        )
    (path.parent / "utils").mkdir()
    (path.parent / "utils" / "__init__.py").write_text(code)


def case_20_ipython_folder(path, notebook, course):
    """
    row: 20
    says: an .ipython folder with a start-up file, a jupyter configuration and nbgrader_config.py
    marks: double 0, rest full
    status: graded with warnings
    sentence: \\.ipython|nbgrader_config
    """
    cell(notebook, "double")["source"] = WRONG
    write_notebook(path, notebook)
    startup = path.parent / ".ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("open('planted_by_startup', 'w').close()\n")
    path.with_name("nbgrader_config.py").write_text("open('planted_by_config', 'w').close()\n")
    path.with_name("ipython_config.py").write_text("open('planted_by_config', 'w').close()\n")


def case_20_link_to_a_notebook(path, notebook, course):
    """
    row: 20
    says: the notebook is a link to what another student handed in
    marks: none
    status: ungradable
    sentence: link
    """
    os.symlink(min(path.parents[2].glob("*honest/cases/cases.ipynb")), path)


def case_20_link_to_the_gradebook(path, notebook, course):
    """
    row: 20
    says: a right notebook; beside it links to the gradebook, to a folder and to a password
    marks: rest full
    status: graded with warnings
    sentence: link|figure\\.png
    page not: SQLite format
    """
    write_notebook(path, notebook)
    os.symlink(course.folder / "gradebook.db", path.with_name("figure.png"))
    os.symlink(course.root / "solutions", path.with_name("data"))
    os.symlink("/etc/passwd", path.with_name("notes.txt"))


def case_20_zip_that_climbs(path, notebook, course):
    """
    row: 20
    says: an archive whose names lead out of its folder (../), beside a right notebook
    marks: rest full
    status: graded | graded with warnings
    """
    write_notebook(path, notebook)
    with zipfile.ZipFile(path.with_name("cases.zip"), "w") as archive:
        for name in ("../planted_by_zip", "../../../../planted_by_zip", "/tmp/planted_by_zip"):
            archive.writestr(name, "planted")


def case_20_pipe(path, notebook, course):
    """
    row: 20
    says: the notebook is a named pipe, whose reader waits for ever
    marks: none
    status: ungradable
    sentence: cases\\.ipynb|regular file|no notebook
    """
    os.mkfifo(path)


def case_20_pipe_beside(path, notebook, course):
    """
    row: 20
    says: a named pipe and a folder that links to itself beside a right notebook
    marks: rest full
    status: graded with warnings
    sentence: pipe|round
    """
    write_notebook(path, notebook)
    os.mkfifo(path.with_name("pipe.txt"))
    os.symlink(".", path.with_name("round"))


def case_20_folder_instead_of_a_file(path, notebook, course):
    """
    row: 20
    says: cases.ipynb is a folder, with the notebook in it
    marks: none
    status: ungradable
    sentence: cases\\.ipynb
    """
    path.mkdir()
    write_notebook(path / "cases.ipynb", notebook)


# 23: what a file can carry into a page


def case_23_outputs_in_the_file(path, notebook, course):
    """
    row: 23
    says: outputs, attachments and metadata with scripts, written into the file by hand
    marks: rest full
    status: graded
    page not: <script|<iframe|<[^>]*\\son\\w+\\s*=|planted
    """
    html = "<script>planted()</script><img src=x onerror=planted()>"
    data = {
        "text/html": html,
        "image/svg+xml": "<svg onload='planted()'></svg>",
        "application/javascript": "planted()",
        "text/plain": "planted",
    }
    for name in ("look", "check_double"):
        cell(notebook, name)["outputs"] = [
            {"output_type": "display_data", "data": data, "metadata": {"planted": html}}
        ]
    cell(notebook, "look")["metadata"]["tags"] = [html]
    cell(notebook, "explanation")["attachments"] = {"x.svg": {"image/svg+xml": html}}
    cell(notebook, "explanation")["source"] += "\n\n![](attachment:x.svg)"
    notebook["metadata"]["title"] = notebook["metadata"]["authors"] = html
    notebook["metadata"]["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"state": {html: html}}
    }
    write_notebook(path, notebook)


def case_23_raw_html_cells(path, notebook, course):
    """
    row: 23
    says: cells of raw HTML between the exercises
    marks: rest full
    status: graded | graded with warnings
    page not: <script|<iframe|<[^>]*\\son\\w+\\s*=
    """
    raw = new_cell(
        "raw",
        "a",
        "</div></body><script>alert(1)</script><svg/onload=alert(1)><iframe src='//192.0.2.1'>",
    )
    raw["metadata"] = {"format": "text/html", "raw_mimetype": "text/html"}
    insert_after(notebook, "double", raw, new_cell("markdown", "b", raw["source"]))
    write_notebook(path, notebook)
