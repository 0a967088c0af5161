# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Stopping, starting and starting wrongly: what is begun is finished, what is accepted is done, what is wrong is said."""

import os
import pathlib
import shutil
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from llm import ScriptedModel
from server import QUICK, ROOT, Server, command

SLOW = {
    "EMBEDDING_BACKEND": "python:slow_embedder:SlowEmbedder",
    "PYTHONPATH": os.pathsep.join([str(ROOT / "Tests" / "Crash"), str(ROOT / "Tests" / "Integration")]),
}
TEXT = "The starter is called Old Tom. It is fed at five in the morning."


class ShutdownTests(unittest.TestCase):
    def setUp(self):
        base = pathlib.Path(tempfile.mkdtemp(prefix="grounded-stop-"))
        self.addCleanup(shutil.rmtree, base, ignore_errors=True)
        self.data = base / "data"

    def start(self, **settings):
        server = Server(self.data, **settings)
        self.addCleanup(server.stop, check=False)
        return server

    def test_what_is_in_flight_is_finished(self):
        model = ScriptedModel()
        self.addCleanup(model.stop)
        server = self.start(DRAIN_SECONDS=1, SHUTDOWN_SECONDS=20, **model.settings, **SLOW)
        server.index([{"id": "bread", "text": TEXT}])
        model.say(["Old Tom ", *["is fed and "] * 20, "is fed at five in the morning [1]."], pause=0.1)
        documents = [{"id": f"d{number}", "text": f"Text {number}."} for number in range(12)]
        with ThreadPoolExecutor(3) as pool:
            stream = pool.submit(server.stream, TEXT)
            query = pool.submit(server.query, TEXT)
            index = pool.submit(server.index, documents)
            self.assertTrue(model.began.wait(10))
            time.sleep(0.3)
            begin = time.monotonic()
            server.terminate()
            ready = 200
            while ready == 200 and time.monotonic() - begin < 1:
                reply = server.request("GET", "/health/ready")
                ready = reply.status
            self.assertEqual(ready, 503)
            self.assertEqual(reply.json["status"], "draining")
            self.assertFalse(stream.done() or query.done(), "nothing was in flight any more")
            events = stream.result(30)
            self.assertEqual(events[-1].name, "done")
            self.assertTrue(events[-1].data["answer"].startswith("Old Tom is fed"))
            self.assertTrue(query.result(30)["answer"].startswith("Old Tom is fed"))
            self.assertEqual({result["status"] for result in index.result(30)["results"]}, {"indexed"})
        self.assertEqual(server.process.wait(20), 0, server.log_tail())
        print(f"shutdown: everything was finished and the server gone {time.monotonic() - begin:.1f} s after SIGTERM")
        self.assertLess(time.monotonic() - begin, 20)

    def test_accepted_jobs_are_finished_after_a_restart(self):
        server = self.start(**SLOW)
        documents = [{"id": f"job{number}", "text": f"Accepted text {number}."} for number in range(24)]
        job = server.index(documents, wait=False)["job_id"]
        time.sleep(0.4)
        self.assertEqual(server.stop(check=False), 0, server.log_tail())
        server = self.start(**SLOW)
        left = 24 - len(server.request("GET", "/documents").json["documents"])
        deadline = time.monotonic() + 30
        while (state := server.request("GET", f"/jobs/{job}").json)["status"] in ("queued", "running"):
            self.assertLess(time.monotonic(), deadline, state)
            time.sleep(0.05)
        self.assertEqual((state["status"], state["documents"]["indexed"]), ("done", 24))
        for document in documents:
            self.assertEqual(server.text(document["id"]).body.decode(), document["text"])
        print(f"shutdown: {left} of 24 accepted documents were left over and finished after the restart")
        self.assertGreater(left, 0)

    def test_a_second_server_is_told_who_holds_the_folder(self):
        server = self.start(**QUICK)
        result = command(["serve"], self.data, SERVER_PORT=0, timeout=30, **QUICK)
        self.assertGreater(result.returncode, 0, "it must end with an error, not a crash")
        self.assertIn(str(server.process.pid), result.stderr + result.stdout)
        self.assertIn(str(server.port), result.stderr + result.stdout)
        self.assertEqual(server.request("GET", "/health/ready").status, 200)

    def test_another_chunk_size_needs_reembed(self):
        texts = {f"d{number}": f"Number {number}. " + " ".join(f"word{n % 97}" for n in range(300)) for number in range(5)}
        server = self.start(CHUNK_TOKENS=40, **QUICK)
        server.index([{"id": identifier, "text": text} for identifier, text in texts.items()])
        before = {identifier: server.request("GET", f"/documents/{identifier}").json for identifier in texts}
        server.stop()
        result = command(["serve"], self.data, SERVER_PORT=0, CHUNK_TOKENS=64, timeout=30, **QUICK)
        self.assertGreater(result.returncode, 0, "it must end with an error, not a crash")
        self.assertIn("grounded reembed", result.stderr + result.stdout)
        result = command(["reembed"], self.data, CHUNK_TOKENS=64, **QUICK)
        self.assertEqual(result.returncode, 0, result.stderr)
        server = self.start(CHUNK_TOKENS=64, **QUICK)
        for identifier, text in texts.items():
            self.assertEqual(server.text(identifier).body.decode(), text)
            after = server.request("GET", f"/documents/{identifier}").json
            self.assertEqual((after["hash"], after["revision"]), (before[identifier]["hash"], before[identifier]["revision"]))
            self.assertLess(after["chunks"], before[identifier]["chunks"])
            found = server.query(text[:60], generate=False)["passages"]
            self.assertIn(identifier, [passage["document_id"] for passage in found])
        server.stop()
        self.assertEqual(command(["verify"], self.data, CHUNK_TOKENS=64, **QUICK).returncode, 0)

    def test_all_mistakes_are_reported_at_once_and_secrets_are_not(self):
        wrong = {
            "SERVER_PORT": "99999", "FUSION": "magic", "DENSE_WEIGHT": "2", "CHUNK_TOKENS": "many", "INDEX_MEMORY": "-1",
            "LOG_LEVEL": "loud", "QDRANT_URL": "qdrant:6333", "API_KEYS": "red:king:secret-of-the-king-0123",
        }
        result = command(["check-config"], self.data, OPENAI_API_KEY="sk-secret-of-the-model", **wrong)
        output = result.stdout + result.stderr
        self.assertEqual(result.returncode, 1)
        # Everything is printed with its value; the list of mistakes names each again.
        mistakes = [line for line in output.splitlines() if line.lstrip().startswith("- ")]
        for name in [*wrong, "LM_MODEL"]:
            self.assertTrue(any(name in line for line in mistakes), f"{name} is not among {mistakes}")
        for secret in ("secret-of-the-king-0123", "sk-secret-of-the-model"):
            self.assertNotIn(secret, output)
        self.assertIn("<redacted>", output)
        self.assertEqual(command(["check-config"], self.data, **QUICK).returncode, 0)

    def test_an_address_that_cannot_be_used_is_an_error_and_no_crash(self):
        address = "http://user:hunter2hunter2@127.0.0.1:9/v1"
        result = command(["serve"], self.data, SERVER_PORT=0, LM_MODEL="m", OPENAI_BASE_URL=address, timeout=30, **QUICK)
        self.assertGreater(result.returncode, 0, result.stderr[:300])
        self.assertIn("OPENAI_BASE_URL", result.stderr)
        self.assertNotIn("hunter2", result.stderr)

    def test_an_unknown_key_in_a_file_is_a_mistake(self):
        file = self.data.parent / "settings.yaml"
        self.data.parent.mkdir(exist_ok=True)
        file.write_text("chunk_tokens: 60\nchunk_tokenz: 61\n")
        result = command(["check-config", "--config", file], self.data)
        self.assertEqual(result.returncode, 1)
        self.assertIn("chunk_tokenz", result.stdout + result.stderr)


if __name__ == "__main__":
    unittest.main()
