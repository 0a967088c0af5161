# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Qdrant may be away, full, slow or wrong: nobody is told "no results" for "could not ask", nothing foreign is shown, and what was
acknowledged is there.

Runs on the Qdrant test server, which needs the Python packages of scripts/setup-python.sh --test; without them the tests are skipped, or
fail where GROUNDED_REQUIRE_SERVERS=1 says that they must be there. With QDRANT_URL set it runs on that server instead.
GROUNDED_FAULT_ROUNDS sets how often each fault is made (2; 20 before a release).
"""

import concurrent.futures
import importlib.util
import itertools
import json
import os
import sys
import time
import unittest
import urllib.request
import uuid

from server import QUICK, ROOT, Server, command

sys.path[:0] = [str(ROOT / "Tests" / "Chaos"), str(ROOT / "Tests" / "QdrantServer")]
from qdrant_faults import CANARY, FOREIGN, FaultyQdrant  # noqa: E402
from running import QdrantServer  # noqa: E402

ROUNDS = int(os.environ.get("GROUNDED_FAULT_ROUNDS", "2"))
IS_REQUIRED = os.environ.get("GROUNDED_REQUIRE_SERVERS") == "1"
REAL_URL = os.environ.get("QDRANT_URL")
#: The breaker first opens for 5 s, give or take a fifth. On a busy machine its first probe may fail; then it opens for twice as long.
COMES_BACK_WITHIN = 20
#: A request's own limit, and what it takes beside.
SOON = 4
KEYS = {"reader": "reader-writes-0123456789abcdef", "writer": "writer-writes-0123456789abcdef", "ops": "ops-admin-0123456789abcdef"}
API_KEYS = f"reader:write:{KEYS['reader']}, writer:write:{KEYS['writer']}, ops:admin:{KEYS['ops']}"
CORPUS = [
    {
        "id": f"d{number}", "title": f"Lot {number}",
        "text": f"Seeds of lot {number} are kept dry in house {number % 3}.\n\nThe key hangs by the door.",
    }
    for number in range(12)
]
QUESTION = {"query": "how are seeds of lot 7 kept", "generate": False}


def expect_engine():
    if not REAL_URL and (importlib.util.find_spec("qdrant_edge") is None or importlib.util.find_spec("qdrant_client") is None):
        if IS_REQUIRED:
            raise AssertionError("the Qdrant engine is not installed, and GROUNDED_REQUIRE_SERVERS=1 says that it must be")
        raise unittest.SkipTest("the Qdrant engine is not installed (scripts/setup-python.sh --test)")


def long_text(name, paragraphs=12):
    """Several chunks' worth of words that say whose version they are."""
    return "\n\n".join(f"Paragraph {number} of {name}: " + f"{name} " * 60 for number in range(paragraphs))


class OnFaultyQdrant(unittest.TestCase):
    """A Qdrant, the proxy before it, and settings of servers that ask the proxy."""

    @classmethod
    def setUpClass(cls):
        expect_engine()
        cls.collection = f"faults_{uuid.uuid4().hex[:12]}"
        if REAL_URL:
            print(f"{cls.__name__}: against the server at {REAL_URL}", file=sys.stderr)
            cls.upstream = REAL_URL
            cls.addClassCleanup(cls.drop)
        else:
            qdrant = QdrantServer()
            cls.addClassCleanup(qdrant.close)
            cls.upstream = qdrant.url
        cls.proxy = FaultyQdrant(cls.upstream)
        cls.addClassCleanup(cls.proxy.stop)
        # No cache: every query asks Qdrant.
        cls.settings = dict(QDRANT_COLLECTION=cls.collection, API_KEYS=API_KEYS, CACHE_SIZE=0, CHUNK_TOKENS=80, **QUICK)
        with Server(QDRANT_URL=cls.upstream, key=KEYS["reader"], **cls.settings) as server:
            server.index(CORPUS)
            cls.expected = cls.seen(server.query(**{"text": QUESTION["query"], "generate": False}))
        assert cls.expected

    @classmethod
    def drop(cls):
        """Removes from a real server what these tests made there."""
        key = os.environ.get("QDRANT_API_KEY")
        headers = {"api-key": key} if key else {}
        with urllib.request.urlopen(urllib.request.Request(REAL_URL + "/collections", headers=headers)) as reply:
            names = [each["name"] for each in json.load(reply)["result"]["collections"]]
        for name in names:
            if name.startswith(cls.collection):
                urllib.request.urlopen(urllib.request.Request(f"{REAL_URL}/collections/{name}", headers=headers, method="DELETE")).close()

    @staticmethod
    def seen(reply):
        return [(passage["document_id"], passage["text"]) for passage in reply["passages"]]

    def run_command(self, *arguments):
        return command(arguments, ROOT / "data", **{**self.settings, "QDRANT_URL": self.upstream})


