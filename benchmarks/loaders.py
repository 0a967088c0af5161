# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Loads every file of a folder as the server does, one process for each, and says what became of it.

    .venv/bin/python benchmarks/loaders.py [FOLDER] [--text FOLDER] [--markdown] [--match PATTERN]

``--text`` writes what was read beside the names, ``--markdown`` prints the table as Markdown.
"""

import argparse
import fnmatch
import json
import os
import re
import resource
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BOOTSTRAP = "import sys; sys.path[:0] = sys.argv[2:]; from grounded_loaders.process import main; main()"
HEADER = {"media_type": None, "memory_bytes": 512 << 20, "cpu_seconds": 60, "maximum_text_bytes": 32 << 20, "ocr": False}
WALL_SECONDS = 60


class Loaded:
    """What one process answered, and what it cost."""

    def __init__(self, reply: dict | None, status: int, seconds: float, peak_bytes: int):
        self.reply, self.status, self.seconds, self.peak_bytes = reply, status, seconds, peak_bytes

    @property
    def text(self) -> str | None:
        return self.reply.get("text") if self.reply else None


def load(data: bytes, name: str, **changes) -> Loaded:
    """Loads one document in a process of its own; its time runs from when it is ready."""
    ours, theirs = socket.socketpair()
    with ours:
        arguments = [sys.executable, "-c", BOOTSTRAP, str(os.getpid()), str(ROOT / "python"), *filter(None, [os.environ.get("PYTHONPATH")])]
        with theirs:
            process = subprocess.Popen(arguments, preexec_fn=lambda: _as_third(theirs.fileno()), close_fds=False)
        ours.settimeout(WALL_SECONDS)
        reply = None
        start = time.monotonic()
        try:
            _frame(ours)
            start = time.monotonic()
            header = json.dumps({**HEADER, "name": name, **changes}).encode()
            ours.sendall(struct.pack("<I", len(header)) + header + struct.pack("<Q", len(data)))
            ours.sendall(data)
            reply = _frame(ours)
        except (TimeoutError, OSError, EOFError):
            pass
        seconds = time.monotonic() - start
        if reply is None and seconds >= WALL_SECONDS:
            process.send_signal(signal.SIGKILL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Loaded(reply, process.returncode, seconds, usage.ru_maxrss * 1024)


def _as_third(descriptor: int) -> None:
    os.dup2(descriptor, 3, inheritable=True)


def _frame(connection: socket.socket) -> dict:
    size = struct.unpack("<I", _exactly(connection, 4))[0]
    return json.loads(_exactly(connection, size))


def _exactly(connection: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(min(count - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def outcome(loaded: Loaded) -> str:
    """One line about a file."""
    if loaded.reply is None:
        return f"ended with {loaded.status}"
    if error := loaded.reply.get("error"):
        return f"{error['code']}: {error['message']}"
    text = loaded.reply["text"]
    pages = len(re.findall(r"^\f$", text, re.MULTILINE)) + 1
    parts = [f"{len(text.split())} words"] + ([f"{pages} pages"] if pages > 1 else []) + loaded.reply["warnings"]
    return "; ".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT.parent / "shared/data/documents")
    parser.add_argument("--text", type=Path)
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--match", default="*")
    options = parser.parse_args()
    files = sorted(path for path in options.folder.rglob("*") if path.is_file() and fnmatch.fnmatch(path.name, options.match))
    if options.markdown:
        print("| File | Format | Outcome | ms | MB |\n| --- | --- | --- | ---: | ---: |")
    counts: dict[str, int] = {}
    for path in files:
        loaded = load(path.read_bytes(), path.name)
        name = str(path.relative_to(options.folder))
        reply = loaded.reply or {}
        kind = reply.get("format") or "refused"
        counts[kind] = counts.get(kind, 0) + 1
        row = (name, kind, outcome(loaded).replace("|", "\\|"), f"{loaded.seconds * 1000:.0f}", f"{loaded.peak_bytes / 1e6:.0f}")
        print("| " + " | ".join(row) + " |" if options.markdown else "\t".join(row), flush=True)
        if options.text and loaded.text:
            target = options.text / f"{name}.md"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(loaded.text)
    print(f"\n{len(files)} files: " + ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())), file=sys.stderr)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
