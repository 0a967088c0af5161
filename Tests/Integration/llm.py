# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""A language model that says what a test tells it to, behind the interface of OpenAI's chat completions."""

import json
import select
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ScriptedModel:
    """A server on 127.0.0.1. `pieces` are sent one event each; `pause` lies between them; then it ends as `ending` says.

    `ending`: "done" (as it should), "cut" (the connection breaks), "refuse" (503 before anything).
    """

    def __init__(self):
        self.pieces, self.pause, self.ending = ["Nothing."], 0.0, "done"
        self.requests = []
        self.began = threading.Event()
        self.closed = threading.Event()
        self.closed_at = None
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def settings(self):
        """What a server needs to use this model."""
        return {"LM_MODEL": "scripted", "OPENAI_BASE_URL": f"http://127.0.0.1:{self.server.server_address[1]}/v1"}

    def say(self, pieces, pause=0.0, ending="done"):
        self.pieces, self.pause, self.ending = pieces, pause, ending
        self.closed_at = None
        self.began.clear()
        self.closed.clear()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def _client_left(self):
        self.closed_at = time.monotonic()
        self.closed.set()

    def _handler(model):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                length = int(self.headers.get("Content-Length") or 0)
                model.requests.append(json.loads(self.rfile.read(length)))
                self.close_connection = True
                if model.ending == "refuse":
                    self.send_response(503)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                try:
                    self.answer()
                except OSError:
                    model._client_left()

            def answer(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                for piece in model.pieces:
                    self.event({"delta": {"content": piece}, "finish_reason": None})
                    model.began.set()
                    self.wait(model.pause)
                if model.ending == "cut":
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.event({"delta": {}, "finish_reason": "stop"})
                self.wfile.write(b"data: [DONE]\n\n")

            def event(self, choice):
                self.wfile.write(b"data: " + json.dumps({"choices": [{"index": 0, **choice}]}).encode() + b"\n\n")
                self.wfile.flush()

            def wait(self, seconds):
                """Waits, but notices at once when the client closes the connection."""
                if seconds and select.select([self.connection], [], [], seconds)[0] and not self.connection.recv(1):
                    raise ConnectionResetError("the client closed the connection")

        return Handler
