# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The Python client against the real server, and against one that fails in chosen ways."""

import asyncio
import contextlib
import importlib.util
import inspect
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from llm import ScriptedModel
from server import QUICK, ROOT, Server

sys.path.insert(0, str(ROOT / "python"))
HAS_HTTPX = importlib.util.find_spec("httpx2") is not None
if HAS_HTTPX:
    import grounded_client as api
    from grounded_client import AsyncClient, Client, Document, Retry

WRITE, READ, OTHER, ADMIN = (f"{name}-0123456789abcdef" for name in ("red-writes", "red-reads", "blue-writes", "red-admin"))
API_KEYS = f"red:write:{WRITE}, red:read:{READ}, blue:write:{OTHER}, red:admin:{ADMIN}"
FERRY = "The ferry leaves the harbour at nine."
DOCUMENTS = [
    ("ferry", FERRY), ("wool/june", "Wool is sold in June."), ("..", "Dots alone."), ("ein Umlaut: ü+&?#%", "Honig wird im Juli geerntet."),
]


@unittest.skipUnless(HAS_HTTPX, "httpx2 is not installed (scripts/setup.sh --test)")
class ClientCase(unittest.TestCase):
    pass


class ServerTests(ClientCase):
    @classmethod
    def setUpClass(cls):
        if not HAS_HTTPX:
            raise unittest.SkipTest("httpx2 is not installed")
        cls.server = Server(key=WRITE, API_KEYS=API_KEYS, **QUICK)
        cls.addClassCleanup(cls.server.stop, check=False)
        cls.address = f"http://127.0.0.1:{cls.server.port}"

    def setUp(self):
        self.client = Client(self.address, WRITE)
        self.addCleanup(self.client.close)
        for document in list(self.client.documents()):
            self.client.delete(document.id)
        self.client.index([Document(id, text, title=f"On {id}") for id, text in DOCUMENTS]).raise_for_failures()

    def test_documents_are_indexed_listed_read_and_deleted(self):
        document = Document("seeds", "# Seeds\n\nOats.", url="https://example.org/", metadata={"year": 2024, "tags": ["a", "b"]}, format="markdown")
        reply = self.client.index([document])
        self.assertEqual([(result.id, result.status, result.revision) for result in reply.results], [("seeds", "indexed", 1)])
        self.assertEqual(self.client.index([document]).results[0].status, "unchanged")
        self.client.index([Document("seeds", "Oats and rye.")])
        stored = self.client.document("seeds")
        self.assertEqual((stored.revision, stored.title, [revision.number for revision in stored.revisions]), (2, None, [1, 2]))
        self.assertLess(stored.revisions[0].created_at, stored.created_at)
        self.assertIsNotNone(stored.created_at.tzinfo)
        self.assertEqual(self.client.text("seeds").text, "Oats and rye.")
        first = self.client.text("seeds", revision=1)
        self.assertEqual((first.text, first.revision), ("# Seeds\n\nOats.", 1))
        self.assertEqual(first.hash, stored.revisions[0].hash)
        withdrawal = self.client.delete("seeds")
        self.assertTrue(withdrawal.proof.is_complete)
        self.assertEqual((withdrawal.id, withdrawal.revisions), ("seeds", 2))
        with self.assertRaises(api.NotFound):
            self.client.document("seeds")

    def test_ids_of_any_kind_arrive_as_they_are(self):
        for id, text in DOCUMENTS:
            self.assertEqual(self.client.document(id).id, id)
            self.assertEqual(self.client.text(id).text, text)
        with self.assertRaises(ValueError):
            self.client.delete("")
        self.assertEqual(self.client.delete("..").id, "..")

    def test_pages_are_fetched_as_they_are_needed(self):
        replies = list(self.client.index_many((Document(f"n{number:03}", f"Number {number}.") for number in range(25)), batch=10))
        self.assertEqual([len(reply.results) for reply in replies], [10, 10, 5])
        ids = [document.id for document in self.client.documents(prefix="n", page=4)]
        self.assertEqual(ids, [f"n{number:03}" for number in range(25)])
        self.assertEqual([document.id for document in self.client.documents(prefix="n", after="n022", page=1)], ["n023", "n024"])
        everything = self.client.documents(page=1)
        self.assertEqual(next(everything).id, "..")

    def test_files_are_uploaded(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "härbour.md")
            path.write_text("# Harbour\n\nNine boats.")
            reply = self.client.index_file(path, title="Häfen & co", metadata={"boats": 9, "names": ["ü", "b"]})
        self.assertEqual(reply.results[0].id, "härbour.md")
        stored = self.client.document("härbour.md")
        self.assertEqual((stored.title, stored.metadata, stored.format), ("Häfen & co", {"boats": 9, "names": ["ü", "b"]}, "markdown"))
        self.assertEqual(self.client.index_file(b"Ten boats.", filename="a.txt", id="ten").results[0].id, "ten")
        with self.assertRaises(ValueError):
            self.client.index_file(b"Ten boats.")

    def test_a_document_that_fails_does_not_stop_the_others(self):
        reply = self.client.index([Document("good", "Good text."), Document("blank", "  ")])
        self.assertEqual([result.status for result in reply.results], ["indexed", "failed"])
        self.assertEqual([(failure.id, failure.code) for failure in reply.failures], [("blank", "unreadable_document")])
        with self.assertRaises(api.DocumentsFailed) as raised:
            reply.raise_for_failures()
        self.assertIn("blank", str(raised.exception))

    def test_a_job_is_waited_for(self):
        reply = self.client.index([Document("later", "Later."), Document("blank", " ")], wait=False)
        self.assertEqual(reply.results, ())
        job = self.client.wait(reply, pause=0.05)
        self.assertEqual((job.total, job.indexed, job.failed), (2, 1, 1))
        self.assertEqual([failure.id for failure in job.failures], ["blank"])
        with self.assertRaises(api.DocumentsFailed):
            job.raise_for_failures()
        self.assertEqual(self.client.job(reply.job_id), job)
        with self.assertRaises(ValueError):
            self.client.wait(self.client.index([Document("later", "Later.")]))

    def test_questions_are_answered_with_citations_that_can_be_checked(self):
        answer = self.client.query(FERRY, top_k=3, deadline=20)
        self.assertIn("nine", answer.text)
        self.assertEqual(answer.passages[0].document_id, "ferry")
        citation = answer.citations[0]
        self.assertTrue(citation.verified)
        text = self.client.text(citation.document_id, revision=citation.revision)
        self.assertTrue(citation.is_quoted_from(text))
        self.assertFalse(citation.is_quoted_from(self.client.text("wool/june")))
        self.assertGreater(answer.timings_ms["total"], 0)
        self.assertEqual(answer.model, "extractive")
        self.assertTrue(answer.request_id)

    def test_every_option_of_a_query_reaches_the_server(self):
        self.client.index([Document("old", "A ferry of old.", metadata={"year": 1999}), Document("new", "A new ferry.", metadata={"year": 2024})])
        for mode in ("hybrid", "dense", "lexical"):
            answer = self.client.query("ferry", mode=mode, generate=False, filter={"year": {"gte": 2000}}, group="chunk", top_k=1)
            self.assertEqual([passage.document_id for passage in answer.passages], ["new"])
            self.assertIsNone(answer.text)
            self.assertEqual(answer.passages[0].metadata, {"year": 2024})
        self.assertIn("rerank", self.client.query("ferry", rerank=True, generate=False).degraded)
        with self.assertRaises(api.InvalidRequest) as raised:
            self.client.query("ferry", top_k=0)
        self.assertEqual(raised.exception.field, "top_k")

    def test_retrieval_is_steered_and_explained(self):
        self.client.index([
            Document("steamer", "The steamer sails at dawn.", metadata={"day": "2001-01-01"}),
            Document("clipper", "The clipper sails at dawn.", metadata={"day": "2024-01-01"}),
        ])
        wish = api.Retrieval(
            explain=True, fusion="rrf", dense_weight=0.25, recency=api.Recency("day", weight=1, half_life_days=3_650), title_boost=0.1,
            mmr_lambda=1, expand="prf", collapse=False,
        )
        answer = self.client.query("What sails at dawn?", generate=False, retrieval=wish)
        self.assertEqual(answer.passages[0].document_id, "clipper")
        self.assertGreater(answer.passages[0].explain["recency"], 0)
        self.assertEqual(answer.explain["fusion"]["method"], "rrf")
        self.assertEqual(answer.explain["fusion"]["dense_weight"], 0.25)
        self.assertEqual(answer.explain["mmr"], {"lambda": 1})
        self.assertIsNone(self.client.query("What sails at dawn?", generate=False).explain)
        self.assertIn("expand", self.client.query("dawn", generate=False, retrieval=api.Retrieval(expand="hyde")).degraded)
        with self.assertRaises(api.InvalidRequest) as raised:
            self.client.query("dawn", retrieval=api.Retrieval(mmr_lambda=2))
        self.assertEqual(raised.exception.field, "mmr.lambda")

    def test_a_stream_brings_typed_events(self):
        with self.client.stream(FERRY) as events:
            with self.assertRaises(RuntimeError):
                events.answer
            seen = list(events)
        self.assertIsInstance(seen[0], api.PassagesEvent)
        self.assertIsInstance(seen[-1], api.DoneEvent)
        text = "".join(event.text for event in seen if isinstance(event, api.TokenEvent))
        self.assertEqual(text, events.answer.text)
        self.assertEqual([event.citation for event in seen if isinstance(event, api.CitationEvent)], list(events.answer.citations))
        self.assertEqual(seen[-1].answer.passages, seen[0].passages)

    def test_errors_are_typed(self):
        cases = [
            (lambda: self.client.query(" "), api.InvalidRequest, 400, "invalid_field", "query"),
            (lambda: self.client.index([Document("a", "a"), Document("a", "b")]), api.InvalidRequest, 400, "invalid_field", "documents[1].id"),
            (lambda: self.client.index(Document(str(n), "a") for n in range(1_001)), api.TooLarge, 413, "too_large", "documents"),
            (lambda: self.client.text("ferry", revision=9), api.NotFound, 404, "not_found", None),
            (lambda: self.client.job("none"), api.NotFound, 404, "not_found", None),
            (lambda: self.client.metrics(), api.Forbidden, 403, "forbidden", None),
            (lambda: next(self.client.documents(page=0)), api.InvalidRequest, 400, "invalid_field", "limit"),
        ]
        for request, kind, status, code, field in cases:
            with self.assertRaises(kind) as raised:
                request()
            error = raised.exception
            self.assertEqual((error.status, error.code, error.field), (status, code, field))
            self.assertTrue(error.request_id and error.detail and error.title)
            self.assertIsInstance(error, api.GroundedError)
        with self.assertRaises(api.InvalidRequest), self.client.stream(" "):
            self.fail("the block of a refused stream does not run")

    def test_keys_decide(self):
        with Client(self.address) as stranger, Client(self.address, OTHER) as other, Client(self.address, ADMIN) as admin:
            with self.assertRaises(api.Unauthenticated):
                stranger.query("ferry")
            health = stranger.health()
            self.assertEqual((health.status, health.version, health.dependencies), ("ok", None, ()))
            with self.assertRaises(api.NotFound):
                other.document("ferry")
            self.assertIn("rag_documents", admin.metrics())
            self.assertTrue(stranger.is_ready())
        self.assertIn("embedder", [dependency.name for dependency in self.client.health().dependencies])

    def test_one_client_serves_many_threads(self):
        failures = []

        def ask():
            try:
                for _ in range(10):
                    self.assertEqual(self.client.query(FERRY, generate=False).passages[0].document_id, "ferry")
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

    def test_the_asynchronous_client_does_the_same(self):
        async def work():
            async with AsyncClient(self.address, WRITE) as client:
                reply = await client.index([Document("async", "An asynchronous boat.")], wait=False)
                job = (await client.wait(reply, pause=0.05)).raise_for_failures()
                self.assertEqual(job.indexed, 1)
                counts = [len(reply.results) async for reply in client.index_many([Document("b1", "B."), Document("b2", "B.")], batch=1)]
                self.assertEqual(counts, [1, 1])
                self.assertEqual((await client.index_file(b"Up.", filename="up.txt")).results[0].status, "indexed")
                ids = [document.id async for document in client.documents(page=2)]
                self.assertEqual(ids, sorted([*(id for id, _ in DOCUMENTS), "async", "b1", "b2", "up.txt"]))
                answers = await asyncio.gather(*(client.query(FERRY, generate=False) for _ in range(20)))
                self.assertEqual({answer.passages[0].document_id for answer in answers}, {"ferry"})
                async with client.stream(FERRY) as events:
                    kinds = [type(event) async for event in events]
                self.assertEqual((kinds[0], kinds[-1]), (api.PassagesEvent, api.DoneEvent))
                self.assertIn("nine", events.answer.text)
                self.assertEqual((await client.text("async")).text, "An asynchronous boat.")
                self.assertEqual((await client.document("async")).revision, 1)
                self.assertTrue((await client.delete("async")).proof.is_complete)
                with self.assertRaises(api.NotFound):
                    await client.document("async")
                with self.assertRaises(api.Forbidden):
                    await client.metrics()
                self.assertTrue(await client.is_ready())
                self.assertEqual((await client.health()).status, "ok")

        asyncio.run(work())