class FaultTests(OnFaultyQdrant):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = Server(QDRANT_URL=cls.proxy.url, key=KEYS["reader"], **cls.settings)
        cls.addClassCleanup(cls.server.stop, check=False)
        cls.numbers = itertools.count()
        cls.jobs = []

    def setUp(self):
        self.proxy.fault("pass")
        self.wait_until_right()

    def ask(self):
        return self.timed("POST", "/query", QUESTION)

    def timed(self, method, path, body=None, tenant="reader"):
        begin = time.monotonic()
        reply = self.server.request(method, path, body, key=KEYS[tenant])
        return reply, time.monotonic() - begin

    def check_right(self, reply):
        self.assertEqual(reply.status, 200, reply.body)
        self.assertEqual(self.seen(reply.json), self.expected)

    def check_refused(self, reply, statuses=(503,)):
        """An error that says when to come again, and nothing that could be taken for an answer."""
        self.assertIn(reply.status, statuses, reply.body)
        self.assertEqual(reply.type, "application/problem+json")
        if reply.status != 507:
            self.assertGreaterEqual(int(reply.headers["Retry-After"]), 1)
        self.assertNotIn("passages", reply.json)

    def check_waited(self, reply, may_work):
        """Who waits for the result is told of each document, or of all at once."""
        if reply.status != 200:
            return self.check_refused(reply, (503, 507))
        for result in reply.json["results"]:
            if not may_work:
                self.assertEqual(result["status"], "failed", result)
            if result["status"] == "failed":
                self.assertIn(result["error"]["code"], ("unavailable", "overloaded", "insufficient_storage"), result)

    def wait_until_right(self, limit=COMES_BACK_WITHIN):
        """Every answer until then is refused, or right."""
        begin = time.monotonic()
        while True:
            reply, _ = self.ask()
            if reply.status == 200:
                self.check_right(reply)
                return time.monotonic() - begin
            self.check_refused(reply)
            self.assertLess(time.monotonic() - begin, limit, f"Qdrant is not asked again: {reply.body}")
            time.sleep(0.05)

    def wait_until_ready(self, limit=COMES_BACK_WITHIN):
        begin = time.monotonic()
        while self.server.request("GET", "/health/ready").status != 200:
            self.assertLess(time.monotonic() - begin, limit, self.server.request("GET", "/health").body)
            time.sleep(0.05)

    def write_until_done(self, document, limit=COMES_BACK_WITHIN):
        """As a client does that was told to come again."""
        begin = time.monotonic()
        while True:
            reply, _ = self.timed("POST", "/index", {"documents": [document]}, "writer")
            if reply.status == 200 and reply.json["results"][0]["status"] in ("indexed", "updated", "unchanged"):
                break
            self.check_waited(reply, may_work=True)
            self.assertLess(time.monotonic() - begin, limit, reply.body)
            time.sleep(0.05)
        text = self.server.request("GET", f"/documents/{document['id']}/text", key=KEYS["writer"])
        self.assertEqual(text.body.decode(), document["text"])

    def rounds(self, name, *faults, reads=False, writes=(503,), accepts=False, slowest=SOON):
        """Makes a fault, asks for everything at once, ends it, and sees that all is as it was.

        `reads`: whether what is read must be right all the same. `writes`: the statuses that a document for the queue may get; with
        `accepts` it may also be taken in, and then it must be there in the end.
        """
        longest = back = 0
        asked = 0
        for number in range(ROUNDS):
            fault = faults[number % len(faults)]
            before = self.proxy.counts.get(fault, 0)
            new = f"w{next(self.numbers)}"
            documents = [{"id": f"{new}-{each}", "text": long_text(f"{new}v{each}")} for each in range(2)]
            self.proxy.fault(fault)
            try:
                with concurrent.futures.ThreadPoolExecutor(8) as pool:
                    queries = [pool.submit(self.ask) for _ in range(3)]
                    others = [pool.submit(self.timed, "GET", path) for path in ("/documents/d7", "/documents/d7/text", "/documents")]
                    queued = pool.submit(self.timed, "POST", "/index", {"documents": documents[:1], "wait": False}, "writer")
                    waited = pool.submit(self.timed, "POST", "/index", {"documents": documents[1:]}, "writer")
                for each in queries:
                    reply, took = each.result()
                    longest = max(longest, took)
                    self.check_right(reply) if reads else self.check_refused(reply)
                for each in others:
                    reply, took = each.result()
                    longest = max(longest, took)
                    # Scores are in none of these.
                    if reads or (reply.status == 200 and accepts):
                        self.assertEqual(reply.status, 200, reply.body)
                        self.assertIn(b"d7" if reply.type == "application/json" else b"Seeds of lot 7", reply.body)
                    else:
                        self.check_refused(reply)
                reply, took = queued.result()
                if reply.status == 202 and accepts:
                    self.jobs.append(reply.json["job_id"])
                else:
                    self.check_refused(reply, writes)
                self.check_waited(waited.result()[0], may_work=accepts)
                if fault != "refuse":
                    self.assertGreater(self.proxy.counts.get(fault, 0), before, "the fault was not made")
            finally:
                self.proxy.fault("pass")
            asked += len(queries) + len(others) + 2
            back = max(back, self.wait_until_right())
            for document in documents:
                self.write_until_done(document)
            self.wait_until_ready()
            self.assertLess(longest, slowest)
        print(f"{name}: {ROUNDS} rounds, {asked} requests, slowest read {longest:.2f} s, back in {back:.2f} s")

    def test_refused(self):
        self.rounds("refused", "refuse")

    def test_timeout(self):
        self.rounds("timeout", "blackhole")

    def test_too_many_requests(self):
        self.rounds("429", "status-429", writes=(503, 429))

    def test_internal_error(self):
        self.rounds("500", "status-500")

    def test_service_unavailable(self):
        self.rounds("503", "status-503")

    def test_disk_full(self):
        self.rounds("507", "status-507", reads=True, writes=(507,))

    def test_half_applied(self):
        self.rounds("half-applied batch", "half", reads=True)

    def test_wrong_dimension(self):
        # Accepting needs no vectors.
        self.rounds("wrong dimension", "dimension", accepts=True)

    def test_missing_collection(self):
        self.rounds("missing collection", "missing")

    def test_truncated(self):
        self.rounds("truncated JSON", "truncate")

    def test_bad_scores(self):
        self.rounds("bad scores", "nan", "null-score", "word-score", "huge-score", accepts=True)

    def test_unknown_fields(self):
        self.rounds("unknown fields", "extra", reads=True, accepts=True)

    def test_slow_at_times(self):
        """One reply in a hundred comes 10 s late: nobody waits that long, and the others do not notice."""
        refused, longest, total = 0, 0, 0
        before = self.proxy.counts.get("slow", 0)
        self.proxy.fault("slow")
        try:
            for _ in range(ROUNDS):
                with concurrent.futures.ThreadPoolExecutor(4) as pool:
                    replies = list(pool.map(lambda _: self.ask(), range(100)))
                total += len(replies)
                for reply, took in replies:
                    longest = max(longest, took)
                    if reply.status == 200:
                        self.check_right(reply)
                    else:
                        self.check_refused(reply)
                        refused += 1
        finally:
            self.proxy.fault("pass")
        late = self.proxy.counts.get("slow", 0) - before
        self.assertGreater(late, 0)
        self.assertLessEqual(refused, late)
        self.assertLess(longest, 2 * SOON)
        self.wait_until_right()
        print(f"slow at times: {total} queries, {late} late replies, {refused} refused, slowest {longest:.2f} s")

    def test_left_alone_after_failures(self):
        """Five failures in a row, and Qdrant is left alone: refusals come at once, until a probe succeeds."""
        for _ in range(ROUNDS):
            self.proxy.fault("status-500")
            for _ in range(6):
                self.check_refused(self.ask()[0])
            self.assertEqual(self.server_metric("rag_upstream_breaker_open", 'upstream="qdrant"'), 1)
            asked = self.proxy.counts["status-500"]
            for _ in range(20):
                reply, took = self.ask()
                self.check_refused(reply)
                self.assertLess(took, 0.5)
            # At most a probe.
            self.assertLessEqual(self.proxy.counts["status-500"] - asked, 1)
            self.assertEqual(self.server.request("GET", "/health/live").status, 200)
            self.proxy.fault("pass")
            self.wait_until_right(COMES_BACK_WITHIN * 2)
            self.assertEqual(self.server_metric("rag_upstream_breaker_open", 'upstream="qdrant"'), 0)

    def server_metric(self, name, labels):
        text = self.server.request("GET", "/metrics", key=KEYS["ops"]).body.decode()
        lines = [line for line in text.splitlines() if line.startswith(name + "{") and labels in line]
        self.assertEqual(len(lines), 1, lines)
        return float(lines[0].rsplit(" ", 1)[1])

    def test_writes_that_are_cut_short_end_whole(self):
        """Half-applied batches while accepted documents are written over and over: each ends as one of its versions, whole."""
        versions = {}
        for number in range(ROUNDS):
            documents = [{"id": f"half-{each}", "text": long_text(f"half{each}v{number}", 40)} for each in range(3)]
            for document in documents:
                versions.setdefault(document["id"], []).append(document["text"])
            reply, _ = self.timed("POST", "/index", {"documents": documents, "wait": False}, "writer")
            self.assertEqual(reply.status, 202, reply.body)
            self.jobs.append(reply.json["job_id"])
            # Short enough that the breaker lets some of it through each time.
            for _ in range(4):
                self.proxy.fault("half")
                time.sleep(0.06)
                self.proxy.fault("pass")
                time.sleep(0.05)
            self.wait_until_right()
        self.finish_jobs()
        for name, texts in versions.items():
            text = self.server.request("GET", f"/documents/{name}/text", key=KEYS["writer"]).body.decode()
            self.assertEqual(text, texts[-1])

    def finish_jobs(self, limit=90):
        """A lease that could not be given back runs out after a minute."""
        begin = time.monotonic()
        for job in self.jobs:
            while True:
                reply, _ = self.timed("GET", f"/jobs/{job}", tenant="writer")
                self.assertEqual(reply.status, 200, reply.body)
                if reply.json["status"] not in ("queued", "running"):
                    break
                self.assertLess(time.monotonic() - begin, limit, reply.body)
                time.sleep(0.1)
            self.assertEqual(reply.json["status"], "done", reply.body)
        self.jobs.clear()

    def test_z_everything_is_whole_in_the_end(self):
        self.finish_jobs()
        verified = self.run_command("verify")
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
        first = self.run_command("reconcile", "--grace", "0")
        self.assertEqual(first.returncode, 0, first.stderr)
        again = self.run_command("reconcile", "--grace", "0")
        self.assertIn("removed 0 left-overs", again.stdout)
        self.assertEqual(self.run_command("verify").returncode, 0)
        self.wait_until_right()
        print(f"in the end: {verified.stdout.strip()}; reconcile {first.stdout.splitlines()[0]}, then none")


