"""What a check says when an answer raises, never ends or is missing."""

import pytest
import torch

from utils.checks import report
from utils.checks.lab03 import check_fine_grained_prune


def never_ends(*arguments):
    while True:
        pass


def test_a_notebook_shows_the_message_of_a_failed_check_and_no_traceback():
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell()
    with capture_output() as seen:
        shell.run_cell("from utils.checks.lab03 import check_cubic\ncheck_cubic(lambda s: s)")
    assert (
        "returns a function" in seen.stdout + seen.stderr
        and "Traceback" not in seen.stdout + seen.stderr
    )


def test_an_error_of_torch_that_says_what_is_not_implemented_is_no_missing_answer():
    def answer(tensor, sparsity):
        return torch.ones(3) & torch.ones(3)  # '"bitwise_and_cpu" not implemented for 'Float''

    with pytest.raises(report.CheckFailed, match="not implemented for") as failure:
        check_fine_grained_prune(answer)
    assert "no answer yet" not in str(failure.value)


def answers_in_cells(tmp_path, *sources):
    """What cells define, each in a file as in a notebook."""
    space = {"torch": torch}
    for number, source in enumerate(sources):
        path = tmp_path / f"{number}.py"
        path.write_text(source)
        exec(compile(source, str(path), "exec"), space)
    return space


def message(answer):
    with pytest.raises(report.CheckFailed) as failure:
        check_fine_grained_prune(answer)
    return str(failure.value)


STUB = "def earlier(*given):\n    raise NotImplementedError"
CALLS = "def answer(tensor, sparsity):\n    return earlier(tensor)"


def test_an_answer_that_calls_one_that_is_missing_is_told_which_one(tmp_path):
    found = answers_in_cells(tmp_path, STUB, CALLS)
    assert "`earlier` has no answer yet, and answer calls it.\nWrite that" in message(
        found["answer"]
    )
    assert "there is no answer yet: the cell above" in message(found["earlier"])


def test_a_method_that_is_missing_is_the_class_that_is_missing(tmp_path):
    source = "class A:\n    def f(self):\n        raise NotImplementedError\n"
    source += "    def __call__(self, *given):\n        return self.f()"
    answer = answers_in_cells(tmp_path, source)["A"]()
    assert "there is no answer yet: the cell above" in message(answer)


def test_a_line_that_raised_is_told_with_its_cell(tmp_path):
    raises = "def earlier(x, sparsity=0):\n    y = x\n    return y[7, 7, 7]"
    found = answers_in_cells(tmp_path, raises, CALLS)
    line = "in line 3 of the cell of `earlier`, which answer calls:  return y[7, 7, 7]"
    assert line in message(found["answer"])
    assert "in line 3 of its cell:  return y[7, 7, 7]" in message(found["earlier"])


def test_a_line_of_a_library_is_not_the_students(tmp_path):
    source = "import copy\ndef answer(tensor, s):\n    return copy.deepcopy(x for x in tensor)"
    found = answers_in_cells(tmp_path, source)
    assert "in line 3 of its cell:  return copy.deepcopy" in message(found["answer"])


def test_an_answer_that_never_ends_is_stopped_and_its_mistake_named(monkeypatch):
    monkeypatch.setattr(report, "SECONDS", 0.5)
    for _ in range(3):
        with pytest.raises(
            report.CheckFailed,
            match="still running after 0.5 seconds\nLook for a loop that never ends",
        ):
            check_fine_grained_prune(never_ends)


def test_a_time_limit_tells_its_own_seconds():
    for seconds in (0.05, 0.1):
        with pytest.raises(report.TookTooLong) as over, report.time_limit(seconds):
            never_ends()
        assert over.value.seconds == seconds