class ModelTests(ClientCase):
    def setUp(self):
        self.model = ScriptedModel()
        self.addCleanup(self.model.stop)

    def test_tokens_come_as_they_are_written_and_leaving_early_stops_the_model(self):
        with Server(**self.model.settings, **QUICK) as server, Client(f"http://127.0.0.1:{server.port}") as client:
            client.index([Document("ferry", FERRY)])
            self.model.say(["The ferry ", "leaves ", "the harbour ", "at nine ", "[1]."], pause=0.3)
            times = []
            with client.stream(FERRY) as events:
                for event in events:
                    if isinstance(event, api.TokenEvent):
                        times.append(time.monotonic())
            self.assertGreater(times[-1] - times[0], 0.5)
            self.assertIn("nine", events.answer.text)
            self.model.say(["The ferry leaves. "] * 100, pause=0.2)
            with client.stream(FERRY) as events:
                next(event for event in events if isinstance(event, api.TokenEvent))
            self.assertTrue(self.model.closed.wait(10), "the server goes on although nobody reads")


    def test_a_cancelled_task_stops_the_model(self):
        async def work(address):
            async with AsyncClient(address) as client:

                async def read():
                    async with client.stream(FERRY) as events:
                        async for event in events:
                            if isinstance(event, api.TokenEvent):
                                began.set()

                began = asyncio.Event()
                task = asyncio.create_task(read())
                await asyncio.wait_for(began.wait(), 20)
                task.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await task
                self.assertTrue(await asyncio.to_thread(self.model.closed.wait, 10), "the server goes on although nobody reads")

        with Server(**self.model.settings, **QUICK) as server:
            server.index([{"id": "ferry", "text": FERRY}])
            self.model.say(["The ferry leaves. "] * 100, pause=0.2)
            asyncio.run(work(f"http://127.0.0.1:{server.port}"))


