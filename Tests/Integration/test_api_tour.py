# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What operators run against a running server: the API tour (with and without keys, and against nonsense), its pages, the load test."""

import contextlib
import os
import subprocess
import sys
import threading
import time
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from server import QUICK, ROOT, Server

sys.path.insert(0, str(ROOT / "benchmarks"))
import latency

WRITE, READ, OTHER, ADMIN = (f"{name}-0123456789abcdef" for name in ("red-writes", "red-reads", "blue-writes", "red-admin"))
API_KEYS = f"red:write:{WRITE}, red:read:{READ}, blue:write:{OTHER}, red:admin:{ADMIN}"


def run(script, address, *arguments, **keys):
    clean = {name: value for name, value in os.environ.items() if not name.endswith("API_KEY") and name != "SERVER"}
    return subprocess.run(
        [ROOT / script, *arguments], env=clean | {"SERVER": address} | keys, capture_output=True, text=True, timeout=300, cwd=ROOT,
    )


@contextlib.contextmanager
def fake_server(handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


class AcceptEverything(BaseHTTPRequestHandler):
    """Says 200 and {} to whatever comes."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"{}")

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer

    def log_message(self, *_):
        pass


class TourTests(unittest.TestCase):
    def check(self, server, **keys):
        tour = run("scripts/test_api.sh", f"http://127.0.0.1:{server.port}", **keys)
        self.assertEqual(tour.returncode, 0, tour.stdout + tour.stderr + server.log_tail())
        self.assertNotIn("FAIL", tour.stdout)
        return tour.stdout

    def test_every_check_passes_without_keys_and_nothing_stays(self):
        with Server(**QUICK) as server:
            server.index([{"id": "mine", "text": "The quokka ferry leaves the harbour at ten."}])
            output = self.check(server)
            self.assertIn(" 0 failed, 0 skipped", output)
            listed = server.request("GET", "/documents").json["documents"]
            self.assertEqual([document["id"] for document in listed], ["mine"])

    def test_every_check_passes_with_keys(self):
        with Server(key=WRITE, API_KEYS=API_KEYS, **QUICK) as server:
            output = self.check(server, API_KEY=WRITE, READ_API_KEY=READ, OTHER_API_KEY=OTHER)
            self.assertIn(" 0 failed, 0 skipped", output)
            self.assertIn("not an admin's", output)
            self.assertIn("has counted them", self.check(server, API_KEY=ADMIN))
            for keys in ({}, {"API_KEY": READ}, {"API_KEY": "nobodys-0123456789abcdef"}):
                tour = run("scripts/test_api.sh", f"http://127.0.0.1:{server.port}", **keys)
                self.assertEqual(tour.returncode, 2, tour.stdout)
                self.assertIn("API_KEY", tour.stderr)
                self.assertEqual(tour.stdout, "")
            self.assertEqual(server.request("GET", "/documents").json["documents"], [])

    def test_a_server_that_only_looks_well_fails(self):
        with fake_server(AcceptEverything) as port:
            tour = run("scripts/test_api.sh", f"http://127.0.0.1:{port}")
        self.assertEqual(tour.returncode, 1, tour.stdout + tour.stderr)
        self.assertNotIn("  pass  ", tour.stdout)

    def test_the_scripts_say_what_to_do_when_no_server_runs(self):
        for script, arguments in (("scripts/test_api.sh", ()), ("scripts/ask-server.sh", ("/health",))):
            tried = run(script, "http://127.0.0.1:1", *arguments)
            self.assertNotEqual(tried.returncode, 0)
            self.assertIn("make run", tried.stderr)

    def test_operators_see_health_and_metrics(self):
        with Server(key=WRITE, API_KEYS=API_KEYS, **QUICK) as server:
            address = f"http://127.0.0.1:{server.port}"
            self.assertIn('"embedder"', run("scripts/ask-server.sh", address, "/health", API_KEY=WRITE).stdout)
            self.assertIn("# TYPE rag_documents gauge", run("scripts/ask-server.sh", address, "/metrics", API_KEY=ADMIN).stdout)
            refused = run("scripts/ask-server.sh", address, "/metrics", API_KEY=WRITE)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("API_KEY", refused.stderr)


class LoadTests(unittest.TestCase):
    def load(self, port, *arguments, **keys):
        clean = {name: value for name, value in os.environ.items() if name != "API_KEY"}
        return subprocess.run(
            ["python3", ROOT / "benchmarks" / "load.py", "--server", f"http://127.0.0.1:{port}", "--seconds", "2", *arguments],
            env=clean | keys, capture_output=True, text=True, timeout=120,
        )

    def test_it_measures_at_the_rate_that_was_asked_for(self):
        with Server(key=WRITE, API_KEYS=API_KEYS, **QUICK) as server:
            server.index([{"id": f"d{number}", "title": f"Lot {number}", "text": f"Seeds of lot {number}."} for number in range(5)])
            before = server.request("GET", "/metrics", key=ADMIN).body.decode().count("rag_queries_total{")
            self.assertEqual(before, 0)
            load = self.load(server.port, "--rate", "40", API_KEY=READ)
            self.assertEqual(load.returncode, 0, load.stdout + load.stderr)
            self.assertIn("latency: 80 requests, 0 failed  p50 ", load.stdout)
            self.assertIn("5 different questions", load.stdout)
            self.assertRegex(load.stdout, r"throughput: [0-9.]+ successful requests/s")
            server.key = ADMIN
            self.assertEqual(server.metric("rag_queries_total"), 80)
            refused = self.load(server.port)
            self.assertEqual(refused.returncode, 2)
            self.assertIn("API_KEY", refused.stderr)

    def test_failures_are_counted_by_kind(self):
        with fake_server(Refusing) as port:
            load = self.load(port, "--rate", "20")
            self.assertEqual(load.returncode, 1, load.stdout + load.stderr)
            self.assertIn("failed with 503: 40", load.stdout)
            self.assertEqual(self.load(port, "--rate", "20", "--allow", "1").returncode, 0)

    def test_a_stall_is_seen_by_all_who_had_to_wait_for_it(self):
        pauses = iter([0.5])

        class Stalling(Refusing):
            def do_POST(self):
                time.sleep(next(pauses, 0))
                self.answer(200, b"{}")

        with fake_server(Stalling) as port:
            latencies, failures = latency.run("127.0.0.1", port, [b"{}"], 100, 1, 1)
        self.assertEqual((len(latencies), failures), (100, []))
        self.assertGreater(latencies[-1], 500)
        # 50 requests fell due meanwhile; the last of them waited least.
        self.assertGreater(sum(value > 100 for value in latencies), 30)

    def test_a_server_that_hangs_does_not_make_it_endless(self):
        release = threading.Event()

        class Hanging(Refusing):
            def do_POST(self):
                release.wait(30)

        with fake_server(Hanging) as port:
            start = time.monotonic()
            latencies, failures = latency.run("127.0.0.1", port, [b"{}"], 50, 1, 2, patience=0.5)
            self.assertLess(time.monotonic() - start, 5)
            release.set()
        self.assertEqual((latencies, len(failures)), ([], 50))
        self.assertEqual(set(failures), {"TimeoutError", "not sent in time"})


class Refusing(BaseHTTPRequestHandler):
    """Holds no documents and is overloaded."""

    protocol_version = "HTTP/1.1"

    def answer(self, status, body):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(200, b'{"documents": [], "next": null}')

    def do_POST(self):
        self.answer(503, b"{}")

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    unittest.main()
