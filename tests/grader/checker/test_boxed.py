"""A box that ends costs the call or the cell that ended it; limits end what runs over them."""

import time
from dataclasses import replace

import pytest
import torch

from grader.checker import boxed
from grader.checker.errors import OverLimit, ProcessEnded
from grader.checker.session import Session
from tests.grader.checker.asking import forked
from tests.grader.checker.boxes import LIMITS, ThreadBox, own, session_of
from utils.checks.report import TookTooLong, time_limit


def test_a_box_that_does_not_read_is_ended_when_its_time_is_over():
    def deaf(wire):
        wire.receive()
        wire.send({"value": None})
        wire.receive()
        wire.send({"value": None})
        time.sleep(1)

    session = Session(lambda: ThreadBox(deaf), [], replace(LIMITS, cell=0.5))
    session.run_cell("the cell answer", "1")
    with pytest.raises(OverLimit):
        session.call(1, 1, (torch.zeros(5_000_000),), {})
    session.close()


def test_the_checks_own_time_limit_ends_the_box_and_the_next_call_has_a_new_one():
    session = session_of("def slow():\n    import time\n    time.sleep(1)\ndef quick(): return 1")
    with pytest.raises(TookTooLong), time_limit(0.2):
        session.look({"slow"})["slow"]()
    assert session.box is None and session.events == [("the cell answer", "time", "ran over 0.2 s")]
    assert session.look({"quick"})["quick"]() == 1 and session.starts == 2
    session.close()


def test_a_new_box_that_a_callback_started_is_not_taken_for_the_old_one():
    session = session_of("def call(f): return f()\nx = 3")
    call = session.look({"call"})["call"]

    def restart():
        session.close()
        return session.look({"x"})["x"]

    with pytest.raises(ProcessEnded):
        call(own("f = lambda: restart()", restart=restart).f)
    assert session.look({"x"}) == {"x": 3} and session.starts == 2
    session.close()


@pytest.mark.parametrize(
    "ending, words",
    [
        ("os._exit(0)", "exit code 0"),
        ("os._exit(7)", "exit code 7"),
        ("os.kill(os.getpid(), 9)", "signal 9"),
        ("ctypes.string_at(0)", "signal 11"),
        ("os.close(WIRE)", "exit code 0"),
        ("os.execv('/bin/true', ['true'])", "exit code 0"),
    ],
)
def test_a_call_that_ends_the_process_costs_that_call(ending, words):
    session = forked(
        "import ctypes, os, sys\nWIRE = sys._getframe(3).f_locals['self'].wire.writer\ndef "
        f"ends(): {ending}\ndef works(): return 5"
    )
    with pytest.raises(ProcessEnded) as caught:
        session.look({"ends"})["ends"]()
    assert words in str(caught.value) and session.events == [
        ("the cell answer", "ended", str(caught.value))
    ]
    assert session.look({"works"})["works"]() == 5 and session.starts == 2
    session.close()


def test_cells_that_ran_are_run_again_once_in_a_new_process_and_the_one_that_ended_it_is_not(
    tmp_path,
):
    log = tmp_path / "log"
    session = forked(
        f"def note(word):\n    with open({str(log)!r}, 'a') as file: file.write(word)\nnote('a')"
    )
    session.run_cell("the cell two", "note('b'); x = 3")
    assert (
        session.run_cell("the cell three", "note('c'); import os; os._exit(1)")[0]["ename"]
        == "ProcessEnded"
    )
    session.run_cell("the cell four", "note('d')")
    assert log.read_text() == "abc" + "ab" + "d"
    assert session.look({"x", "nothing"}) == {"x": 3}
    assert [(where, kind) for where, kind, _ in session.events] == [("the cell three", "ended")]
    session.close()


def test_objects_of_an_ended_process_are_not_taken_for_those_of_the_next():
    session = forked(
        "import os\nclass A:\n    def end(self): os._exit(1)\n    def one(self): return 1\n"
        "    def same(self, x): return x\n    def call(self, f): return f()"
    )
    old = session.look({"A"})["A"]()
    with pytest.raises(ProcessEnded):
        old.end()
    new = session.look({"A"})["A"]()
    assert new.one() == 1
    with pytest.raises(ProcessEnded, match="has ended"):
        old.one()
    A, x = session.look({"A"})["A"], torch.ones(1)
    with pytest.raises(ProcessEnded, match="has ended"):
        A.one([x, old])
    with pytest.raises(TypeError, match="has ended"):
        A.call(new, own("f = lambda: old", old=old).f)
    assert A.same(new, x) is x and session.starts == 2
    session.close()


