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
