# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Requests without a client in between: for what a client would not send, and for speed."""

import http.client
import json
import socket


class Refused(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status}: {body[:500]!r}")
        self.status = status
        self.body = body


class Caller:
    """One persistent connection; used by one thread."""

    def __init__(self, port, key=None):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._headers = {"content-type": "application/json"} | ({"api-key": key} if key else {})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._connection.close()

    def send(self, method, path, body=None, headers=None):
        """The status and the raw body of the answer; `body` is JSON unless it is bytes."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        self._connection.request(method, path, body, self._headers | (headers or {}))
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def call(self, method, path, body=None):
        """The result; raises Refused."""
        status, answer = self.send(method, path, body)
        if status != 200:
            raise Refused(status, answer)
        return json.loads(answer)["result"]
