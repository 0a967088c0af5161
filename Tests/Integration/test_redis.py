# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The second cache tier may be away, slow or talk nonsense: every query is answered, soon, and the server says what is wrong.

Needs redis-server; without one the tests are skipped, or fail where GROUNDED_REQUIRE_SERVERS=1 says that it must be there.
GROUNDED_FAULT_ROUNDS sets how often each fault is made (3; 20 before a release).
"""

import contextlib
import itertools
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import unittest

from server import QUICK, ROOT, Server, free_port

sys.path.insert(0, str(ROOT / "Tests" / "Chaos"))
from chaos_proxy import ChaosProxy  # noqa: E402

ROUNDS = int(os.environ.get("GROUNDED_FAULT_ROUNDS", "3"))
IS_REQUIRED = os.environ.get("GROUNDED_REQUIRE_SERVERS") == "1"
#: What a fault may add to a query, and what it may add once the cache is left alone.
MOST_ADDED, MOST_ADDED_WHEN_OPEN = 0.250, 0.005
COMES_BACK_WITHIN = 5
QUERIES = 20


class Redis:
    """A redis-server on a port of its own, and a connection to command it. Ended by its process id."""

    def __init__(self):
        self.port = free_port()
        self.folder = tempfile.mkdtemp(prefix="grounded-redis-")
        self.process = None
        self.connection = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
             "--dir", self.folder, "--loglevel", "warning"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while True:
            try:
                self.connection = socket.create_connection(("127.0.0.1", self.port), timeout=5)
                break
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.01)

    def ask(self, *words):
        """One command; its reply as text, a list for an array."""
        parts = [str(word).encode() for word in words]
        self.connection.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
        with self.connection.makefile("rb") as replies:
            return self._reply(replies)

    def _reply(self, replies):
        line = replies.readline().rstrip(b"\r\n")
        if line.startswith(b"$"):
            return replies.read(int(line[1:]) + 2)[:-2] if line != b"$-1" else None
        if line.startswith(b"*"):
            return [self._reply(replies) for _ in range(int(line[1:]))]
        if line.startswith(b"-"):
            raise AssertionError(line.decode())
        return line[1:].decode()

    def keys(self):
        return [key.decode() for key in self.ask("KEYS", "grounded:*")]

    def disconnect_others(self):
        self.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait()
        self.connection.close()

    def stop(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def expect_redis():
    if not shutil.which("redis-server"):
        if IS_REQUIRED:
            raise AssertionError("redis-server is not installed, and GROUNDED_REQUIRE_SERVERS=1 says that it must be")
        raise unittest.SkipTest("redis-server is not installed (Debian: apt-get install redis-server)")


class Measured:
    """Queries over one connection, timed; every one must be answered."""

    def __init__(self, test, server):
        self.test, self.server = test, server
        self.connection = server.connection()
        test.addCleanup(self.connection.close)
        self.numbers = itertools.count()

    def ask(self, text=None):
        text = text or f"how dry are seeds of lot {next(self.numbers)}"
        begin = time.monotonic()
        reply = self.server.request(
            "POST", "/query", {"query": text, "generate": False}, connection=self.connection,
        )
        elapsed = time.monotonic() - begin
        self.test.assertEqual(reply.status, 200, reply.body)
        self.test.assertTrue(reply.json["passages"])
        return elapsed, reply.json

    def many(self, count=QUERIES, pause=0.01):
        times = []
        for _ in range(count):
            times.append(self.ask()[0])
            time.sleep(pause)
        return times


class FaultTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        expect_redis()
        cls.redis = Redis()
        cls.addClassCleanup(cls.redis.stop)
        cls.proxy = ChaosProxy(("127.0.0.1", cls.redis.port))
        cls.addClassCleanup(cls.proxy.stop)
        # No first tier: every query asks the second.
        cls.server = Server(REDIS_URL=f"redis://127.0.0.1:{cls.proxy.port}", CACHE_SIZE=0, CACHE_SECRET="0" * 32, **QUICK)
        cls.addClassCleanup(cls.server.stop, check=False)
        cls.server.index([{"id": f"d{number}", "text": f"Seeds of lot {number} are kept dry."} for number in range(3)])

    def setUp(self):
        self.queries = Measured(self, self.server)
        self.wait_for("ok")
        self.usual = statistics.median(self.queries.many())

    def health(self):
        reply = self.server.request("GET", "/health")
        self.assertEqual(reply.status, 200)
        return next((each for each in reply.json["dependencies"] if each["name"] == "redis"), {"status": None})

    def wait_for(self, status, limit=COMES_BACK_WITHIN, query=False):
        begin = time.monotonic()
        while (health := self.health())["status"] != status:
            if query:
                self.queries.ask()
            self.assertLess(time.monotonic() - begin, limit, f"not {status} but {health}")
            time.sleep(0.02)
        return health

    def hits(self):
        """A query whose vector was stored in Redis is answered with it."""
        text = f"what is known of lot {next(self.queries.numbers)}"
        deadline = time.monotonic() + COMES_BACK_WITHIN
        while self.queries.ask(text)[1]["cache"]["embedding"] != "l2":
            self.assertLess(time.monotonic(), deadline, "Redis is not used again")
            time.sleep(0.02)

    def check_times(self, times, name):
        self.assertLess(max(times), self.usual + MOST_ADDED, name)
        # Most of the later queries: a busy machine delays one or the other.
        late = statistics.median(times[len(times) // 2 :])
        self.assertLess(late, self.usual + MOST_ADDED_WHEN_OPEN, f"{name}: {times}, usually {self.usual}")

    def rounds(self, name, begin, end, expected="degraded", word=None):
        """Makes a fault, asks, ends it, and sees that Redis is used again."""
        added = []
        for _ in range(ROUNDS):
            begin()
            try:
                times = self.queries.many()
                self.check_times(times, name)
                health = self.wait_for(expected, query=True)
                if word:
                    self.assertIn(word, health["detail"])
                self.assertEqual(self.server.request("GET", "/health/ready").status, 200)
            finally:
                end()
            back = time.monotonic()
            self.wait_for("ok", query=True)
            self.hits()
            added.append((max(times) - self.usual, time.monotonic() - back))
        worst, slowest = (max(column) for column in zip(*added))
        print(f"{name}: {ROUNDS} rounds, {ROUNDS * QUERIES} queries answered, at most {worst * 1000:.0f} ms added, back in {slowest:.2f} s")

    def through_proxy(self, name, fault, word=None, expected="degraded"):
        self.rounds(name, lambda: self.proxy.fault(fault), lambda: self.proxy.fault("pass"), word=word, expected=expected)

    def test_killed(self):
        self.rounds("killed", self.redis.kill, self.redis.start)

    def test_stopped(self):
        self.rounds("SIGSTOP", lambda: self.redis.signal(signal.SIGSTOP), lambda: self.redis.signal(signal.SIGCONT))

    def test_five_seconds_late(self):
        self.through_proxy("latency", "latency 5", "within")

    def test_reset_in_a_reply(self):
        self.through_proxy("RST mid-reply", "rst 3")

    def test_half_open(self):
        self.through_proxy("half-open", "half-open", "within")

    def test_garbage(self):
        self.through_proxy("garbage", "garbage 100")

    def test_loading(self):
        self.through_proxy("LOADING", "reply-resp -LOADING Redis is loading the dataset in memory", "loading")

    def test_read_only(self):
        self.rounds(
            "READONLY", lambda: self.redis.ask("REPLICAOF", "127.0.0.1", "1"), lambda: self.redis.ask("REPLICAOF", "NO", "ONE"),
            word="read-only",
        )

    def test_out_of_memory(self):
        self.rounds(
            "OOM", lambda: self.redis.ask("CONFIG", "SET", "maxmemory", "1"), lambda: self.redis.ask("CONFIG", "SET", "maxmemory", "0"),
            word="memory",
        )

    def test_credentials_refused(self):
        def begin():
            self.redis.ask("CONFIG", "SET", "requirepass", "secret")
            self.redis.disconnect_others()

        self.rounds("NOAUTH", begin, lambda: self.redis.ask("CONFIG", "SET", "requirepass", ""), word="credentials")

    def test_too_many_clients(self):
        def begin():
            self.redis.ask("CONFIG", "SET", "maxclients", "1")
            self.redis.disconnect_others()

        self.rounds("maxclients", begin, lambda: self.redis.ask("CONFIG", "SET", "maxclients", "1000"))

    def test_flushed(self):
        self.rounds("FLUSHALL", lambda: self.redis.ask("FLUSHALL"), lambda: None, expected="ok")

    def test_other_types(self):
        before = self.server.metric("rag_cache_errors_total")

        def begin():
            self.hits()
            for key in self.redis.keys():
                self.redis.ask("UNLINK", key)
                self.redis.ask("RPUSH", key, "x")
            # The texts that were asked before are asked again.
            self.queries.numbers = itertools.count()

        self.rounds("wrong type", begin, lambda: None, expected="ok")
        self.assertGreater(self.server.metric("rag_cache_errors_total"), before)

    def test_nothing_is_told_of_secrets(self):
        self.hits()
        for key in self.redis.keys():
            self.assertRegex(key, r"^grounded:[!-~]+$")
            self.assertNotIn("lot", key)


class StartTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        expect_redis()

    def test_down_at_start(self):
        redis = Redis()
        self.addCleanup(redis.stop)
        folder = pathlib.Path(tempfile.mkdtemp(prefix="grounded-test-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        for number in range(ROUNDS):
            redis.kill()
            with Server(folder / "data", REDIS_URL=f"redis://127.0.0.1:{redis.port}", CACHE_SIZE=0, CACHE_SECRET="1" * 32, **QUICK) as server:
                server.index([{"id": f"d{number}", "text": f"Seeds of lot {number} are kept dry."}])
                queries = Measured(self, server)
                queries.many(5)
                self.assertEqual(self.redis_health(server), "degraded")
                redis.start()
                begin = time.monotonic()
                while self.redis_health(server) != "ok":
                    self.assertLess(time.monotonic() - begin, COMES_BACK_WITHIN)
                    time.sleep(0.02)
                queries.ask("what is shared")
                self.assertEqual(server.stop(), 0)
            # What was written behind the reply is there for the next server.
            self.assertTrue(redis.keys())

    def test_what_one_server_embedded_another_finds(self):
        redis = Redis()
        self.addCleanup(redis.stop)
        with contextlib.ExitStack() as stack:
            settings = dict(REDIS_URL=f"redis://127.0.0.1:{redis.port}/2", CACHE_SECRET="2" * 32, **QUICK)
            one, other = (stack.enter_context(Server(**settings)) for _ in range(2))
            for server in (one, other):
                server.index([{"id": "d", "text": "Seeds are kept dry."}])
            one.query("how are seeds kept", generate=False)
            deadline = time.monotonic() + 5
            redis.ask("SELECT", "2")
            while redis.ask("DBSIZE") == "0":
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.02)
            self.assertEqual(other.query("how are seeds kept", generate=False)["cache"]["embedding"], "l2")
            self.assertEqual(other.query("how are seeds kept", generate=False)["cache"]["embedding"], "l1")

    @staticmethod
    def redis_health(server):
        dependencies = server.request("GET", "/health").json["dependencies"]
        return next((each["status"] for each in dependencies if each["name"] == "redis"), None)


if __name__ == "__main__":
    unittest.main()
