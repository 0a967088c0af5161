# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The process that loads one document and ends.

``Sources/RAGPython/Loading`` has the other end. Numbers are little-endian. The process first says that it is ready; the server sends one
header and one body; the answer is a document or a refusal.
"""

import json
import os
import socket
import struct
import sys

from . import limits, registry
from .document import Document, Refusal, Source, finished

_SOCKET = 3
_LENGTH = struct.Struct("<I")
_BODY_LENGTH = struct.Struct("<Q")
_MAXIMUM_HEADER = 1 << 20


def serve(connection: socket.socket) -> None:
    """Loads the one document that ``connection`` brings."""
    _send(connection, {"ready": True})
    start = _receive(connection, _LENGTH.size)
    if start is None:
        return
    count = _LENGTH.unpack(start)[0]
    if count > _MAXIMUM_HEADER:
        raise SystemExit("the header is too long")
    header = json.loads(_receive(connection, count) or b"{}")
    memory = int(header["memory_bytes"])
    limits.apply(memory, int(header["cpu_seconds"]))
    length = _BODY_LENGTH.unpack(_receive(connection, _BODY_LENGTH.size) or b"\0" * 8)[0]
    try:
        reply = _answer(connection, header, length, memory)
    except MemoryError:
        # What the loader held is free again, now that its frames are gone.
        reply = _refused("too_large", f"loading it takes more than {memory} bytes of memory; divide it into smaller documents")
    _send(connection, reply)


def _answer(connection: socket.socket, header: dict, length: int, memory: int) -> dict:
    if length > memory // 3:
        # The server sends it all before it reads the answer.
        _skip(connection, length)
        return _refused("too_large", f"the file has {length} bytes; a loader with {memory} bytes of memory takes {memory // 3}")
    source = Source(
        name=str(header.get("name") or ""),
        data=_receive(connection, length) or b"",
        media_type=header.get("media_type"),
        memory_bytes=memory,
        maximum_text_bytes=int(header["maximum_text_bytes"]),
        ocr=bool(header.get("ocr")),
    )
    try:
        document = finished(registry.load(source), source.maximum_text_bytes)
    except Refusal as refusal:
        return _refused(refusal.code, refusal.message)
    except RecursionError:
        return _refused("unreadable", "the document is nested too deeply")
    except MemoryError:
        raise
    except BaseException as error:  # noqa: BLE001  (native parsers panic with exceptions that are no Exception)
        return _refused("unreadable", f"the file is damaged ({type(error).__name__}: {str(error)[:200]}); save it again in its program")
    return _loaded(document)


def _loaded(document: Document) -> dict:
    return {"text": document.text, "format": document.format, "title": document.title, "warnings": document.warnings}


def _refused(code: str, message: str) -> dict:
    return {"error": {"code": code, "message": message}}


def _receive(connection: socket.socket, count: int) -> bytes | None:
    """Exactly ``count`` bytes; None if the server ended instead."""
    data = bytearray(count)
    view, received = memoryview(data), 0
    while received < count:
        size = connection.recv_into(view[received : received + (1 << 20)])
        if size == 0:
            return None
        received += size
    view.release()
    return bytes(data)


def _skip(connection: socket.socket, count: int) -> None:
    while count > 0 and (received := len(connection.recv(min(count, 1 << 20)))):
        count -= received


def _send(connection: socket.socket, message: dict) -> None:
    frame = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
    connection.sendall(_LENGTH.pack(len(frame)))
    connection.sendall(frame)


def _end_with(parent: int) -> None:
    """Has this process end when the server does, however busy it is."""
    if sys.platform == "linux":
        import ctypes
        import signal

        ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(0)


def main() -> None:
    """``-c BOOTSTRAP SERVER_PROCESS``, with the socket as descriptor 3."""
    _end_with(int(sys.argv[1]))
    limits.give_way()
    os.closerange(_SOCKET + 1, 1 << 12)
    connection = socket.socket(fileno=_SOCKET)
    connection.set_inheritable(False)
    serve(connection)
    os._exit(0)


if __name__ == "__main__":
    main()
