# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""A worker process: makes models and calls them, as the server asks over a socket.

``Sources/RAGPython/Workers`` has the other end and says what crosses. Numbers have the machine's byte order. The server kills a worker
that does not answer in time; a worker ends when the server does.
"""

import os
import socket
import struct
import sys
import threading
import time
import traceback

_SOCKET = 3
_FRAMES_SHOWN = 3
_HEADER = struct.Struct("=IBIII")
_NUMBER = struct.Struct("=I")
_MAKE, _TEXT, _MATRIX, _SPANS, _SCORES, _OPEN, _RELEASE = range(1, 8)
_DONE_REPLY, _TEXT_REPLY, _MATRIX_REPLY, _SCORES_REPLY, _SPANS_REPLY, _FAILURE_REPLY = range(6)


class Worker:
    """Answers one request after the other until the other end closes."""

    def __init__(self, connection: socket.socket):
        self._connection = connection
        self._objects: dict[int, object] = {}
        self._methods: dict[tuple[int, str], object] = {}
        self._answers = {
            _MAKE: self._make,
            _TEXT: self._text,
            _MATRIX: self._matrix,
            _SPANS: self._spans,
            _SCORES: self._scores,
            _OPEN: self._open,
            _RELEASE: self._release,
        }

    def serve(self) -> None:
        self._send([bytes([_DONE_REPLY])])
        while (request := self._receive()) is not None:
            operation, target, new, texts = request
            try:
                reply = self._answers[operation](target, new, texts)
            except BaseException as error:  # noqa: BLE001  (an exit or interrupt of a model ends one call, not the process)
                reply = _failure(error)
            self._send(reply)

    def _make(self, target: int, new: int, texts: list[str]) -> list:
        from . import load

        spec, options, *methods = texts
        if target not in self._objects:
            made = load(spec, options)
            for method in methods:
                getattr(made, method)
            self._objects[target] = made
        return [bytes([_DONE_REPLY])]

    def _text(self, target: int, new: int, texts: list[str]) -> list:
        result = self._method(target, texts[0])(*texts[1:])
        if not isinstance(result, str):
            raise TypeError(f"a text is needed, not {type(result).__name__}")
        return [bytes([_TEXT_REPLY]), result.encode()]

    def _matrix(self, target: int, new: int, texts: list[str]) -> list:
        result = self._method(target, texts[0])(texts[2:], texts[1])
        view = memoryview(result)
        if view.ndim != 2 or not _holds(view, "f"):
            raise TypeError("a float32 array of two dimensions is needed")
        return [struct.pack("=BII", _MATRIX_REPLY, *view.shape), _bytes(view)]

    def _scores(self, target: int, new: int, texts: list[str]) -> list:
        result = self._method(target, texts[0])(texts[1], texts[2:])
        view = memoryview(result)
        if view.ndim != 1 or not _holds(view, "f"):
            raise TypeError("a float32 array of one dimension is needed")
        return [bytes([_SCORES_REPLY]), _bytes(view)]

    def _spans(self, target: int, new: int, texts: list[str]) -> list:
        pairs = self._method(target, texts[0])(texts[1:])
        if len(pairs) != len(texts) - 1:
            raise TypeError("one pair of arrays is needed for each text")
        reply = [struct.pack("=BI", _SPANS_REPLY, len(pairs))]
        for first, second in pairs:
            starts, ends = memoryview(first), memoryview(second)
            fits = starts.ndim == 1 and ends.ndim == 1 and _holds(starts, "il") and _holds(ends, "il")
            if not fits or starts.nbytes != ends.nbytes:
                raise TypeError("two int32 arrays of equal length are needed for each text")
            reply += [_NUMBER.pack(starts.nbytes // 4), _bytes(starts), _bytes(ends)]
        return [b"".join(reply)]

    def _open(self, target: int, new: int, texts: list[str]) -> list:
        self._objects[new] = self._method(target, texts[0])(*texts[1:])
        return [bytes([_DONE_REPLY])]

    def _release(self, target: int, new: int, texts: list[str]) -> list:
        self._objects.pop(target, None)
        for key in [key for key in self._methods if key[0] == target]:
            del self._methods[key]
        return [bytes([_DONE_REPLY])]

    def _method(self, target: int, name: str):
        method = self._methods.get((target, name))
        if method is None:
            method = self._methods[target, name] = getattr(self._objects[target], name)
        return method

    def _receive(self) -> tuple[int, int, int, list[str]] | None:
        """The next request; None at the end."""
        data = self._connection.recv(1 << 16)
        if not data:
            return None
        while len(data) < _HEADER.size:
            data += self._more(_HEADER.size)
        length, operation, target, new, count = _HEADER.unpack_from(data)
        end = length + _NUMBER.size
        if len(data) < end:
            parts = [data]
            missing = end - len(data)
            while missing > 0:
                parts.append(self._more(missing))
                missing -= len(parts[-1])
            data = b"".join(parts)
        start = _HEADER.size + 4 * count
        texts = []
        for last in struct.unpack_from(f"={count}I", data, _HEADER.size):
            last += _HEADER.size + 4 * count
            texts.append(data[start:last].decode())
            start = last
        return operation, target, new, texts

    def _more(self, limit: int) -> bytes:
        data = self._connection.recv(min(limit, 1 << 20))
        if not data:
            raise SystemExit("the server ended in the middle of a request")
        return data

    def _send(self, parts: list) -> None:
        length = sum(len(part) for part in parts)
        sent = self._connection.sendmsg([_NUMBER.pack(length), *parts])
        if sent < length + _NUMBER.size:
            self._connection.sendall(memoryview(b"".join([_NUMBER.pack(length), *parts]))[sent:])


def _holds(view: memoryview, codes: str) -> bool:
    """Whether the items are numbers of four bytes of one of the native kinds, one after the other."""
    return view.itemsize == 4 and view.format.lstrip("@=<") in tuple(codes) and view.c_contiguous


def _bytes(view: memoryview) -> memoryview | bytes:
    # An empty view cannot be cast.
    return view.cast("B") if view.nbytes else b""


def _failure(error: BaseException) -> list:
    """An exception's type, message and last frames, without those of this file."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    try:
        message = str(error)
    except BaseException:  # noqa: BLE001
        message = ""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    lines = "".join(traceback.format_tb(frames, -_FRAMES_SHOWN))
    encoded = [text.encode("utf-8", "replace") for text in (name, message, lines)]
    return [struct.pack("=BII", _FAILURE_REPLY, len(encoded[0]), len(encoded[1])), b"".join(encoded)]


def _end_with(parent: int) -> None:
    """Has this process end when the server does, however busy it is."""
    if sys.platform == "linux":
        import ctypes
        import signal

        ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:
        os._exit(0)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


def main() -> None:
    """``worker SERVER_PROCESS``, with the socket as descriptor 3."""
    _end_with(int(sys.argv[1]))
    os.closerange(_SOCKET + 1, 1 << 12)
    connection = socket.socket(fileno=_SOCKET)
    connection.set_inheritable(False)
    Worker(connection).serve()
    # Threads of models may still run; nobody waits for them.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
