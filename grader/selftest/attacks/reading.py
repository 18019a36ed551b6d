"""Attacks that read what is outside the box: files, environments, memory, descriptors."""

import ctypes
import os
from collections.abc import Iterator

from grader.selftest.attacks.tools import (
    LIBC,
    Attempt,
    Bait,
    call,
    checked,
    content,
    in_child,
    outside,
    processes,
)


def reading(places: list[tuple[str, str]]) -> Iterator[Attempt]:
    for path, text in places:
        yield f"read {path}", lambda: text.encode() in content(path)
        yield (
            f"listed {os.path.dirname(path)}",
            lambda: os.path.basename(path) in os.listdir(os.path.dirname(path)),
        )


def files_of_the_course(bait: Bait) -> Iterator[Attempt]:
    yield from reading(bait["course"])


def home_folder(bait: Bait) -> Iterator[Attempt]:
    yield from reading(bait["home"])


def temporary_files(bait: Bait) -> Iterator[Attempt]:
    yield from reading(bait["temporary"])


def environment(bait: Bait) -> Iterator[Attempt]:
    token = bait["token"].encode()
    yield "found it in its own environment", lambda: bait["token"] in repr(dict(os.environ))
    for pid in dict.fromkeys([*processes(), os.getppid(), *outside(bait)]):
        yield f"read that of process {pid}", lambda: token in content(f"/proc/{pid}/environ")


def memory_of_others(bait: Bait) -> Iterator[Attempt]:
    size = len(bait["token"])
    for pid in outside(bait):
        yield (
            f"read /proc/{pid}/mem",
            lambda: bait["token"].encode() == memory(pid, bait["address"], size),
        )
        yield (
            f"process_vm_readv of {pid}",
            lambda: bait["token"].encode() == memory_by_call(pid, bait["address"], size),
        )
        yield (
            f"ptrace of {pid}",
            lambda: in_child(
                lambda: checked(LIBC.ptrace(ctypes.c_long(0x4206), ctypes.c_long(pid), None, None))
            ),
        )


def memory(pid: int, address: int, size: int) -> bytes:
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as file:
        file.seek(address)
        return file.read(size)


def memory_by_call(pid: int, address: int, size: int) -> bytes:
    buffer = ctypes.create_string_buffer(size)
    here, there = (
        (ctypes.c_size_t * 2)(ctypes.addressof(buffer), size),
        (ctypes.c_size_t * 2)(address, size),
    )
    call("process_vm_readv", pid, here, 1, there, 1, 0)
    return buffer.raw


def descriptors(bait: Bait) -> Iterator[Attempt]:
    null = os.stat("/dev/null").st_rdev
    for number in range(3):
        yield f"{number} is not /dev/null", lambda: os.fstat(number).st_rdev != null
    for number in range(3, 4096):
        if number != bait["wire"]:
            yield f"{number} is open", lambda: bool(os.fstat(number))