class RestartTests(ClientCase):
    def test_a_server_that_was_restarted_is_reached_over_connections_of_before(self):
        with Server(**QUICK) as first, Client(f"http://127.0.0.1:{first.port}", retry=Retry(times=1)) as client:
            self.assertTrue(client.is_ready())
            first.stop()
            with self.assertRaises(api.ConnectionFailed):
                client.query(FERRY)
            with Server(ready=False, SERVER_PORT=first.port, **QUICK) as second:
                second.port = first.port
                second.wait_ready()
                client.index([Document("ferry", FERRY)]).raise_for_failures()
                self.assertEqual(client.query(FERRY).passages[0].document_id, "ferry")


class Stub:
    """A server that answers each request with the next thing on a list: (status, headers, body), or "drop" for a closed connection.

    An event in the place of a body is waited for before the connection is closed.
    """

    def __init__(self, *replies):
        stub = self
        self.replies, self.requests = list(replies), []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                stub.requests.append((time.monotonic(), self.command, self.path, dict(self.headers), body))
                reply = stub.replies.pop(0)
                if reply == "drop":
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                status, headers, body = reply
                hanging = isinstance(body, threading.Event)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in headers and not hanging:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if hanging:
                    body.wait(10)
                    self.close_connection = True
                else:
                    self.wfile.write(body)
                    self.close_connection = int(headers.get("Content-Length", len(body))) != len(body)

            do_GET = do_POST = do_DELETE = answer

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        # Clients that hang up are what is tested here.
        self.server.handle_error = lambda *_: None
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


