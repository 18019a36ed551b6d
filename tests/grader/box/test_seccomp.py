"""The numbers of system calls."""

from pathlib import Path

import pytest

from grader.box import seccomp
from tests.grader.box.starting import linux

pytestmark = pytest.mark.xdist_group("boxes")


@linux
def test_the_numbers_of_system_calls_are_those_of_the_kernels_headers():
    """Where the headers are installed."""
    header = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
    if not header.exists():
        pytest.skip("the kernel's headers are not installed: apt install linux-libc-dev")
    numbers = dict(
        line.split()[1:]
        for line in header.read_text().splitlines()
        if line.startswith("#define __NR_")
    )
    ours = {
        name: call[0]
        for calls in (
            seccomp.REFUSED,
            seccomp.REFUSED_BESIDE_OTHERS,
            seccomp.SIGNALS,
            seccomp.FOR_ITSELF,
            seccomp.PRETENDED,
        )
        for name, call in calls.items()
    }
    assert {name: int(numbers[f"__NR_{name}"]) for name in ours if f"__NR_{name}" in numbers} == {
        name: number for name, number in ours.items() if f"__NR_{name}" in numbers
    }
