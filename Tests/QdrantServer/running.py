# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Starts the Qdrant test server on 127.0.0.1 over a folder, and ends exactly what it started.

    with running.QdrantServer() as qdrant:
        … qdrant.url …
        qdrant.kill()       # as `kill -9`: the folder stays
        qdrant.start()      # the same port, the same folder

The interpreter is .venv's, which `scripts/setup-python.sh --test` makes.
"""

import atexit
import contextlib
import http.client
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

_HERE = pathlib.Path(__file__).resolve().parent
_ROOT = _HERE.parents[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class QdrantServer:
    """One server. Without a folder it makes one and removes it at the end; without a port it takes a free one and keeps it."""

    def __init__(self, folder=None, port=None, key=None, start=True, arguments=()):
        self.port = port or free_port()
        self.key = key
        self.arguments = list(map(str, arguments))
        self.url = f"http://127.0.0.1:{self.port}"
        self._owned = None if folder else pathlib.Path(tempfile.mkdtemp(prefix="qdrant-test-"))
        self.folder = pathlib.Path(folder or self._owned / "data")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log_path = self.folder.parent / f"{self.folder.name}.log"
        self.process = None
        atexit.register(self.close)
        if start:
            self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def start(self, limit=60):
        """Starts it and waits until it answers."""
        if self.process is not None:
            raise AssertionError("the server runs already")
        command = [str(_ROOT / ".venv" / "bin" / "python"), str(_HERE), str(self.port), str(self.folder), *self.arguments]
        if self.key:
            command += ["--api-key", self.key]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + limit
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                tail = self.log_tail()
                self.kill()
                raise AssertionError(f"the Qdrant test server did not become ready:\n{tail}")
            time.sleep(0.01)

    def _answers(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        connection.close()
        return False

    def kill(self):
        """Ends it as `kill -9` does."""
        self._end(signal.SIGKILL)

    def stop(self):
        """Ends it in an orderly way; returns its exit status."""
        return self._end(signal.SIGTERM)

    def pause(self):
        """It keeps its connections and answers nothing, until `resume`."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def restart(self):
        self.kill()
        self.start()

    def _end(self, number, limit=60):
        process, self.process = self.process, None
        if process is None:
            return None
        if process.poll() is None:
            process.send_signal(number)
            try:
                process.wait(limit)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        return process.returncode

    def log_tail(self):
        return self.log_path.read_text(errors="replace")[-3000:] if self.log_path.exists() else ""

    def close(self):
        """Ends it, and removes the folder if it made it."""
        atexit.unregister(self.close)
        self.kill()
        if self._owned:
            shutil.rmtree(self._owned, ignore_errors=True)
