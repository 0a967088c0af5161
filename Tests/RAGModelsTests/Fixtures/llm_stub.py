# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""A scripted OpenAI-compatible server that misbehaves on demand.

Prints its port on the first line. The path's first segment names the script: POST /<script>/chat/completions.
GET /state answers {"requests": {script: n}, "disconnects": {script: n}, "last": {script: {"headers": {}, "body": ""}}}.
It ends when its standard input is closed.
"""

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOCK = threading.Lock()
REQUESTS = {}
DISCONNECTS = {}
LAST = {}


def delta(text, reason=None):
    body = {"choices": [{"index": 0, "delta": {"content": text} if text is not None else {}, "finish_reason": reason}]}
    return b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"
USAGE = b'data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}\n\n'


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        with LOCK:
            body = json.dumps({"requests": REQUESTS, "disconnects": DISCONNECTS, "last": LAST}).encode()
        self.plain(200, body)

    def do_POST(self):
        script = self.path.split("/")[1]
        length = int(self.headers.get("Content-Length") or 0)
        self.body = body = self.rfile.read(length).decode()
        with LOCK:
            REQUESTS[script] = REQUESTS.get(script, 0) + 1
            LAST[script] = {"headers": dict(self.headers.items()), "body": body}
            attempt = REQUESTS[script]
        try:
            getattr(self, "script_" + script.replace("-", "_").split("~")[0])(attempt)
        except (BrokenPipeError, ConnectionResetError):
            with LOCK:
                DISCONNECTS[script] = DISCONNECTS.get(script, 0) + 1
            self.close_connection = True

    def plain(self, status, body=b"{}", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def begin(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def chunk(self, data):
        self.wfile.write(b"%x\r\n" % len(data) + data + b"\r\n")
        self.wfile.flush()

    def end(self):
        self.wfile.write(b"0\r\n\r\n")

    def stream(self, *parts):
        self.begin()
        for part in parts:
            self.chunk(part)
        self.end()

    def script_ok(self, attempt):
        self.stream(delta("Hello"), delta(" world"), delta(None, "stop"), USAGE, DONE)

    def script_busy_once(self, attempt):
        if attempt == 1:
            self.plain(429, b'{"error":{"message":"slow down"}}', [("Retry-After", "0.2")])
        else:
            self.script_ok(attempt)

    def script_busy(self, attempt):
        self.plain(429, b"{}", [("Retry-After", "30")])

    def script_broken_once(self, attempt):
        if attempt == 1:
            self.plain(500, b"oops")
        else:
            self.script_ok(attempt)

    def script_broken(self, attempt):
        self.plain(503, b"down")

    def script_forbidden(self, attempt):
        self.plain(401, b'{"error":{"message":"bad key"}}')

    def script_new_model(self, attempt):
        """Wants max_completion_tokens and no temperature, and names one mistake at a time, as OpenAI does."""
        body = json.loads(self.body)
        if "max_tokens" in body:
            message = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
            self.plain(400, json.dumps({"error": {"message": message, "code": "unsupported_parameter"}}).encode())
        elif "temperature" in body:
            message = "Unsupported value: 'temperature' does not support 0.1 with this model. Only the default (1) value is supported."
            self.plain(400, json.dumps({"error": {"message": message, "code": "unsupported_value"}}).encode())
        else:
            self.script_ok(attempt)

    def script_stubborn(self, attempt):
        message = "Use 'max_completion_tokens' instead. Unsupported value: 'temperature'."
        self.plain(400, json.dumps({"error": {"message": message}}).encode())

    def script_redirect(self, attempt):
        self.plain(302, b"", [("Location", "/ok/chat/completions")])

    def script_hangup(self, attempt):
        self.close_connection = True
        self.connection.close()

    def script_cut(self, attempt):
        self.begin()
        self.chunk(delta("Half of"))
        self.close_connection = True
        self.connection.close()

    def script_no_done(self, attempt):
        self.stream(delta("Half of"))

    def script_only_reason(self, attempt):
        self.stream(delta("Whole"), delta(None, "length"))

    def script_garbage(self, attempt):
        self.stream(b"data: {not json\n\n", DONE)

    def script_array(self, attempt):
        self.stream(b"data: [1,2]\n\n", DONE)

    def script_html(self, attempt):
        self.plain(200, b"<html>proxy error</html>")

    def script_error_inside(self, attempt):
        self.stream(delta("So"), b'data: {"error":{"message":"out of memory"}}\n\n', DONE)

    def script_split(self, attempt):
        whole = delta("naïve 🦆 ") + delta("中文") + delta(None, "stop") + DONE
        self.begin()
        for index in range(len(whole)):
            self.chunk(whole[index : index + 1])
        self.end()

    def script_crlf(self, attempt):
        text = b"\xef\xbb\xbf: hi\r\n\r\n" + (delta("a") + delta("b", "stop") + DONE).replace(b"\n", b"\r\n")
        self.stream(text)

    def script_huge(self, attempt):
        self.begin()
        self.chunk(b"data: ")
        for _ in range(160):
            self.chunk(b"x" * 65536)
        self.chunk(b"\n\n")
        self.end()

    def script_slow_head(self, attempt):
        time.sleep(3)
        self.script_ok(attempt)

    def script_heartbeats(self, attempt):
        self.begin()
        for _ in range(60):
            self.chunk(b": still thinking\n\n")
            time.sleep(0.05)
        self.end()

    def script_stall(self, attempt):
        self.begin()
        self.chunk(delta("First"))
        for _ in range(100):
            time.sleep(0.05)
            # Nothing is sent; peek whether the client is still there.
            self.connection.settimeout(0.001)
            try:
                if self.connection.recv(1) == b"":
                    raise BrokenPipeError
            except TimeoutError:
                pass
        self.end()

    def script_trickle(self, attempt):
        self.begin()
        for index in range(200):
            self.chunk(delta(f"t{index} "))
            time.sleep(0.05)
        self.stream()


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


main()
