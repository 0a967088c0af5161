# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Three replicas behind the proxy's own configuration, restarted in turn under load: no request fails that a client sends again once
after a connection error, and what was acknowledged is there.

Needs haproxy, redis-server and the Qdrant test server; without them the tests are skipped, or fail where GROUNDED_REQUIRE_SERVERS=1 says
that they must be there. GROUNDED_RESTART_ROUNDS sets how often every replica is restarted (3).
"""

import collections
import csv
import http.client
import io
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from server import QUICK, ROOT, Server, command, free_port
from test_qdrant import expect_engine
from test_redis import Redis, expect_redis

sys.path.insert(0, str(ROOT / "Tests" / "QdrantServer"))
from running import QdrantServer  # noqa: E402

ROUNDS = int(os.environ.get("GROUNDED_RESTART_ROUNDS", "3"))
IS_REQUIRED = os.environ.get("GROUNDED_REQUIRE_SERVERS") == "1"
CONFIGURATION = ROOT / "deploy" / "haproxy" / "haproxy.cfg"
#: Requests per second on three replicas and on one (a debug build takes 20 ms of a core for each), and most of them under way at once.
RATE, RATE_OF_ONE, WORKERS = 50, 20, 24
#: Every so many-th request sends a document instead of a question.
DOCUMENT_EVERY = 10
CORPUS = [{"id": f"d{number}", "text": f"Seeds of lot {number} are kept dry in house {number % 3}."} for number in range(30)]


def expect_haproxy():
    if not shutil.which("haproxy"):
        if IS_REQUIRED:
            raise AssertionError("haproxy is not installed, and GROUNDED_REQUIRE_SERVERS=1 says that it must be")
        raise unittest.SkipTest("haproxy is not installed (Debian: apt-get install haproxy)")


class Proxy:
    """A real HAProxy with the configuration that is deployed."""

    def __init__(self, replicas):
        self.port, self.stats = free_port(), free_port()
        self.folder = tempfile.mkdtemp(prefix="grounded-haproxy-")
        self.log_path = pathlib.Path(self.folder, "haproxy.log")
        addresses = {f"REPLICA_{number}": f"127.0.0.1:{port}" for number, port in enumerate(replicas, 1)}
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                ["haproxy", "-db", "-f", str(CONFIGURATION)], stdout=log, stderr=log, cwd=self.folder,
                env={**os.environ, **addresses, "BIND": f"127.0.0.1:{self.port}", "STATS_BIND": f"127.0.0.1:{self.stats}"},
            )
        self.wait_until(3)

    def up(self):
        """How many replicas get traffic; None if HAProxy does not answer yet."""
        replicas = self.replicas()
        return replicas and sum(row["status"].startswith("UP") for row in replicas)

    def went_down(self):
        """How often a check took a replica out of traffic."""
        return sum(int(row["chkdown"]) for row in self.replicas())

    def replicas(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.stats, timeout=5)
        try:
            connection.request("GET", "/;csv")
            rows = csv.DictReader(io.StringIO(connection.getresponse().read().decode().lstrip("# ")))
            return [row for row in rows if row["svname"].startswith("replica-")]
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def wait_until(self, count, limit=20):
        deadline = time.monotonic() + limit
        while (up := self.up()) != count:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise AssertionError(f"{up} replicas are up, not {count}:\n{self.log_path.read_text()[-3000:]}")
            time.sleep(0.05)

    def stop(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Load:
    """Requests at a fixed rate, each with its time fixed in advance. A connection error is followed by one more attempt."""

    def __init__(self, port, run, rate):
        self.port, self.run, self.rate = port, run, rate
        self.numbers = itertools.count()
        self.lock = threading.Lock()
        self.is_over = threading.Event()
        self.failures, self.retries, self.latest = [], collections.Counter(), 0.0
        self.queries, self.times, self.accepted, self.jobs = 0, [], {}, []
        self.begin = time.monotonic() + 0.1
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(WORKERS)]
        for thread in self.threads:
            thread.start()

    def work(self):
        connection = None
        while not self.is_over.is_set():
            with self.lock:
                number = next(self.numbers)
            due = self.begin + number / self.rate
            if self.is_over.wait(max(0, due - time.monotonic())):
                break
            self.latest = max(self.latest, time.monotonic() - due)
            body = self.body(number)
            path = "/index" if "documents" in body else "/query"
            for attempt in range(2):
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                try:
                    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
                    reply = connection.getresponse()
                    data = reply.read()
                    self.take(number, path, body, reply.status, data, time.monotonic() - due)
                    if reply.will_close:
                        connection.close()
                        connection = None
                    break
                except (OSError, http.client.HTTPException) as error:
                    connection.close()
                    connection = None
                    with self.lock:
                        self.retries[type(error).__name__] += 1
                        if attempt:
                            self.failures.append((number, path, repr(error)))
        if connection:
            connection.close()

    def body(self, number):
        if number % DOCUMENT_EVERY:
            return {"query": f"how dry are seeds of lot {number % 60}", "generate": False}
        name = f"{self.run}-{number}"
        document = {"id": name, "text": f"{name} says: wheat of lot {number} is wet."}
        return {"documents": [document], "wait": number % (2 * DOCUMENT_EVERY) == 0}

    def take(self, number, path, body, status, data, took):
        with self.lock:
            self.times.append(took)
            reply = json.loads(data) if status in (200, 202) else None
            if path == "/query":
                self.queries += 1
                if status != 200 or not reply["passages"]:
                    self.failures.append((number, path, status, data[:300]))
            elif status == 202:
                self.jobs.append(reply["job_id"])
                self.accepted[body["documents"][0]["id"]] = body["documents"][0]["text"]
            elif status == 200 and reply["results"][0]["status"] != "failed":
                self.accepted[body["documents"][0]["id"]] = body["documents"][0]["text"]
            else:
                self.failures.append((number, path, status, data[:300]))

    def stop(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join(40)
        return self

    def summary(self):
        times = sorted(self.times)
        p50, p99, slowest = (times[place] * 1000 for place in (len(times) // 2, len(times) * 99 // 100, -1))
        return (
            f"{self.rate}/s, {self.queries} queries and {len(self.accepted)} documents, {len(self.failures)} failed, "
            f"sent again after a connection error: {dict(self.retries) or 'none'}, "
            f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, slowest {slowest:.0f} ms, latest start {self.latest * 1000:.0f} ms"
        )


class RollingRestartTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        expect_engine()
        expect_redis()
        expect_haproxy()
        cls.qdrant = QdrantServer()
        cls.addClassCleanup(cls.qdrant.close)
        redis = Redis()
        cls.addClassCleanup(redis.stop)
        cls.settings = dict(
            QDRANT_URL=cls.qdrant.url, REDIS_URL=f"redis://127.0.0.1:{redis.port}", CACHE_SECRET="3" * 32, DRAIN_SECONDS=2,
            # What is looked for is what restarts lose, not what a busy machine is spared.
            MAX_CONCURRENT_QUERIES=64, **QUICK,
        )
        cls.ports = [free_port() for _ in range(3)]
        cls.replicas = [cls.start(port) for port in cls.ports]
        cls.addClassCleanup(lambda: [replica.stop(check=False) for replica in cls.replicas])
        cls.replicas[0].index(CORPUS)
        cls.proxy = Proxy(cls.ports)
        cls.addClassCleanup(cls.proxy.stop)

    @classmethod
    def start(cls, port):
        server = Server(ready=False, **{**cls.settings, "SERVER_PORT": port})
        server.port = port
        server.wait_ready()
        return server

    def check(self, load):
        """Nothing failed, and what was acknowledged is there, whole."""
        self.assertEqual(load.failures, [])
        replica = next(replica for replica in self.replicas if replica.process.poll() is None)
        deadline = time.monotonic() + 90
        for job in load.jobs:
            while (status := replica.request("GET", f"/jobs/{job}").json["status"]) in ("queued", "running"):
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.1)
            self.assertEqual(status, "done")
        for name, text in load.accepted.items():
            reply = replica.text(name)
            self.assertEqual((reply.status, reply.body.decode()), (200, text), name)
        verified = command(["verify"], ROOT / "data", **self.settings)
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)

    def test_a_restarted_in_turn(self):
        load = Load(self.proxy.port, "rolling", RATE)
        self.addCleanup(load.stop)
        begin = time.monotonic()
        restarts = []
        time.sleep(0.5)
        for _ in range(ROUNDS):
            for number, port in enumerate(self.ports):
                start = time.monotonic()
                self.assertEqual(self.replicas[number].stop(), 0)
                self.replicas[number] = self.start(port)
                self.proxy.wait_until(3)
                restarts.append(time.monotonic() - start)
        load.stop()
        took = time.monotonic() - begin
        # Each said that it was not ready before it stopped to listen.
        self.assertEqual(self.proxy.went_down(), len(restarts))
        print(f"rolling restart: {len(restarts)} restarts in {took:.0f} s, each at most {max(restarts):.1f} s; {load.summary()}")
        self.check(load)

    def test_b_fewer_replicas_go_on(self):
        """One is killed, one is stopped for good: the last one answers everybody."""
        load = Load(self.proxy.port, "fewer", RATE_OF_ONE)
        self.addCleanup(load.stop)
        time.sleep(0.5)
        self.replicas[0].kill()
        self.proxy.wait_until(2)
        self.assertEqual(self.replicas[1].stop(), 0)
        self.proxy.wait_until(1)
        time.sleep(2)
        load.stop()
        print(f"fewer replicas: one killed, one stopped; {load.summary()}")
        self.check(load)


if __name__ == "__main__":
    unittest.main()
