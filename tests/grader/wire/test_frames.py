import contextlib
import json
import os
import random
import resource
import socket
import threading

import pytest

from grader.wire.frames import (
    HEAD,
    LARGEST_RAW,
    LARGEST_TREE,
    Closed,
    TooLarge,
    Wire,
    WireError,
)


@pytest.fixture
def ends():
    """A wire, and the naked socket at its other end."""
    mine, other = socket.socketpair()
    yield Wire(mine.fileno(), mine.fileno()), other
    mine.close(), other.close()


def received(ends, data, hang_up=True):
    wire, other = ends
    sender = threading.Thread(target=say, args=(other, data, hang_up))
    sender.start()
    try:
        return wire.receive()
    finally:
        sender.join()


def say(other, data, hang_up):
    try:
        other.sendall(data)
        if hang_up:
            other.shutdown(socket.SHUT_WR)
    except OSError:
        return


def frame(tree, raw=b""):
    text = json.dumps(tree).encode()
    return HEAD.pack(len(text), len(raw)) + text + raw


def test_what_is_sent_is_received(ends):
    other = Wire(ends[1].fileno(), ends[1].fileno())
    tree, raw = (
        {"a": [1, 2.5, None, True, "\u20ac\ud800\x00"], "b": {}},
        [b"", b"abc", bytes(300_000)],
    )
    sender = threading.Thread(target=ends[0].send, args=(tree, raw))
    sender.start()
    got, data = other.receive()
    sender.join()
    assert got == tree and bytes(data) == b"".join(raw)


def test_frames_follow_each_other(ends):
    data = frame(1, b"x") + frame([2])
    assert received(ends, data) == (1, b"x")
    assert ends[0].receive() == ([2], b"")


@pytest.mark.parametrize("data", [b"", b"abc", HEAD.pack(5, 0) + b"12", HEAD.pack(1, 9) + b"1abc"])
def test_a_frame_that_breaks_off_is_the_end(ends, data):
    with pytest.raises(Closed):
        received(ends, data)


@pytest.mark.parametrize(
    "length, size", [(LARGEST_TREE + 1, 0), (0, LARGEST_RAW + 1), (2**32 - 1, 2**64 - 1)]
)
def test_a_claimed_size_beyond_the_limit_is_refused_before_anything_of_it_is_read(
    ends, length, size
):
    with pytest.raises(WireError, match="too large"):
        received(ends, HEAD.pack(length, size), hang_up=False)


def test_a_claim_costs_memory_only_as_its_bytes_come(ends):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Closed):
        received(ends, HEAD.pack(LARGEST_TREE, LARGEST_RAW) + b"1" * 100_000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"nonsense",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"1" * 5000,
        b"1e400x",
        b"{1:2}",
        b"[1,]",
    ],
)
def test_a_frame_that_is_not_json_is_refused(ends, text):
    with pytest.raises(WireError):
        received(ends, HEAD.pack(len(text), 0) + text)


@pytest.mark.parametrize("seed", range(30))
def test_garbage_is_refused_and_nothing_else_happens(ends, seed):
    chance = random.Random(seed)
    data = bytearray(frame({"value": [1, {"t": "list"}]}, b"12345678"))
    for _ in range(chance.randrange(1, 6)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    with contextlib.suppress(WireError):
        received(ends, bytes(data))


def test_too_large_a_frame_is_not_sent_at_all(ends):
    for tree, raw in (("x" * LARGEST_TREE, []), (1, [bytes(LARGEST_RAW), b"1"])):
        with pytest.raises(TooLarge):
            ends[0].send(tree, raw)
    ends[1].setblocking(False)
    with pytest.raises(BlockingIOError):
        ends[1].recv(1)


def test_the_end_of_the_other_side_is_closed_for_both(ends):
    ends[1].close()
    with pytest.raises(Closed):
        ends[0].receive()
    with pytest.raises(Closed):
        for _ in range(100):
            ends[0].send(1, [bytes(1 << 20)])


def test_a_closed_wire_has_no_descriptors_left():
    reader, writer = os.pipe()
    wire = Wire(reader, writer)
    wire.close()
    with pytest.raises(Closed):
        wire.receive()
