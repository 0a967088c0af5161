# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The examples of `examples/python-integration` in the real server: models of one's own, and what becomes of their faults."""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from server import BINARY, ROOT, Server, free_port

EXAMPLES = ROOT / "examples" / "python-integration"
CORPUS = [ROOT / "examples/corpus" / name for name in ("history/lighthouse.md", "council/waste.md", "clinic/tick-season.md")]
QUESTION = "How high is the lighthouse on the Skerries?"
#: What a client must never see of a model's fault.
INSIDES = (b"Traceback", b"RuntimeError", b"TypeError", b"WorkerLost", b".py", b"told to fail")
#: How often workers are looked for, and how long they may take to come back.
PAUSE, PATIENCE = 0.05, 5.0


def documents():
    return [{"id": path.stem, "text": path.read_text(), "format": "markdown"} for path in CORPUS]


class ExampleCase(unittest.TestCase):
    def setUp(self):
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="grounded-python-"))
        self.addCleanup(shutil.rmtree, self.base, ignore_errors=True)
        self.asked = 0

    def server(self, embedder="custom_embedder:HashingEmbedder", workers=0, name="data", **settings):
        settings = {"EMBEDDING_BACKEND": f"python:{embedder}", "PYTHONPATH": EXAMPLES, "PYTHON_WORKERS": workers, **settings}
        server = Server(self.base / name / "data", **settings)
        self.addCleanup(server.stop, check=False)
        return server

    def ask(self, server, text="", deadline=10_000):
        """A query that nothing but its vector can answer; each another, so that no cache answers it."""
        self.asked += 1
        body = {"query": f"{text} lighthouse {self.asked}", "mode": "dense", "generate": False, "deadline_ms": deadline}
        return server.request("POST", "/query", body)

    def assert_answered(self, reply):
        self.assertEqual(reply.status, 200, reply.body)
        self.assertEqual(reply.json["passages"][0]["document_id"], "lighthouse")

    def assert_problem(self, reply, status, code):
        self.assertEqual((reply.status, reply.type), (status, "application/problem+json"), reply.body)
        self.assertEqual(reply.json["code"], code)
        for inside in INSIDES:
            self.assertNotIn(inside, reply.body)

    def assert_cites_the_lighthouse(self, server, reply):
        self.assertEqual(reply["degraded"], [])
        self.assertEqual(reply["passages"][0]["document_id"], "lighthouse")
        self.assertTrue(reply["answer"])
        self.assertTrue(reply["citations"])
        self.assertIn("lighthouse", {citation["document_id"] for citation in reply["citations"]})
        for citation in reply["citations"]:
            text = server.text(citation["document_id"], citation["revision"]).body
            self.assertEqual(text[citation["start"] : citation["end"]].decode(), citation["quote"])
            self.assertIsNot(citation["verified"], False)