def test_a_process_that_ends_again_and_again_is_not_started_for_ever():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boxed, "STARTS", 3)
        session = forked()
        for _ in range(5):
            shown = session.run_cell("the cell end", "import os; os._exit(1)")
        assert session.starts == 3 and "ended the Python process 3 times" in shown[0]["evalue"]
        with pytest.raises(ProcessEnded):
            session.look({"x"})
        session.close()


def test_a_process_that_ends_when_its_cells_are_run_again_costs_the_rest_and_no_more(tmp_path):
    once = tmp_path / "once"
    session = forked(
        f"import os\nif os.path.exists({str(once)!r}): os._exit(1)\nopen({str(once)!r}, "
        "'w')\ndef ends(): os._exit(1)"
    )
    with pytest.raises(ProcessEnded):
        session.look({"ends"})["ends"]()
    for _ in range(3):
        with pytest.raises(ProcessEnded):
            session.look({"ends"})
    session.close()


def test_a_cell_that_runs_too_long_is_ended_and_the_next_one_runs():
    session = forked(cell=0.8)
    for source in (
        "while True: pass",
        "while True:\n    try: import time; time.sleep(10)\n    except BaseException: pass",
    ):
        assert session.run_cell("the cell slow", source)[0]["evalue"] == "ran over 0.8 s"
    session.run_cell("the cell next", "y = 2")
    assert session.look({"x", "y"}) == {"x": 1, "y": 2}
    assert session.events == [("the cell slow", "time", "ran over 0.8 s")]
    session.close()


def test_calls_to_and_fro_do_not_lengthen_the_time_of_a_call():
    session = forked(
        (
            "def call(f):\n    import time\n    time.sleep(0.8)\n    return f()\ndef slow():\n   "
            " import time\n    time.sleep(3)"
        ),
        cell=1,
    )
    names = session.look({"call", "slow"})
    begun = time.monotonic()
    with pytest.raises(OverLimit):
        names["call"](own("f = lambda: slow()", slow=names["slow"]).f)
    assert time.monotonic() - begun < 1.6
    session.close()


def test_the_time_of_a_submission_ends_its_cells_and_runs_no_more():
    session = forked(submission=0.8)
    assert (
        "for the whole notebook"
        in session.run_cell("the cell slow", "while True: pass")[0]["evalue"]
    )
    assert session.run_cell("the cell next", "x = 2")[0]["evalue"].startswith("not run: over 0.8 s")
    with pytest.raises(OverLimit):
        session.look({"x"})
    session.close()


def test_memory_beyond_the_limit_ends_the_process_with_its_children():
    session = forked(memory=1 << 30)
    source = (
        "import os, time\nif os.fork() == 0:\n    kept = bytearray(600 << 20)\n    "
        "time.sleep(20)\nkept = bytearray(600 << 20)\ntime.sleep(20)"
    )
    assert (
        session.run_cell("the cell large", source)[0]["evalue"]
        == "used more than 1024 MB of memory"
    )
    assert session.events == [("the cell large", "memory", "used more than 1024 MB of memory")]
    assert session.look({"x"}) == {"x": 1}
    session.close()


def test_output_without_end_is_cut_and_the_cell_ended_by_its_time():
    session = forked(cell=0.8)
    assert (
        session.run_cell("the cell loud", "while True: print('x' * 10_000)")[0]["evalue"]
        == "ran over 0.8 s"
    )
    shown = session.run_cell("the cell long", "for k in range(100): print(chr(120) * 10_000)")
    assert (
        session.events == [("the cell loud", "time", "ran over 0.8 s")] and shown == []
    )  # without IPython it prints to nowhere
    session.close()


def test_a_process_that_the_kernel_ended_for_want_of_memory_is_over_its_limit():
    session = forked()
    session.box.ran_out = lambda: True
    assert (
        "MB of memory"
        in session.run_cell("the cell large", "import os; os.kill(os.getpid(), 9)")[0]["evalue"]
    )
    session.close()
