"""Frames between the checker and the box: a JSON tree and raw bytes, never a pickle.

A frame is the length of the JSON (4 bytes), the length of the raw bytes (8 bytes), the JSON, the
raw bytes. What comes from a box is believed to be nothing: lengths are bounded before anything is
read, and a frame that is not as it must be is a WireError, after which the box is ended.
"""

import json
import os
import struct
from collections.abc import Sequence
from typing import Any

HEAD = struct.Struct(">IQ")
LARGEST_TREE = 16_000_000  # bytes of JSON in a frame
LARGEST_RAW = 64_000_000  # raw bytes in a frame
CHUNK = 1 << 20


class WireError(Exception):
    """The other side sent something that is not a frame, or one that is too large, or has
    closed."""


class Closed(WireError):
    """The other side is gone."""


class TooLarge(WireError):
    """A frame is too large to be sent; nothing of it was."""


class Wire:
    """Both directions of a connection, by file descriptors."""

    def __init__(self, reader: int, writer: int) -> None:
        self.reader, self.writer = reader, writer

    def send(self, tree: Any, raw: Sequence[bytes] = ()) -> None:
        """tree: what JSON can hold; raw: byte strings, sent one after the other."""
        text = json.dumps(tree, separators=(",", ":")).encode()
        size = sum(len(piece) for piece in raw)
        if len(text) > LARGEST_TREE or size > LARGEST_RAW:
            raise TooLarge(f"too large to send: {len(text) + size:,} bytes")
        head = HEAD.pack(len(text), size) + text
        for piece in [head, *raw] if size > CHUNK else [b"".join([head, *raw])]:
            self._write(piece)

    def receive(self) -> tuple[Any, bytearray]:
        """The tree of the next frame, and its raw bytes."""
        length, size = HEAD.unpack(self._read(HEAD.size))
        if length > LARGEST_TREE or size > LARGEST_RAW:
            raise WireError(f"a frame of {length + size:,} bytes, which is too large")
        text, raw = self._read(length), self._read(size)
        try:
            return json.loads(text), raw
        except (ValueError, RecursionError, MemoryError) as error:
            raise WireError(f"a frame that is not JSON: {type(error).__name__}") from None

    def close(self) -> None:
        for descriptor in {self.reader, self.writer}:
            try:
                os.close(descriptor)
            except OSError:
                continue

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self.writer, view) :]
        except OSError as error:
            raise Closed(f"the other side has closed ({error.strerror})") from None

    def _read(self, size: int) -> bytearray:
        pieces = bytearray()
        while len(pieces) < size:
            try:
                piece = os.read(self.reader, min(CHUNK, size - len(pieces)))
            except OSError as error:
                raise Closed(f"the other side has closed ({error.strerror})") from None
            if not piece:
                raise Closed("the other side has closed")
            pieces += piece
        return pieces