class ModelTests(ExampleCase):
    def test_each_example_runs_by_itself(self):
        for path in sorted(EXAMPLES.glob("*.py")):
            with self.subTest(path.name):
                result = subprocess.run([sys.executable, path], capture_output=True, text=True, timeout=60)
                self.assertEqual(result.returncode, 0, result.stderr)

    def test_an_embedder_serves_in_the_process_and_in_workers_with_the_same_vectors(self):
        scores = []
        for workers in (0, 1):
            server = self.server(workers=workers, name=f"workers-{workers}")
            server.index(documents())
            for mode in ("dense", "hybrid"):
                reply = server.query(QUESTION, mode=mode)
                self.assert_cites_the_lighthouse(server, reply)
            scores.append([(passage["document_id"], passage["scores"]["dense"]) for passage in reply["passages"]])
            server.stop()
        self.assertEqual(*scores)

    def test_a_store_opens_again_with_the_same_embedder_and_not_with_another(self):
        first = self.server()
        first.index(documents())
        first.stop()
        second = self.server()
        self.assert_cites_the_lighthouse(second, second.query(QUESTION))
        second.stop()
        third = self.server("batching:BatchingEmbedder", ready=False)
        self.assertNotEqual(third.process.wait(timeout=60), 0)
        self.assertIn("reembed", third.log_tail())

    def test_a_reranker_s_scores_are_in_the_reply_and_decide_the_order(self):
        server = self.server(RERANKER="python:custom_reranker:ProximityReranker", RERANK="on", RERANK_WEIGHT=1)
        near = "The harbour lighthouse tower is 31 metres high."
        filler = " ".join(f"Entry {number} of the log says nothing new." for number in range(12))
        far = f"The tower of the church is old. {filler} The harbour is deep. {filler} The lighthouse is white. {filler} Metres are long."
        server.index([{"id": "far", "text": far}, {"id": "near", "text": near}])
        question = "How many metres has the harbour lighthouse tower?"
        reply = server.query(question, generate=False)
        self.assertEqual(reply["degraded"], [])
        self.assertEqual([passage["document_id"] for passage in reply["passages"]][0], "near")
        judged = [passage["scores"]["rerank"] for passage in reply["passages"]]
        self.assertNotIn(None, judged)
        self.assertEqual(judged, sorted(judged, reverse=True))
        plain = server.query(question, generate=False, rerank=False)
        self.assertEqual({passage["scores"]["rerank"] for passage in plain["passages"]}, {None})

    def test_a_generator_streams_and_its_marker_becomes_a_citation(self):
        for workers in (0, 1):
            with self.subTest(workers=workers):
                settings = {"LM_BACKEND": "python:custom_generator:QuotingGenerator", "LM_MODEL": "quoting"}
                server = self.server(workers=workers, name=f"workers-{workers}", **settings)
                server.index(documents())
                reply = server.query(QUESTION)
                self.assertEqual(reply["model"], "quoting")
                self.assert_cites_the_lighthouse(server, reply)
                self.assertIn("[1]", reply["answer"])
                events = server.stream(QUESTION)
                text = "".join(event.data["text"] for event in events if event.name == "token")
                self.assertEqual(text, reply["answer"])
                server.stop()

    def test_an_embedder_that_wants_batches_indexes_and_answers(self):
        server = self.server("batching:BatchingEmbedder")
        server.index(documents() + [{"id": f"log-{number}", "text": f"Entry {number} of the ferry's log."} for number in range(70)])
        self.assert_cites_the_lighthouse(server, server.query(QUESTION))


class FaultTests(ExampleCase):
    def test_an_exception_costs_its_request_and_its_frames_are_in_the_log_alone(self):
        for workers in (0, 1):
            with self.subTest(workers=workers):
                server = self.server("isolation:FaultyEmbedder", workers=workers, name=f"workers-{workers}")
                server.index(documents())
                for _ in range(10):
                    self.assert_problem(self.ask(server, "raiseanerror"), 503, "unavailable")
                    self.assert_answered(self.ask(server))
                log = server.log_path.read_text()
                self.assertIn("RuntimeError", log)
                self.assertIn("isolation.py", log)
                # With words beside the vector the same fault costs the vector and not the reply.
                reply = server.query(f"raiseanerror {QUESTION}", generate=False)
                self.assertEqual(reply["degraded"], ["vector"])
                self.assertEqual(reply["passages"][0]["document_id"], "lighthouse")
                server.stop()

    def test_a_document_that_the_model_fails_on_fails_alone(self):
        server = self.server("isolation:FaultyEmbedder")
        bad = {"id": "bad", "text": "raiseanerror stands in this one."}
        reply = server.request("POST", "/index", {"documents": [*documents(), bad]})
        results = {result["id"]: result for result in reply.json["results"]}
        self.assertEqual(results["bad"]["status"], "failed", reply.body)
        self.assertEqual({result["status"] for key, result in results.items() if key != "bad"}, {"indexed"}, reply.body)
        for inside in INSIDES:
            self.assertNotIn(inside, reply.body)
        self.assert_answered(self.ask(server))

    def test_a_result_of_the_wrong_kind_costs_its_request(self):
        sys.path.insert(0, str(EXAMPLES))
        self.addCleanup(sys.path.remove, str(EXAMPLES))
        import buffers

        model = buffers.BufferEmbedder()
        for workers in (0, 1):
            server = self.server("buffers:BufferEmbedder", workers=workers, name=f"workers-{workers}")
            server.index(documents())
            for word in buffers.FAULTS:
                with self.subTest(word, workers=workers):
                    with self.assertRaises((TypeError, ValueError)):
                        buffers.check(model.embed([word], "query"), 1, 256)
                    self.assert_problem(self.ask(server, word), 503, "unavailable")
                    self.assert_answered(self.ask(server))
            server.stop()

    def test_a_hang_in_the_process_is_a_deadline_error_then_unready_then_an_exit_with_70(self):
        server = self.server("isolation:FaultyEmbedder", EMBEDDING_THREADS=2)
        server.index(documents())
        start = time.monotonic()
        self.assert_problem(self.ask(server, "hangforever", deadline=500), 504, "deadline_exceeded")
        self.assertLess(time.monotonic() - start, 3)
        self.assert_answered(self.ask(server))
        self.assertEqual(server.process.wait(timeout=20), 70)
        self.assertIn("hangs", server.log_path.read_text())