JSON = {"Content-Type": "application/json"}
STREAM = {"Content-Type": "text/event-stream"}
HEALTH = (200, JSON, b'{"status": "ok", "request_id": "r", "new_field": 1}')


def problem(status, code, **headers):
    body = {"status": status, "code": code, "title": "T", "detail": "D", "field": None, "request_id": "r"}
    return status, {"Content-Type": "application/problem+json"} | headers, json.dumps(body).encode()


class RetryTests(ClientCase):
    def health(self, *replies, **options):
        """What `health()` gives against these replies, by both clients; how many requests it took, and how long."""
        outcomes = []
        for asynchronous in (False, True):
            with Stub(*replies) as stub:
                start = time.monotonic()
                try:
                    found = asyncio.run(self.ask(stub.address, options)) if asynchronous else self.ask_plainly(stub.address, options)
                except api.GroundedError as error:
                    found = error
                text = str(found).replace(stub.address, "ADDRESS")
                outcomes.append((found, len(stub.requests), time.monotonic() - start, type(found), text))
        first, second = outcomes
        self.assertEqual((first[1], *first[3:]), (second[1], *second[3:]))
        return first[:3]

    def ask_plainly(self, address, options):
        with Client(address, **options) as client:
            return client.health()

    async def ask(self, address, options):
        async with AsyncClient(address, **options) as client:
            return await client.health()

    def test_a_broken_connection_is_tried_once_more(self):
        self.assertEqual(self.health("drop", HEALTH)[:2], (api.Health("ok", None, None, ()), 2))
        error, requests, _ = self.health("drop", "drop", HEALTH)
        self.assertEqual((type(error), requests), (api.ConnectionFailed, 2))
        error, requests, _ = self.health("drop", HEALTH, retry=Retry(times=0))
        self.assertEqual((type(error), requests), (api.ConnectionFailed, 1))
        self.assertEqual(self.health("drop", "drop", HEALTH, retry=Retry(times=2, pause=0))[1], 3)

    def test_a_reply_that_ends_too_early_is_tried_once_more(self):
        short = (200, JSON | {"Content-Length": "500"}, b'{"status"')
        self.assertEqual(self.health(short, HEALTH)[1], 2)

    def test_retry_after_is_waited_for(self):
        for status, code in ((429, "rate_limited"), (503, "overloaded")):
            found, requests, took = self.health(problem(status, code, **{"Retry-After": "1"}), HEALTH)
            self.assertEqual((found.status, requests), ("ok", 2))
            self.assertGreaterEqual(took, 1)
        later = formatdate(time.time() + 3_600, usegmt=True)
        for reply, kind, after in (
            (problem(503, "corrupt"), api.Unavailable, None),
            (problem(429, "rate_limited", **{"Retry-After": "31"}), api.RateLimited, 31),
            (problem(503, "overloaded", **{"Retry-After": later}), api.Unavailable, 3_600),
            (problem(503, "overloaded", **{"Retry-After": "soon"}), api.Unavailable, None),
        ):
            error, requests, took = self.health(reply, HEALTH)
            self.assertEqual((type(error), requests), (kind, 1))
            self.assertLess(took, 1)
            if after is None:
                self.assertIsNone(error.retry_after)
            else:
                self.assertAlmostEqual(error.retry_after, after, delta=10)

    def test_what_no_retry_can_mend_is_not_sent_twice(self):
        for status, code in ((400, "invalid_field"), (404, "not_found"), (500, "internal"), (504, "deadline_exceeded"), (507, "insufficient_storage")):
            error, requests, _ = self.health(problem(status, code), HEALTH)
            self.assertEqual((error.status, error.code, requests), (status, code, 1))
        self.assertIs(type(self.health(problem(418, "teapot"))[0]), api.APIError)

    def test_a_time_limit_is_not_tried_again(self):
        release = threading.Event()
        self.addCleanup(release.set)
        error, requests, took = self.health((200, JSON | {"Content-Length": "5"}, release), HEALTH, timeout=0.3)
        self.assertEqual((type(error), requests), (api.TimedOut, 1))
        self.assertLess(took, 5)

    def test_what_is_no_grounded_server_is_told_apart(self):
        html = {"Content-Type": "text/html"}
        error, _, _ = self.health((502, html, b"<h1>Bad   gateway</h1>"))
        self.assertEqual((type(error), error.code, error.detail), (api.APIError, "http_502", "<h1>Bad gateway</h1>"))
        for reply in ((200, html, b"<h1>Welcome</h1>"), (200, JSON, b"[]"), (200, JSON, b"{}"), (200, JSON, b"\xff")):
            self.assertIs(type(self.health(reply)[0]), api.UnexpectedReply)
        for make in (Client, AsyncClient):
            with self.assertRaises(ValueError):
                make("127.0.0.1:8080")
            with self.assertRaises(ValueError) as raised:
                make(key="secret-of-a-file\n")
            self.assertNotIn("secret", str(raised.exception))

    def test_the_key_and_the_body_are_sent_again_too(self):
        reply = b'{"results": [], "job_id": "j", "request_id": "r", "timings_ms": {}}'
        with Stub("drop", (202, JSON, reply)) as stub, Client(stub.address + "/base/", "secret") as client:
            self.assertEqual(client.index([Document("ä", "ü")], wait=False).job_id, "j")
        (_, *first), (_, *second) = stub.requests
        self.assertEqual(first, second)
        self.assertEqual((first[0], first[1], first[2]["Authorization"]), ("POST", "/base/index", "Bearer secret"))
        self.assertEqual(json.loads(first[3]), {"documents": [{"id": "ä", "text": "ü", "format": "plain"}], "wait": False})

    def test_a_job_that_does_not_end_is_not_waited_for_without_end(self):
        job = {"id": "j", "status": "running", "documents": dict.fromkeys(("total", "indexed", "unchanged", "failed"), 0), "error": None, "failures": []}
        with Stub(*[(200, JSON, json.dumps(job).encode())] * 20) as stub, Client(stub.address) as client:
            with self.assertRaises(api.TimedOut):
                client.wait("j", timeout=0.3, pause=0.1)