class ForeignTests(OnFaultyQdrant):
    """Points of another tenant are dropped, counted, and take the replica out of traffic until somebody has looked."""

    def check(self, fault, check_query):
        for _ in range(ROUNDS):
            with Server(QDRANT_URL=self.proxy.url, key=KEYS["reader"], **self.settings) as server:
                replies = []
                self.proxy.fault(fault)
                try:
                    for method, path, body in [
                        ("POST", "/query", QUESTION), ("POST", "/query", {**QUESTION, "mode": "lexical"}),
                        ("POST", "/query", {**QUESTION, "mode": "dense"}), ("POST", "/query", {"query": QUESTION["query"]}),
                        ("GET", "/documents/d7", None), ("GET", "/documents/d7/text", None), ("GET", "/documents", None),
                    ]:
                        reply = server.request(method, path, body)
                        replies.append((path, reply))
                        self.assertNotIn(CANARY.encode(), reply.body)
                        self.assertNotIn(FOREIGN.encode(), reply.body)
                finally:
                    self.proxy.fault("pass")
                for path, reply in replies:
                    if path == "/query":
                        check_query(reply)
                metrics = server.request("GET", "/metrics", key=KEYS["ops"]).body.decode()
                count = sum(float(line.split()[-1]) for line in metrics.splitlines() if line.startswith("rag_isolation_violations_total"))
                self.assertGreater(count, 0)
                self.assertEqual(server.request("GET", "/health/ready").status, 503)
                # It stays so: somebody has to look.
                self.assertEqual(server.request("GET", "/health/ready").status, 503)
                self.assertEqual(server.request("GET", "/health/live").status, 200)
        print(f"{fault}: {ROUNDS} rounds, {len(replies) * ROUNDS} requests, nothing foreign shown")

    def test_all_foreign(self):
        def check_query(reply):
            self.assertEqual(reply.status, 503, reply.body)

        self.check("foreign", check_query)

    def test_some_foreign(self):
        def check_query(reply):
            # What is left is this tenant's own.
            self.assertIn(reply.status, (200, 503), reply.body)
            if reply.status == 200:
                own = {document["text"] for document in CORPUS}
                for passage in reply.json["passages"]:
                    self.assertTrue(any(passage["text"] in text for text in own), passage)

        self.check("some-foreign", check_query)


if __name__ == "__main__":
    unittest.main()
