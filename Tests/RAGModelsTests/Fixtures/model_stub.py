# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Scripted embedding and reranking servers that misbehave on demand, in the dialects of OpenAI, TEI, Cohere and Jina.

Prints its port on the first line. The path's first segment names the script, which may end with ~ and anything; the rest is the
endpoint: POST /<script>/embeddings, /<script>/embed, /<script>/tokenize, /<script>/rerank, GET /<script>/info. GET /state answers what
llm_stub.py answers. A text's vector has four floats that follow from its bytes; a passage's score is the number of words that it
shares with the query. It ends when its standard input is closed.
"""

import base64
import json
import re
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOCK = threading.Lock()
REQUESTS = {}
LAST = {}
SIZES = {}
#: The scripts that misbehave when they count tokens; the others count well.
TOKENIZERS = {"no_tokenize", "characters", "prompted", "lying_tokens"}


def vector(text):
    data = text.encode()
    return [float(len(data)), float(sum(data) % 97), float(data[0]) if data else 1.0, 3.0]


def packed(floats):
    return base64.b64encode(struct.pack(f"<{len(floats)}f", *floats)).decode()


def words(text):
    return set(re.findall(r"\w+", text.lower()))


def tokens(text, unit="bytes"):
    """One token a word or sign, with the special ones at both ends."""
    found = [{"id": 101, "text": "[CLS]", "special": True, "start": None, "stop": None}]
    for match in re.finditer(r"\w+|[^\w\s]", text):
        start, stop = match.span()
        if unit == "bytes":
            start, stop = len(text[:start].encode()), len(text[:stop].encode())
        found.append({"id": 7, "text": match.group(), "special": False, "start": start, "stop": stop})
    return found


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        if self.path == "/state":
            with LOCK:
                return self.plain(200, {"requests": REQUESTS, "last": LAST, "sizes": SIZES})
        self.body = None
        self.handle_script()

    def do_POST(self):
        self.raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.body = json.loads(self.raw)
        self.handle_script()

    def handle_script(self):
        _, script, *rest = self.path.split("/")
        self.endpoint = rest[-1] if rest else ""
        with LOCK:
            key = script if self.body is not None else script + "/" + self.endpoint
            REQUESTS[key] = attempt = REQUESTS.get(key, 0) + 1
            if self.body is not None:
                LAST[script] = {"headers": dict(self.headers.items()), "body": self.raw, "path": self.path}
                texts = self.body.get("input") or self.body.get("inputs") or self.body.get("texts") or self.body.get("documents")
                SIZES.setdefault(script, []).append(len(texts))
        try:
            if self.path.endswith("/info"):
                return self.info(script)
            name = script.split("~")[0].replace("-", "_")
            if self.endpoint == "tokenize" and name not in TOKENIZERS:
                return self.ok()
            getattr(self, "script_" + name, lambda _: self.ok())(attempt)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def plain(self, status, body, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def info(self, script):
        if script == "no-info":
            return self.plain(404, {})
        kind = {"reranker": {"id2label": {}}} if script == "only-reranks" else {"embedding": {"pooling": "mean"}}
        sha = None if script == "no-sha" else "c0ffee"
        self.plain(200, {
            "model_id": "test/model", "model_sha": sha, "model_dtype": "float16", "model_type": kind, "max_input_length": 384,
            "max_client_batch_size": 3, "auto_truncate": True, "version": "1.8.0",
        })

    # What the endpoints answer when all is well.

    def openai(self, vectors=None, indexes=None, pack=None):
        texts = self.body["input"]
        vectors = vectors or [vector(text) for text in texts]
        pack = self.body.get("encoding_format") == "base64" if pack is None else pack
        data = [{"object": "embedding", "index": index, "embedding": packed(floats) if pack else floats}
                for index, floats in enumerate(vectors)]
        if indexes is not None:
            data = [dict(item, index=index) for item, index in zip(data, indexes)]
        return {"object": "list", "model": "m", "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}

    def ranking(self, scores=None, indexes=None):
        passages = self.body.get("texts") or self.body.get("documents")
        scores = scores or [float(len(words(self.body["query"]) & words(text))) for text in passages]
        key = "score" if "texts" in self.body else "relevance_score"
        pairs = list(zip(indexes or range(len(scores)), scores))
        results = [{"index": index, key: score} for index, score in sorted(pairs, key=lambda pair: -pair[1])]
        return results if "texts" in self.body else {"id": "1", "results": results, "meta": {}}

    def ok(self):
        if self.endpoint == "embeddings":
            return self.plain(200, self.openai())
        if self.endpoint == "embed":
            return self.plain(200, [vector(text) for text in self.body["inputs"]])
        if self.endpoint == "tokenize":
            return self.plain(200, [tokens(text) for text in self.body["inputs"]])
        if self.endpoint == "rerank":
            return self.plain(200, self.ranking())
        self.plain(404, {"error": "no such path"})

    # Scripts. Those that break only later answer their first request, which is the probe.

    def later(self, attempt, answer):
        if attempt == 1:
            self.ok()
        else:
            answer()

    def script_shuffled(self, attempt):
        reply = self.openai() if self.endpoint == "embeddings" else None
        reply["data"].reverse()
        self.plain(200, reply)

    def script_no_index(self, attempt):
        reply = self.openai()
        for item in reply["data"]:
            del item["index"]
        self.plain(200, reply)

    def script_no_base64(self, attempt):
        if self.body.get("encoding_format") == "base64":
            self.plain(400, {"message": "base64 encoding is not currently supported", "code": 400})
        else:
            self.ok()

    def script_ignores_base64(self, attempt):
        self.plain(200, self.openai(pack=False))

    def script_short(self, attempt):
        if self.endpoint == "rerank":
            return self.plain(200, self.ranking()[1:])
        if self.endpoint == "embed":
            return self.later(attempt, lambda: self.plain(200, [vector(text) for text in self.body["inputs"]][1:]))
        reply = self.openai()
        self.later(attempt, lambda: self.plain(200, dict(reply, data=reply["data"][1:])))

    def script_duplicate(self, attempt):
        if self.endpoint == "rerank":
            return self.plain(200, self.ranking(indexes=[0] * len(self.body["texts"])))
        self.later(attempt, lambda: self.plain(200, self.openai(indexes=[0] * len(self.body["input"]))))

    def script_outside(self, attempt):
        if self.endpoint == "rerank":
            return self.plain(200, self.ranking(indexes=[index + 1 for index in range(len(self.body["texts"]))]))
        self.later(attempt, lambda: self.plain(200, self.openai(indexes=[-1] * len(self.body["input"]))))

    def script_nan(self, attempt):
        nan = float("nan")
        if self.endpoint == "rerank":
            return self.plain(200, self.ranking(scores=[nan] * len(self.body["texts"])))
        if self.endpoint == "embed":
            return self.later(attempt, lambda: self.plain(200, [[nan] * 4 for _ in self.body["inputs"]]))
        self.later(attempt, lambda: self.plain(200, self.openai([[nan] * 4 for _ in self.body["input"]])))

    def script_infinite(self, attempt):
        if self.endpoint == "rerank":
            return self.plain(200, self.ranking(scores=[1e300] * len(self.body["texts"])))
        self.later(attempt, lambda: self.plain(200, self.openai([[1e300] * 4 for _ in self.body["input"]], pack=False)))

    def script_zero(self, attempt):
        self.later(attempt, lambda: self.plain(200, self.openai([[0.0] * 4 for _ in self.body["input"]])))

    def script_other_dimension(self, attempt):
        self.later(attempt, lambda: self.plain(200, self.openai([[1.0] * 5 for _ in self.body["input"]])))

    def script_ragged_base64(self, attempt):
        reply = self.openai()
        for item in reply["data"]:
            item["embedding"] = "AAAA"
        self.later(attempt, lambda: self.plain(200, reply))

    def script_not_a_vector(self, attempt):
        reply = self.openai([[1.0, "x", 2.0, None]] * len(self.body["input"]), pack=False)
        self.later(attempt, lambda: self.plain(200, reply))

    def script_null_score(self, attempt):
        self.plain(200, self.ranking(scores=None) and [{"index": i, "score": None} for i, _ in enumerate(self.body["texts"])])

    def script_html(self, attempt):
        if self.endpoint == "rerank":
            return self.plain(200, b"<html>proxy</html>")
        self.later(attempt, lambda: self.plain(200, b"<html>proxy</html>"))

    def script_array(self, attempt):
        if self.endpoint == "rerank":
            return self.plain(200, {"scores": []})
        self.later(attempt, lambda: self.plain(200, [1, 2]))

    def script_busy_once(self, attempt):
        if attempt == 2:
            self.plain(429, {"error": "slow down"}, [("Retry-After", "0.2")])
        else:
            self.ok()

    def script_overloaded(self, attempt):
        self.later(attempt, lambda: self.plain(503, {"error": "busy"}, [("Retry-After", "30")]))

    def script_key(self, attempt):
        said = self.headers.get("Authorization", "")
        if said != "Bearer right":
            return self.plain(401, {"error": {"message": f"Incorrect API key provided: {said}"}})
        self.ok()

    def script_too_long(self, attempt):
        if self.endpoint == "rerank":
            return self.plain(413, {"error": "too long", "error_type": "Validation"})
        self.later(attempt, lambda: self.plain(413, {"error": "`inputs` must have less than 512 tokens", "error_type": "Validation"}))

    def script_context(self, attempt):
        message = "This model's maximum context length is 8192 tokens, however you requested 9000 tokens."
        self.later(attempt, lambda: self.plain(400, {"error": {"message": message}}))

    def script_redirect(self, attempt):
        self.plain(307, b"", [("Location", "/ok/" + self.endpoint)])

    def script_hangup(self, attempt):
        def hang_up():
            self.close_connection = True
            self.connection.close()
        if self.endpoint == "rerank":
            return hang_up()
        self.later(attempt, hang_up)

    def script_cut(self, attempt):
        def cut():
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b"[[0.1,")
            self.close_connection = True
            self.connection.close()
        if self.endpoint == "rerank":
            return cut()
        self.later(attempt, cut)

    def script_slow(self, attempt):
        if self.endpoint == "rerank" or attempt > 1:
            time.sleep(3)
        self.ok()

    def script_slow_batches(self, attempt):
        """One text comes at once, several take their time: a server that is busy with documents."""
        if len(self.body["input"]) > 1:
            time.sleep(1.5)
        self.ok()

    def script_paced(self, attempt):
        """30 ms a passage."""
        time.sleep(0.03 * len(self.body["texts"]))
        self.ok()

    def script_second_slow(self, attempt):
        if attempt > 1:
            time.sleep(3)
        self.ok()

    def script_no_tokenize(self, attempt):
        if self.endpoint == "tokenize":
            return self.plain(404, {})
        self.ok()

    def script_characters(self, attempt):
        if self.endpoint == "tokenize":
            return self.plain(200, [tokens(text, "characters") for text in self.body["inputs"]])
        self.ok()

    def script_prompted(self, attempt):
        """Puts a prompt before every text and counts in both together."""
        if self.endpoint == "tokenize":
            return self.plain(200, [tokens("passage: " + text) for text in self.body["inputs"]])
        self.ok()

    def script_lying_tokens(self, attempt):
        """Tells the truth of the sample alone."""
        if self.endpoint == "tokenize" and "naïve" not in self.body["inputs"][0]:
            far = {"id": 7, "text": "x", "special": False, "start": 5, "stop": 5_000_000}
            return self.plain(200, [[far] for _ in self.body["inputs"]])
        self.ok()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def main():
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


main()
