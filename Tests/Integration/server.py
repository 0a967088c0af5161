# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Starts the real server on 127.0.0.1 over a temporary folder, talks to it, and ends exactly what it started.

GROUNDED_BINARY names the executable, relative to the package root; the default is the debug build.
"""

import contextlib
import dataclasses
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = str((ROOT / os.environ.get("GROUNDED_BINARY", ".build/debug/grounded")).resolve())

# What a developer's own environment may hold and what would change a run.
_FOREIGN = (
    "API_KEYS", "GROUNDED_API_KEY", "LM_MODEL", "OPENAI_API_KEY", "OPENAI_BASE_URL", "GROUNDED_CRASH_AT", "CHUNK_TOKENS",
    "SERVER_HOST", "SERVER_PORT", "DATA_DIR", "EMBEDDING_MODEL", "EMBEDDING_BACKEND", "QDRANT_URL", "REDIS_URL", "FUSION",
    "DENSE_WEIGHT", "DRAIN_SECONDS", "SHUTDOWN_SECONDS", "PYTHON", "PYTHONPATH", "LOG_LEVEL", "MAX_CONCURRENT_QUERIES",
)

#: Settings of a server whose embedder hashes words: for what does not depend on a model.
QUICK = {"EMBEDDING_BACKEND": "python:crash_embedder:HashEmbedder", "PYTHONPATH": str(ROOT / "Tests" / "Crash")}


def environment(directory, **settings):
    result = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    result.update(DATA_DIR=str(directory), LOG_LEVEL="warning")
    result.update({name: str(value) for name, value in settings.items() if value is not None})
    return result


def command(arguments, directory, timeout=120, **settings):
    """Runs a subcommand to its end."""
    return subprocess.run(
        [BINARY, *map(str, arguments)],
        env=environment(directory, **settings), cwd=ROOT, capture_output=True, text=True, timeout=timeout,
    )


@dataclasses.dataclass
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def type(self):
        return self.headers.get_content_type()


@dataclasses.dataclass
class Event:
    name: str
    data: dict


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One run of the server. Without a directory it makes one and removes it when it is stopped."""

    def __init__(self, directory=None, ready=True, wrapper=(), key=None, **settings):
        self.port = free_port()
        self.key = key
        self.owned = None if directory else pathlib.Path(tempfile.mkdtemp(prefix="grounded-test-"))
        self.directory = pathlib.Path(directory or self.owned / "data")
        self.directory.mkdir(parents=True, exist_ok=True)
        self.log_path = self.directory.parent / "server.log"
        self.log = open(self.log_path, "ab")
        self.process = subprocess.Popen(
            [*wrapper, BINARY, "serve"],
            env=environment(self.directory, **{"SERVER_PORT": self.port, **settings}),
            stdout=self.log, stderr=self.log, cwd=ROOT,
        )
        if ready:
            try:
                self.wait_ready()
            except BaseException:
                self.kill()
                raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop(check=False)

    def wait_ready(self, limit=60):
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.log_tail()}")
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.request("GET", "/health/ready", key=None).status == 200:
                    return
            time.sleep(0.02)
        raise AssertionError(f"not ready within {limit} s:\n{self.log_tail()}")

    def log_tail(self):
        return self.log_path.read_text(errors="replace")[-3000:] if self.log_path.exists() else ""

    def connection(self, timeout=60):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def request(self, method, path, body=None, headers=None, key=..., timeout=60, connection=None):
        """One request; `body` is JSON unless it is bytes. `key` defaults to the server's own."""
        sent = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        key = self.key if key is ... else key
        if key:
            sent["Authorization"] = f"Bearer {key}"
        own = connection is None
        connection = connection or self.connection(timeout)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            if own:
                connection.close()

    def index(self, documents, **fields):
        reply = self.request("POST", "/index", {"documents": documents, **fields})
        if reply.status not in (200, 202):
            raise AssertionError(f"index answered {reply.status}: {reply.body!r}")
        failed = [result for result in reply.json["results"] if result["status"] == "failed"]
        if failed:
            raise AssertionError(f"documents failed: {failed}")
        return reply.json

    def query(self, text, **fields):
        reply = self.request("POST", "/query", {"query": text, **fields})
        if reply.status != 200:
            raise AssertionError(f"query answered {reply.status}: {reply.body!r}")
        return reply.json

    def stream(self, text, **fields):
        """The events of a streamed reply, to its end."""
        with self.open_stream(text, **fields) as response:
            return list(events(response))

    @contextlib.contextmanager
    def open_stream(self, text, **fields):
        connection = self.connection()
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self.key}"} if self.key else {})
        try:
            connection.request("POST", "/query", json.dumps({"query": text, "stream": True, **fields}), headers)
            response = connection.getresponse()
            if response.status != 200:
                raise AssertionError(f"query answered {response.status}: {response.read()!r}")
            # "Connection: close" leaves the socket with the response alone.
            response.connection = connection
            yield response
            response.close()
        finally:
            connection.close()

    def document_path(self, identifier):
        return "/documents/" + urllib.parse.quote(identifier, safe="")

    def text(self, identifier, revision=None):
        suffix = f"/text?revision={revision}" if revision else "/text"
        return self.request("GET", self.document_path(identifier) + suffix)

    def metric(self, name):
        """The sum of a metric's series."""
        total = 0.0
        for line in self.request("GET", "/metrics").body.decode().splitlines():
            if line.startswith((name + " ", name + "{")):
                total += float(line.rsplit(" ", 1)[1])
        return total

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def stop(self, check=True, limit=40):
        """Ends the server gracefully; returns its exit code."""
        if self.process.poll() is None:
            self.terminate()
            try:
                self.process.wait(timeout=limit)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._cleanup()
        if check and self.process.returncode != 0:
            raise AssertionError(f"graceful stop ended with {self.process.returncode}")
        return self.process.returncode

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._cleanup()

    def _cleanup(self):
        self.log.close()
        if self.owned:
            shutil.rmtree(self.owned, ignore_errors=True)


def events(response):
    """Server-sent events, as they come; comments are left out."""
    name, data = None, []
    for raw in response:
        line = raw.decode().rstrip("\r\n")
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            data.append(line[6:])
        elif not line and name:
            yield Event(name, json.loads("\n".join(data)))
            name, data = None, []
