# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The server's answer to one request: who may ask, which address, which status."""

import functools
import hmac
import sys
import time
import urllib.parse
from importlib import metadata

from facade import endpoints
from facade.answers import encode
from facade.errors import Refusal, from_engine, unsupported
from facade.parameters import check_parameters

_JSON = "application/json"
_TEXT = "text/plain; charset=utf-8"
_HEALTH = {"/readyz": b"all shards are ready", "/healthz": b"healthz check passed", "/livez": b"healthz check passed"}

#: The version whose API is spoken: that of the client whose models read the requests.
VERSION = metadata.version("qdrant-client")


class Service:
    def __init__(self, catalogue, key, largest_backlog):
        self._catalogue = catalogue
        self._largest_backlog = largest_backlog
        self._key = key.encode() if key else None

    def answer(self, method, target, headers, body):
        """Status, content type and body. Nothing else runs meanwhile: this is the server's one lock."""
        began = time.perf_counter()
        path, segments, parameters = _address(target)
        if method == "GET" and path in _HEALTH:
            return 200, _TEXT, _HEALTH[path]
        if path != "/" and self._key is not None and (refusal := self._unauthorized(headers)):
            return 401, _TEXT, refusal
        try:
            if path == "/" and method == "GET":
                title = f"grounded's Qdrant test server (qdrant-edge-py {metadata.version('qdrant-edge-py')})"
                return 200, _JSON, encode({"title": title, "version": VERSION}).encode()
            check_parameters(parameters)
            result = self._result(method, segments, parameters, body)
            answer = {"result": result, "status": "ok", "time": time.perf_counter() - began}
            return 200, _JSON, encode(answer).encode()
        except Refusal as refusal:
            error = refusal
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as problem:  # The engine's panics are no Exceptions.
            error = from_engine(problem)
            if error.status == 500:
                print(f"{method} {target}: {error.message}", file=sys.stderr, flush=True)
        answer = {"status": {"error": error.message}, "time": time.perf_counter() - began}
        return error.status, _JSON, encode(answer).encode()

    def _unauthorized(self, headers):
        given = headers.get(b"api-key")
        if given is None:
            authorization = headers.get(b"authorization", b"")
            if not authorization.startswith(b"Bearer "):
                return b"Must provide an API key or an Authorization bearer token"
            given = authorization[7:]
        return None if hmac.compare_digest(given, self._key) else b"Invalid API key or JWT"

    def _result(self, method, segments, parameters, body):
        if not segments or segments[0] != "collections":
            raise unsupported(f"{method} /{'/'.join(segments)}")
        if len(segments) == 1 and method == "GET":
            return {"collections": [{"name": name} for name in self._catalogue.names()]}
        if len(segments) >= 2:
            name, rest = segments[1], segments[2:]
            if not rest and method == "PUT":
                self._catalogue.create(name, body)
                return True
            if not rest and method == "DELETE":
                return self._catalogue.remove(name)
            if rest == ("exists",) and method == "GET":
                return {"exists": name in self._catalogue}
            endpoint = endpoints.OF_COLLECTION.get((method, *rest))
            if endpoint is not None:
                return endpoint(self._catalogue[name], parameters, body)
            if len(rest) == 2 and (method, rest[0]) == ("GET", "points"):
                return endpoints.retrieve_one(self._catalogue[name], parameters, rest[1])
            if len(rest) == 2 and (method, rest[0]) == ("DELETE", "index"):
                return endpoints.delete_index(self._catalogue[name], parameters, rest[1])
        raise unsupported(f"{method} /{'/'.join(segments)}")

    def flush_backlogs(self):
        """Flushes the collections whose log has grown long."""
        for collection in self._catalogue:
            collection.flush_backlog(self._largest_backlog)

    def optimize(self):
        for collection in self._catalogue:
            collection.shard.optimize()
            collection.flush()

    def close(self):
        self._catalogue.close()


@functools.lru_cache(maxsize=4096)
def _address(target):
    path, _, query = target.partition("?")
    segments = tuple(urllib.parse.unquote(segment) for segment in path.strip("/").split("/")) if path.strip("/") else ()
    return path, segments, dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