class StreamFailureTests(ClientCase):
    def consume(self, *replies):
        """The events until the end, and the error that was the end; the same from both clients."""

        async def ask(address):
            events = []
            try:
                async with AsyncClient(address) as client, client.stream("q") as stream:
                    async for event in stream:
                        events.append(event)
            except api.GroundedError as error:
                return events, error
            return events, None

        events, failure = [], None
        with Stub(*replies) as stub:
            with contextlib.ExitStack() as stack:
                try:
                    client = stack.enter_context(Client(stub.address))
                    for event in stack.enter_context(client.stream("q")):
                        events.append(event)
                except api.GroundedError as error:
                    failure = error
        text = str(failure).replace(stub.address, "ADDRESS")
        with Stub(*replies) as stub:
            again = asyncio.run(ask(stub.address))
        self.assertEqual((events, type(failure), text), (again[0], type(again[1]), str(again[1]).replace(stub.address, "ADDRESS")))
        return events, failure, len(stub.requests)

    def test_an_error_in_the_middle_is_raised_with_its_type(self):
        body = problem(504, "deadline_exceeded")[2]
        sent = b'event: token\ndata: {"text": "a"}\n\n: heartbeat\n\nevent: error\ndata: ' + body + b"\n\n"
        events, failure, requests = self.consume((200, STREAM, sent))
        self.assertEqual(events, [api.TokenEvent("a")])
        self.assertEqual((type(failure), failure.status, failure.code, requests), (api.DeadlineExceeded, 504, "deadline_exceeded", 1))

    def test_a_stream_that_breaks_is_not_taken_for_a_whole_one(self):
        token = b'event: token\ndata: {"text": "a"}\n\n'
        for reply in ((200, STREAM, token), (200, STREAM | {"Content-Length": "5000"}, token)):
            events, failure, requests = self.consume(reply)
            self.assertEqual((events, type(failure), requests), ([api.TokenEvent("a")], api.ConnectionFailed, 1))

    def test_the_head_is_tried_again_and_unknown_events_are_skipped(self):
        sent = b'event: thought\ndata: {}\n\nevent: token\ndata: {"text": "a"}\n\n'
        events, _, requests = self.consume("drop", (200, STREAM, sent))
        self.assertEqual((events, requests), ([api.TokenEvent("a")], 2))

    def test_what_is_no_stream_of_events_is_told_apart(self):
        for reply in ((200, JSON, b"{}"), (200, STREAM, b"event: token\ndata: oops\n\n"), (200, STREAM, b"event: token\ndata: {}\n\n")):
            self.assertIs(type(self.consume(reply)[1]), api.UnexpectedReply)


