# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Embedding and reranking servers on 127.0.0.1, small and exact: a text's vector counts its words."""

import base64
import json
import re
import struct
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DIMENSION = 256


def words(text):
    return re.findall(r"\w+", text.lower())


def vector(text):
    """Words hashed into places: texts that share words are near each other."""
    floats = [0.01] * DIMENSION
    for word in words(text):
        floats[zlib.crc32(word.encode()) % DIMENSION] += 1.0
    return floats


class ModelServers:
    """Speaks OpenAI's /v1/embeddings and all of TEI's and Jina's that the server uses. `key` is demanded where it is set."""

    def __init__(self, key=None, base64_allowed=True):
        self.key = key
        self.base64_allowed = base64_allowed
        #: Changes what every text's vector means, as another model would.
        self.shift = 0
        #: The status that every request gets, if any.
        self.failing = None
        #: How long a request of several texts takes, and how many of them are waiting for it.
        self.pause = 0.0
        self.waiting = 0
        self.requests = []
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def count(self, path):
        with self.lock:
            return sum(1 for requested, _ in self.requests if requested == path)

    def vector(self, text):
        floats = vector(text)
        return floats[self.shift :] + floats[: self.shift]

    def _handler(servers):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def reply(self, status, body):
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self):
                self.answer(None)

            def do_POST(self):
                self.answer(json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0))))

            def answer(self, body):
                with servers.lock:
                    servers.requests.append((self.path, body))
                if servers.failing:
                    return self.reply(servers.failing, {"error": "told to fail"})
                if servers.key and self.headers.get("Authorization") != f"Bearer {servers.key}":
                    return self.reply(401, {"error": {"message": "wrong key " + self.headers.get("Authorization", "")}})
                method = getattr(self, {
                    "/v1/embeddings": "embeddings", "/info": "info", "/embed": "embed", "/tokenize": "tokenize",
                    "/rerank": "rerank", "/v1/rerank": "rerank",
                }.get(self.path, "missing"))
                method(body)

            def missing(self, _):
                self.reply(404, {"error": "no such path"})

            def embeddings(self, body):
                packs = body.get("encoding_format") == "base64"
                if packs and not servers.base64_allowed:
                    return self.reply(400, {"error": {"message": "base64 encoding is not currently supported"}})
                if servers.pause and len(body["input"]) > 1:
                    with servers.lock:
                        servers.waiting += 1
                    time.sleep(servers.pause)
                    with servers.lock:
                        servers.waiting -= 1
                data = []
                for index, text in enumerate(body["input"]):
                    floats = servers.vector(text)
                    packed = base64.b64encode(struct.pack(f"<{DIMENSION}f", *floats)).decode() if packs else floats
                    data.append({"object": "embedding", "index": index, "embedding": packed})
                self.reply(200, {"object": "list", "model": body["model"], "data": data[::-1]})

            def info(self, _):
                self.reply(200, {
                    "model_id": "words/hashed", "model_sha": "0" * 40, "model_dtype": "float32",
                    "model_type": {"embedding": {"pooling": "mean"}}, "max_input_length": 256, "max_client_batch_size": 32,
                })

            def embed(self, body):
                if any(len(words(text)) > 256 for text in body["inputs"]):
                    return self.reply(413, {"error": "`inputs` must have less than 256 tokens", "error_type": "Validation"})
                self.reply(200, [servers.vector(text) for text in body["inputs"]])

            def tokenize(self, body):
                found = []
                for text in body["inputs"]:
                    spans = [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]
                    found.append([
                        {"id": 1, "text": text[start:stop], "special": False, "start": len(text[:start].encode()),
                         "stop": len(text[:stop].encode())}
                        for start, stop in spans
                    ])
                self.reply(200, found)

            def rerank(self, body):
                passages = body.get("texts") or body.get("documents")
                wanted = set(words(body["query"]))
                scores = [float(len(wanted & set(words(passage)))) for passage in passages]
                key = "score" if "texts" in body else "relevance_score"
                results = [{"index": index, key: score} for index, score in enumerate(scores)]
                results.sort(key=lambda result: -result[key])
                self.reply(200, results if "texts" in body else {"results": results})

        return Handler
