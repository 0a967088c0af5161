# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""An HTTP proxy before a Qdrant server whose faults are switched while it runs. Needs nothing but Python.

    with FaultyQdrant("http://127.0.0.1:6333") as proxy:
        … proxy.url …
        proxy.fault("status-503")
        proxy.fault("pass")

    pass                everything goes through
    refuse              nobody listens; open connections are cut
    blackhole           requests are read and never answered, nor carried out
    status-429          "429" with Retry-After: 1; so 500 and 503: nothing is carried out
    status-507          the same, but only for writes: reading goes on
    half                a write of several points or operations is carried out to its half, then answered with 500; one of a single point
                        is carried out every other time
    dimension           vectors lose all but three of their numbers on the way, so that the server itself refuses them
    missing             the server is asked for collections that it does not have
    truncate            replies end in the middle, their length said accordingly
    nan, null-score, word-score, huge-score
                        every score becomes NaN, null, a word or a number that no float holds
    foreign             every point that is returned says another tenant, and holds the word CANARY wherever it holds text
    some-foreign        the same for every other point
    extra               every object of a reply gets members that nobody knows
    slow                one reply in a hundred comes 10 s late
"""

import contextlib
import http.client
import http.server
import itertools
import json
import re
import socket
import threading
import time
import urllib.parse

CANARY = "CANARYOFANOTHERTENANT"
FOREIGN = "another-tenant"
LATE = 10
_SCORES = {"nan": "NaN", "null-score": "null", "word-score": '"high"', "huge-score": "1e999"}
_SCORE = re.compile(rb'"score":\s*-?[0-9.]+(?:[eE][-+]?[0-9]+)?')


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256
    faults = None

    def handle_error(self, request, client_address):
        """Connections are cut on purpose here."""


class _Exchange(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    upstream = None

    def setup(self):
        super().setup()
        self.server.faults.opened(self.connection)

    def finish(self):
        self.server.faults.closed(self.connection)
        if self.upstream:
            self.upstream.close()
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, *_):
        pass

    def handle_any(self):
        faults = self.server.faults
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = faults.mode
        if fault == "refuse":
            # An open connection whose request came before it was cut.
            self.close_connection = True
        elif fault == "blackhole":
            faults.count(fault)
            faults.changed.wait(60)
            self.close_connection = True
        elif fault.startswith("status-") and (fault != "status-507" or self.is_write()):
            faults.count(fault)
            self.refuse(int(fault.removeprefix("status-")))
        elif fault == "half" and self.is_write():
            self.half(json.loads(body))
        else:
            self.through(fault, body)

    do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = handle_any

    @property
    def place(self):
        return urllib.parse.urlsplit(self.path).path

    def is_write(self):
        reads = ("/points", "/points/scroll", "/points/count", "/points/query", "/points/query/batch", "/facet")
        return self.command != "GET" and not (self.command == "POST" and re.sub(r"^/collections/[^/]+", "", self.place) in reads)

    def through(self, fault, body):
        path = self.path
        faults = self.server.faults
        if fault == "missing" and "/collections/" in path:
            path = path.replace("/collections/", "/collections/missing-", 1)
            faults.count(fault)
        if fault == "dimension" and body:
            changed = _shortened(json.loads(body))
            if changed is not None:
                body = json.dumps(changed).encode()
                faults.count(fault)
        status, headers, reply = self.ask(self.command, path, body)
        if fault == "slow" and faults.is_turn(100):
            faults.count(fault)
            time.sleep(LATE)
        changed = _altered(fault, reply) if status == 200 else reply
        if changed != reply:
            faults.count(fault)
        self.answer(status, changed, headers)

    def half(self, body):
        """Carries out the first half and says that it failed."""
        faults = self.server.faults
        member = next((name for name in ("operations", "points") if isinstance(body.get(name), list)), None)
        several = body[member] if member else []
        keep = len(several) // 2 if len(several) > 1 else int(faults.is_turn(2))
        if member and keep:
            self.ask(self.command, self.path, json.dumps({**body, member: several[:keep]}).encode())
        elif keep:
            self.ask(self.command, self.path, json.dumps(body).encode())
        faults.count("half")
        self.refuse(500)

    def ask(self, method, path, body):
        """The server's own answer. A connection that has gone stale is replaced once."""
        headers = {name: self.headers[name] for name in ("Content-Type", "Accept", "api-key") if self.headers[name]}
        for attempt in range(2):
            if self.upstream is None:
                self.upstream = http.client.HTTPConnection(*self.server.faults.upstream, timeout=60)
                self.upstream.connect()
                self.upstream.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                self.upstream.request(method, path, body, headers)
                reply = self.upstream.getresponse()
                return reply.status, reply.headers, reply.read()
            except (OSError, http.client.HTTPException):
                self.upstream.close()
                self.upstream = None
                if attempt:
                    raise

    def answer(self, status, body, headers=None):
        kind = (headers or {}).get("Content-Type") or "application/json"
        head = f"HTTP/1.1 {status} {http.client.responses.get(status, 'Status')}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        if status == 429:
            head += "Retry-After: 1\r\n"
        # In one piece: a small reply in two waits for an acknowledgement.
        self.wfile.write(head.encode() + b"\r\n" + body)

    def refuse(self, status):
        self.answer(status, json.dumps({"status": {"error": f"made up: {status}"}, "time": 0.0}).encode())