class IsolationTests(ExampleCase):
    def workers(self, server):
        """The process numbers of the workers that run, without those of the loaders."""
        command = ["pgrep", "-f", "-P", str(server.process.pid), "grounded_models.worker"]
        found = subprocess.run(command, capture_output=True, text=True)
        return set(found.stdout.split())

    def assert_workers_return(self, server, before):
        """Two workers run, one of them new, within five seconds; then both answer."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            now = self.workers(server)
            if len(now) == 2 and now != before:
                break
            time.sleep(PAUSE)
        else:
            self.fail(f"workers {before} have become {now}")
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for reply in pool.map(lambda _: self.ask(server), range(8)):
                self.assert_answered(reply)
        self.assertIsNone(server.process.poll())

    def test_crashes_hangs_and_endless_loops_cost_one_request_each(self):
        server = self.server("isolation:FaultyEmbedder", workers=2)
        server.index(documents())
        faults = [("crashtheprocess", 503, "unavailable"), ("hangforever", 504, "deadline_exceeded")]
        for word, status, code in [*faults, ("loopforever", 504, "deadline_exceeded"), *faults]:
            with self.subTest(word):
                before = self.workers(server)
                self.assertEqual(len(before), 2)
                with concurrent.futures.ThreadPoolExecutor(9) as pool:
                    bad = pool.submit(self.ask, server, word, 500)
                    time.sleep(0.1)
                    good = [pool.submit(self.ask, server) for _ in range(16)]
                    for reply in good:
                        self.assert_answered(reply.result())
                    self.assert_problem(bad.result(), status, code)
                self.assert_workers_return(server, before)
        self.assertEqual(server.request("GET", "/health/ready").status, 200)
        log = server.log_path.read_text()
        self.assertIn("signal 11", log)
        self.assertIn("did not answer in time", log)
        children = subprocess.run(["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True).stdout.split()
        self.assertEqual(len(children), 3)
        server.stop()
        left = subprocess.run(["ps", "-o", "args=", "-p", ",".join(children)], capture_output=True, text=True).stdout
        self.assertNotIn("grounded_", left)

    def test_the_script_shows_it(self):
        script = EXAMPLES / "isolation.sh"
        environment = {**os.environ, "GROUNDED_BINARY": BINARY, "PORT": str(free_port())}
        result = subprocess.run([script], capture_output=True, text=True, timeout=60, env=environment)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        for expected in ("200 in", "503 in", "504 in", "signal 11"):
            self.assertIn(expected, result.stdout)


if __name__ == "__main__":
    unittest.main()
