import json
import time

import nbformat
import pytest

from grader.box.shell import CUT, MOST_DISPLAYED, MOST_OUTPUTS, MOST_TEXT, SHOWN, Outputs
from grader.course.limits import Limits
from tests.grader.checker.boxes import ForkBox, session_of

pytestmark = pytest.mark.xdist_group("shell")


def serve(wire):
    """What a box does: an agent with IPython's shell."""
    from grader.box.agent import Agent
    from grader.box.shell import make_shell

    Agent(wire, make_shell()).serve()


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        (
            patch.setenv("HOME", str(home)),
            patch.setenv("IPYTHONDIR", str(home / ".ipython")),
            patch.setenv("PLOTLY_RENDERER", "plotly_mimetype"),
            patch.setenv("PYTHONWARNINGS", "default"),
        )
        patch.chdir(home)
        session = session_of(
            "import sys", box=lambda: ForkBox(serve), limits=Limits(300, 60, 4 << 30)
        )
        yield session
        session.close()


@pytest.fixture
def run(session):
    """Runs a cell; what it shows must be what a notebook can hold. Every test finds the same
    process."""

    def run_cell(source):
        shown = session.run_cell("the cell answer", source)
        cell = {
            "cell_type": "code",
            "id": "a",
            "metadata": {},
            "source": "",
            "execution_count": None,
            "outputs": shown,
        }
        nbformat.validate({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        return shown

    yield run_cell
    assert session.starts == 1


def text(shown, name="stdout"):
    return "".join(output["text"] for output in shown if output.get("name") == name)


def errors(shown):
    return [
        (output["ename"], output["evalue"]) for output in shown if output["output_type"] == "error"
    ]


def data(shown):
    return [output["data"] for output in shown if "data" in output]


def test_a_cell_shows_what_a_notebook_shows(run):
    shown = run("import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c', end='')\n[1]")
    assert [(o["output_type"], o.get("name")) for o in shown] == [
        ("stream", "stdout"),
        ("stream", "stderr"),
        ("stream", "stdout"),
        ("execute_result", None),
    ]
    assert text(shown) == "a\nc" and data(shown) == [{"text/plain": "[1]"}]
    assert run("x = 3") == [] and run("x;") == [] and data(run("_ = 5; x")) == [{"text/plain": "3"}]


def test_printing_40_mb_is_cut_while_it_streams(run):
    begun = time.monotonic()
    shown = run("for _ in range(40):\n    print('x' * 1_000_000)")
    assert len(text(shown)) == MOST_TEXT + len(CUT) and text(shown).endswith(CUT)
    shown = run(
        "import sys\nfor _ in range(20_000):\n    sys.stdout.write('y' * 10); sys.stderr.write('z')"
    )
    assert (
        len(text(shown)) + len(text(shown, "stderr")) <= MOST_TEXT + len(CUT)
        and len(shown) <= MOST_OUTPUTS
    )
    assert time.monotonic() - begun < 10


def test_output_of_a_called_function_costs_nothing(run, session):
    run("def loud():\n    for _ in range(40): print('x' * 1_000_000)\n    return 5")
    assert session.look({"loud"})["loud"]() == 5


@pytest.mark.parametrize(
    "source, kept",
    [
        (r"print('\ud800 \x00 \x1b[31m \u202e')", "? \x00 \x1b[31m \u202e\n"),
        (r"import sys; sys.stdout.close(); print('after')", "after\n"),
        ("import sys; sys.stdout.flush(); print(sys.stdout.isatty())", "False\n"),
        (
            (
                "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()): "
                "print('a')\nprint('b')"
            ),
            "b\n",
        ),
        ("import sys; sys.stdout.writelines(['a', 'b'])", "ab"),
        ("print(str.__new__(type('S', (str,), {'__str__': lambda s: 'lie'}), 'a'))", "lie\n"),
    ],
)
def test_odd_ways_to_print(run, source, kept):
    assert text(run(source)) == kept


def test_the_next_cell_prints_whatever_became_of_stdout(run):
    for source in (
        "import sys; sys.stdout = None",
        "import sys; del sys.stdout",
        "import sys; sys.stdout = open('/dev/full', 'w')",
        "import os\nfor k in (1, 2): os.close(k)\nos.open('/dev/null', os.O_WRONLY); os.dup(1)",
        "import sys; sys.displayhook = None",
    ):
        run(source)
        assert text(run("print('hello')")) == "hello\n"


def test_what_is_no_text_cannot_be_written(run):
    shown = run("import sys; sys.stdout.write(5)")
    assert errors(shown)[0][0] == "TypeError" and text(shown) == ""
    assert errors(run("import sys; sys.stdout.buffer"))[0][0] == "AttributeError"


@pytest.mark.parametrize(
    "source, name, words",
    [
        ("input('name? ')", "RuntimeError", "cannot be used"),
        ("import getpass; getpass.getpass()", None, ""),
        ("import sys; sys.exit(3)", "SystemExit", "3"),
        ("exit()", "SystemExit", "exit"),
        ("quit", "SystemExit", "exit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", ""),
        ("raise GeneratorExit", "GeneratorExit", ""),
        ("def f(:", "SyntaxError", "invalid syntax"),
        ("  x = 1\n y = 2", "IndentationError", ""),
        ("1 / 0", "ZeroDivisionError", "division by zero"),
        (
            "class E(Exception):\n    def __str__(self): raise ValueError('no')\nraise E('a')",
            "E",
            "",
        ),
        ("class E(Exception):\n    __str__ = lambda self: 5\nraise E('a')", "E", ""),
        ("raise type('E' * 500, (Exception,), {})('x' * 10_000)", "E" * 200, "x" * 4000),
        ("raise ExceptionGroup('many', [ValueError(k) for k in range(100)])", None, ""),
        ("def f(): f()\nf()", "RecursionError", "maximum recursion"),
        ("raise Exception('\\ud800')", "Exception", "\ud800"),
        ("%unknown_magic", None, ""),
        ("!exit 3", None, ""),
        ("raise SystemError('a')", "SystemError", "a"),
        ("\x00", "SyntaxError", "null bytes"),
    ],
)
def test_what_a_cell_raises_is_shown_and_the_next_one_runs(run, source, name, words):
    shown = run(source)
    assert name is None or [(name, True)] == [
        (ename, words in evalue) for ename, evalue in errors(shown)
    ]
    assert (
        all(len(line) <= 4000 for output in shown for line in output.get("traceback", []))
        and len(json.dumps(shown)) < 400_000
    )
    assert text(run("print('hello')")) == "hello\n"


def test_displays_are_kept_in_the_kinds_that_feedback_can_show(run):
    shown = run(
        "from IPython.display import *\n"
        "display(HTML('<b>x</b>'), Markdown('*x*'), Latex('$x$'), Javascript('alert(1)'), "
        "SVG('<svg/>'), JSON({'a': 1}), 5)"
    )
    assert (
        all(set(one) <= {*SHOWN} for one in data(shown))
        and [one.get("text/html") for one in data(shown)][0] == "<b>x</b>"
    )
    assert data(run("import pandas; pandas.DataFrame({'a': [1]})"))[0].keys() == {
        "text/plain",
        "text/html",
    }
    assert data(
        run(
            "display(HTML('a'), display_id=True); clear_output(); update_display(HTML('b'), "
            "display_id='x')"
        )
    )


def test_a_plotly_figure_is_known_to_have_been_there(run):
    # a box sets a variable for this; this process is a fork of one that may have imported plotly
    # before
    run("import plotly.io\nplotly.io.renderers.default = 'plotly_mimetype'")
    there = [{"application/vnd.plotly.v1+json": {}}]
    assert (
        data(run("import plotly.express as px\nfigure = px.bar(x=[1, 2], y=[3, 4])\nfigure"))
        == there
    )
    assert data(run("figure.show()")) == there


def test_objects_whose_looks_raise_or_are_no_text_are_shown_plainly(run):
    looks = "class A:\n    def __repr__(self): return 'an A'\n    def _repr_html_(self): {}\nA()"
    assert data(run(looks.format("raise ValueError"))) == [{"text/plain": "an A"}]
    assert data(run(looks.format("return 5"))) == [{"text/plain": "an A"}]
    assert data(run(looks.format("return '<b>'"))) == [{"text/plain": "an A", "text/html": "<b>"}]
    assert errors(run("class B:\n    def __repr__(self): raise ValueError('no')\nB()")) == [
        ("ValueError", "no")
    ]
    run(
        "class C:\n    def _repr_mimebundle_(self, **more): return {'text/html': 5, "
        "'image/png': object(), 'x': open}\n"
        "    def __getattr__(self, name): return self\nC()"
    )
    run("class D:\n    def _ipython_display_(self): raise KeyboardInterrupt\nD()")


def test_what_is_too_long_to_be_shown_is_left_out_and_not_cut_in_half(run, session):
    before = len(session.events)
    shown = run(
        "from IPython.display import *\n"
        "display(HTML('<b>' * 100_000), Image(data=b'\\x89PNG\\r\\n\\x1a\\n' + b'0' * "
        "3_000_000, format='png'), 'x' * 100_000)"
    )
    assert [set(one) for one in data(shown)] == [{"text/plain"}] * 3 and len(
        data(shown)[2]["text/plain"]
    ) == SHOWN["text/plain"]
    assert len(session.events) == before
    shown = run("for k in range(100): display(HTML(str(k) + 'x' * 150_000))")
    assert (
        sum(len(one["text/html"]) for one in data(shown)) <= MOST_DISPLAYED
        and session.events[-1][1] == "output"
    )
    assert len(run("for k in range(1000): display(k)")) == MOST_OUTPUTS


def test_magics_work_as_in_a_notebook_where_they_can(run):
    assert "Wall time" in text(run("%%time\nx = 7")) and data(run("x")) == [{"text/plain": "7"}]
    assert text(run("word = 'hi'\n!echo {word}; exit 3")) == "hi\n" and data(run("_exit_code")) == [
        {"text/plain": "3"}
    ]  # without a terminal
    assert data(run("lines = !echo hi\nlines"))[0]["text/plain"] == "['hi']"
    assert not errors(run("%matplotlib inline\ny = 1")) and not errors(
        run("%load_ext autoreload\n%autoreload 2")
    )
    assert text(run("%%bash\necho $((1 + 2))")) == "3\n" and not errors(
        run("%config InlineBackend.figure_format = 'retina'\n%precision 3\n%pwd")
    )
    assert data(run("import asyncio\nawait asyncio.sleep(0)\n9")) == [{"text/plain": "9"}]


@pytest.mark.parametrize("line", ["%pip install torch", "%conda install torch", "%uv add torch"])
def test_nothing_is_installed_and_the_cell_says_so(run, line):
    shown = run(f"{line}\nz = 2")
    assert (
        "Nothing can be installed" in text(shown, "stderr")
        and not errors(shown)
        and data(run("z")) == [{"text/plain": "2"}]
    )


def test_magics_after_plain_lines_and_questions_are_understood(run):
    assert not errors(run("z = 1\n%who_ls\nlen?\nz"))


def test_the_line_of_a_cell_that_raised_comes_with_the_error(run, session):
    run("def broken(x):\n    y = x\n    return y / 0")
    with pytest.raises(ZeroDivisionError) as caught:
        session.look({"broken"})["broken"](1)
    first, last = caught.value.student_places
    assert first == last and (last[0], *last[2:]) == ("broken", 3, "return y / 0")


def test_the_cell_of_another_function_that_raised_comes_with_the_error(run, session):
    run("def inner(x):\n    return x / 0")
    run("def outer(x):\n    return inner(x)")
    with pytest.raises(ZeroDivisionError) as caught:
        session.look({"outer"})["outer"](1)
    (outer, one, number, _), (inner, other, *_) = caught.value.student_places
    assert (outer, number, inner) == ("outer", 2, "inner") and one != other


def test_an_input_transformer_changes_only_the_students_own_cells(run):
    run("get_ipython().input_transformers_cleanup.append(lambda lines: ['print(\"changed\")\\n'])")
    assert text(run("1 / 0")) == "changed\n"
    run_again = session_of("import sys", box=lambda: ForkBox(serve))
    assert text(run_again.run_cell("the cell answer", "print('as written')")) == "as written\n"
    run_again.close()


def test_outputs_of_one_stream_run_together():
    outputs = Outputs()
    for part in ("a", "b"):
        outputs.stream("stdout", part)
    outputs.stream("stderr", "c")
    outputs.stream("stdout", "d")
    assert [(o["name"], o["text"]) for o in outputs.list] == [
        ("stdout", "ab"),
        ("stderr", "c"),
        ("stdout", "d"),
    ]