def _shortened(value):
    """The request with dense vectors of three numbers; None if it has no vector."""
    found = False

    def walk(value):
        nonlocal found
        if isinstance(value, list):
            if len(value) > 3 and all(isinstance(each, (int, float)) for each in value):
                found = True
                return value[:3]
            return [walk(each) for each in value]
        if isinstance(value, dict):
            # Terms have as many as they like.
            return {name: each if name in ("indices", "values") else walk(each) for name, each in value.items()}
        return value

    changed = walk(value)
    return changed if found else None


def _altered(fault, reply):
    if fault == "truncate":
        return reply[: len(reply) // 2]
    if fault in _SCORES:
        return _SCORE.sub(b'"score":' + _SCORES[fault].encode(), reply)
    with contextlib.suppress(ValueError):
        if fault == "extra":
            return json.dumps(_embellished(json.loads(reply))).encode()
        if fault in ("foreign", "some-foreign"):
            return json.dumps(_estranged(json.loads(reply), itertools.cycle([True] if fault == "foreign" else [True, False]))).encode()
    return reply


def _estranged(value, turns):
    if isinstance(value, list):
        return [_estranged(each, turns) for each in value]
    if isinstance(value, dict):
        payload = value.get("payload")
        # What is no tenant's own (what all replicas agree on) stays: without it there would be no search at all.
        if isinstance(payload, dict) and ("tenant" in payload or "brief" in payload):
            if not next(turns):
                return value
            changed = {name: CANARY for name in ("text", "title", "content", "url") if name in payload}
            if "tenant" in payload:
                changed["tenant"] = FOREIGN
            if "brief" in payload:
                # Begins with the tenant; a chunk's ends with the document's name.
                words = payload["brief"].split(" ", 6)
                changed["brief"] = " ".join([FOREIGN, *words[1:6], *[CANARY] * len(words[6:])])
            return {**value, "payload": {**payload, **changed}}
        return {name: _estranged(each, turns) for name, each in value.items()}
    return value


def _embellished(value, is_payload=False):
    if isinstance(value, list):
        return [_embellished(each) for each in value]
    if isinstance(value, dict):
        own = {name: each if is_payload else _embellished(each, name == "payload") for name, each in value.items()}
        # Vectors are objects whose members are names of vectors, and facets' values are not objects at all.
        return {"x_unknown": {"deep": [1, None, {"er": "y"}]}, **own, "zz_version": 7, "shard_key": None}
    return value


class FaultyQdrant:
    """The proxy on threads of its own. `url` is where it listens; `counts` says how often each fault was made."""

    def __init__(self, upstream):
        address = urllib.parse.urlsplit(upstream)
        self.upstream = (address.hostname, address.port)
        self.mode = "pass"
        self.changed = threading.Event()
        self.counts = {}
        self.turns = 0
        self.lock = threading.Lock()
        self.connections = set()
        self.server = None
        self.port = 0
        self.listen()
        self.url = f"http://127.0.0.1:{self.port}"

    def listen(self):
        self.server = _Server(("127.0.0.1", self.port), _Exchange)
        self.server.faults = self
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def fault(self, name):
        """Switches the fault; what waits for the one before is let go."""
        with self.lock:
            self.mode = name
            released, self.changed = self.changed, threading.Event()
        released.set()
        if name == "refuse":
            self.server.shutdown()
            self.server.server_close()
            self.server = None
            self.cut()
        elif self.server is None:
            self.listen()

    def cut(self):
        with self.lock:
            for connection in self.connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def opened(self, connection):
        with self.lock:
            self.connections.add(connection)

    def closed(self, connection):
        with self.lock:
            self.connections.discard(connection)

    def count(self, fault):
        with self.lock:
            self.counts[fault] = self.counts.get(fault, 0) + 1

    def is_turn(self, every):
        """True once in so many calls."""
        with self.lock:
            self.turns += 1
            return self.turns % every == 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.fault("refuse")
