# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Three servers on one Redis hand out a tenant's quota once; without it each hands out its third, and nobody is refused for its sake.

Needs redis-server; without one the tests are skipped, or fail where GROUNDED_REQUIRE_SERVERS=1 says that it must be there.
"""

import concurrent.futures
import contextlib
import itertools
import math
import signal
import time
import unittest

from server import QUICK, Server
from test_redis import Redis, expect_redis

REPLICAS = 3
KEYS = "acme:admin:acme-admin-key-0001,other:admin:other-admin-key-0001"
ACME, OTHER = "acme-admin-key-0001", "other-admin-key-0001"
#: What a Redis that does not answer may add to a request, with room for a busy machine.
MOST_WAIT = 0.6


class RateLimitTests(unittest.TestCase):
    def setUp(self):
        expect_redis()
        self.redis = Redis()
        self.addCleanup(self.redis.stop)

    @contextlib.contextmanager
    def replicas(self, **settings):
        # Each has a store of its own: what is asked is whether a query is let through, not what it finds.
        settings = {
            "API_KEYS": KEYS, "REDIS_URL": f"redis://127.0.0.1:{self.redis.port}", "CACHE_SECRET": "3" * 32,
            "RATE_LIMIT_REPLICAS": REPLICAS, **settings, **QUICK,
        }
        with contextlib.ExitStack() as stack:
            servers = [stack.enter_context(Server(key=ACME, ready=False, **settings)) for _ in range(REPLICAS)]
            for server in servers:
                server.wait_ready()
                self.wait(server, "ok")
            yield servers

    def wait(self, server, status, limit=8, ask=False):
        deadline = time.monotonic() + limit
        while (health := self.health(server))["status"] != status:
            if ask:
                self.query(server)
            self.assertLess(time.monotonic(), deadline, f"not {status} but {health}")
            time.sleep(0.02)

    @staticmethod
    def health(server):
        dependencies = server.request("GET", "/health").json["dependencies"]
        return next((each for each in dependencies if each["name"] == "redis"), {"status": None})

    @staticmethod
    def query(server, key=ACME, connection=None):
        return server.request("POST", "/query", {"query": "how dry", "generate": False}, key=key, connection=connection)

    def ask_all(self, servers, seconds, key=ACME):
        """Asks all servers without pause; who was let through on each, and the longest answer."""

        def ask(server):
            admitted, longest, end = 0, 0.0, time.monotonic() + seconds
            connection = server.connection()
            with contextlib.closing(connection):
                while (begin := time.monotonic()) < end:
                    reply = self.query(server, key, connection)
                    longest = max(longest, time.monotonic() - begin)
                    self.assertIn(reply.status, (200, 429), reply.body)
                    if reply.status == 200:
                        admitted += 1
                    else:
                        self.assertGreaterEqual(int(reply.headers["Retry-After"]), 1)
                        self.assertEqual(reply.json["code"], "rate_limited")
            return admitted, longest

        with concurrent.futures.ThreadPoolExecutor(2 * len(servers)) as pool:
            results = list(pool.map(ask, [server for server in servers for _ in range(2)]))
        counts = [sum(count for count, _ in results[2 * index : 2 * index + 2]) for index in range(len(servers))]
        return counts, max(longest for _, longest in results)

    def test_three_servers_hand_out_one_quota(self):
        quota = 90
        with self.replicas(RATE_LIMIT_QUERIES=quota) as servers:
            begin = time.monotonic()
            counts, _ = self.ask_all(servers, 2)
            elapsed = time.monotonic() - begin
            total = sum(counts)
            print(f"three servers let {counts} through in {elapsed:.2f} s, {quota} a minute and {quota} at once")
            self.assertLessEqual(total, quota + quota / 60 * elapsed)
            self.assertGreaterEqual(total, quota + int(quota / 60 * 1.9))
            # Another tenant has a quota of its own.
            self.assertEqual(self.query(servers[0], key=OTHER).status, 200)
            refused = sum(server.metric("rag_rate_limited_total") for server in servers)
            self.assertGreater(refused, 0)
            # Nothing in Redis names a tenant.
            keys = [key for key in self.redis.keys() if ":limit:" in key]
            self.assertEqual(len(keys), 2)
            for key in keys:
                self.assertRegex(key, r"^grounded:limit:[A-Za-z0-9_-]{43}$")
            self.assertTrue(all(0 < int(self.redis.ask("PTTL", key)) <= 61_000 for key in keys))

    def test_retry_after_is_true(self):
        with self.replicas(RATE_LIMIT_QUERIES=30) as servers:
            server = servers[0]
            for _ in range(40):
                reply = self.query(server)
                if reply.status == 429:
                    break
            wait = int(reply.headers["Retry-After"])
            self.assertLessEqual(wait, 2)
            self.assertEqual(reply.headers["RateLimit-Policy"], '"queries";q=30;w=60')
            self.assertRegex(reply.headers["RateLimit"], r'^"queries";r=0;t=(60|59|58)$')
            time.sleep(wait)
            self.assertEqual(self.query(servers[1]).status, 200)

    def away(self, begin, end):
        quota = 60
        with self.replicas(RATE_LIMIT_QUERIES=quota) as servers:
            # Nobody asked yet, so nothing is used up when Redis goes away.
            begin()
            start = time.monotonic()
            counts, longest = self.ask_all(servers, 1.5)
            elapsed = time.monotonic() - start
            print(f"Redis away: let {counts} through in {elapsed:.2f} s, longest answer {longest * 1000:.0f} ms")
            share = quota / REPLICAS
            for count in counts:
                self.assertGreaterEqual(count, share)
                self.assertLessEqual(count, share + share / 60 * elapsed)
            self.assertLess(longest, MOST_WAIT)
            for server in servers:
                self.wait(server, "degraded", ask=True)
                self.assertEqual(server.request("GET", "/health/ready", key=None).status, 200)
            end()
            for server in servers:
                self.wait(server, "ok", ask=True)
            # Shared again, and what was handed out meanwhile is not forgotten.
            counts, _ = self.ask_all(servers, 1)
            elapsed = time.monotonic() - start
            print(f"Redis back: let {counts} through")
            self.assertLessEqual(sum(counts), math.ceil(quota / 60 * elapsed) + REPLICAS)

    def test_redis_killed(self):
        self.away(self.redis.kill, self.redis.start)

    def test_redis_stopped(self):
        def kill_and_start():
            self.redis.kill()
            self.redis.start()

        self.away(lambda: self.redis.signal(signal.SIGSTOP), kill_and_start)

    def test_going_away_gives_no_second_burst(self):
        quota = 90
        with self.replicas(RATE_LIMIT_QUERIES=quota) as servers:
            start = time.monotonic()
            before, _ = self.ask_all(servers, 1)
            self.redis.kill()
            after, longest = self.ask_all(servers, 2)
            elapsed = time.monotonic() - start
            print(f"killed under load: {before} through before and {after} after in {elapsed:.2f} s")
            # Each server knows what it let through itself; what the others did, it cannot know any more.
            self.assertLessEqual(sum(before) + sum(after), 2 * quota)
            self.assertLess(longest, MOST_WAIT)

    def test_documents_are_counted(self):
        with self.replicas(RATE_LIMIT_DOCUMENTS=10) as servers:
            numbers = itertools.count()

            def index(server, count):
                documents = [{"id": f"d{next(numbers)}", "text": "Seeds are kept dry."} for _ in range(count)]
                return server.request("POST", "/index", {"documents": documents})

            self.assertEqual(index(servers[0], 6).status, 200)
            refused = index(servers[1], 5)
            self.assertEqual(refused.status, 429)
            self.assertLessEqual(int(refused.headers["Retry-After"]), 6)
            self.assertEqual(index(servers[2], 4).status, 200)
            self.assertEqual(index(servers[0], 11).status, 413)
            # Queries are not.
            self.assertEqual(self.query(servers[1]).status, 200)
            self.assertEqual(servers[1].request("GET", "/documents").json["documents"], [])


class StartTests(unittest.TestCase):
    def test_without_redis_each_server_has_its_share(self):
        with Server(RATE_LIMIT_QUERIES=6, RATE_LIMIT_REPLICAS=3, **QUICK) as server:
            statuses = [RateLimitTests.query(server, key=None).status for _ in range(5)]
            self.assertEqual(statuses, [200, 200, 429, 429, 429])


if __name__ == "__main__":
    unittest.main()