class PackageTests(ClientCase):
    def test_both_clients_offer_the_same(self):
        def methods(kind):
            found = {name: member for name, member in vars(kind).items() if not name.startswith("_") and callable(member)}
            return {name.replace("aclose", "close"): [str(p) for p in inspect.signature(member).parameters.values()] for name, member in found.items()}

        self.assertEqual(methods(Client), methods(AsyncClient))

    def test_everything_that_is_exported_exists(self):
        self.assertEqual([name for name in api.__all__ if not hasattr(api, name)], [])
        self.assertEqual(api.__all__, sorted(api.__all__))
        self.assertTrue((ROOT / "python" / "grounded_client" / "py.typed").exists())

    def test_every_operation_of_the_contract_has_a_method(self):
        calls = (ROOT / "python" / "grounded_client" / "calls.py").read_text()
        with Server(**QUICK) as server:
            paths = server.request("GET", "/openapi.json").json["paths"]
        for path in set(paths) - {"/openapi.json", "/health/live", "/page/{id}"}:
            self.assertIn("/" + path.split("/")[1], calls, path)


class ExampleTests(ClientCase):
    def run_client(self, server, *arguments):
        clean = {name: value for name, value in os.environ.items() if name not in ("SERVER", "API_KEY")}
        return subprocess.run(
            [sys.executable, ROOT / "scripts" / "client.py", "--server", f"http://127.0.0.1:{server.port}", *map(str, arguments)],
            env=clean | ({"API_KEY": server.key} if server.key else {}), capture_output=True, text=True, timeout=60, cwd=ROOT,
        )

    def test_the_example_indexes_asks_streams_lists_and_deletes(self):
        with Server(key=WRITE, API_KEYS=API_KEYS, **QUICK) as server, tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "sub").mkdir()
            pathlib.Path(folder, "sub", "ferry.txt").write_text(FERRY)
            pathlib.Path(folder, "wool.md").write_text("# Wool\n\nWool is sold in June.")
            pathlib.Path(folder, "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
            steps = [
                (("index", folder), 0, "indexed    sub/ferry.txt\nindexed    wool.md\n"),
                (("query", FERRY), 0, "[1] sub/ferry.txt, bytes 0 to "),
                (("stream", FERRY), 0, "(2 passages)\nThe ferry leaves the harbour at nine. [1]\n"),
                (("list", "--prefix", "sub/"), 0, "sub/ferry.txt  revision 1, 1 chunks, "),
                (("delete", "sub/ferry.txt", "nobody"), 1, "(1 revisions; nothing of it can be found)\nthere is no document nobody"),
                (("health",), 0, "embedder: ok"),
                (("index", pathlib.Path(folder, "picture.png")), 1, "failed     picture.png: "),
            ]
            for arguments, status, expected in steps:
                result = self.run_client(server, *arguments)
                self.assertEqual(result.returncode, status, result.stdout + result.stderr)
                self.assertIn(expected, result.stdout)
            result = self.run_client(server, "query", " ")
            self.assertEqual((result.returncode, result.stderr[:22]), (1, "client: invalid_field:"))
            server.stop()
            result = self.run_client(server, "health")
            self.assertEqual(result.returncode, 1)
            self.assertRegex(result.stderr, r"^client: http://127\.0\.0\.1:\d+: .*refused.*make run")


if __name__ == "__main__":
    unittest.main()
