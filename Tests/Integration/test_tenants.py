# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Two tenants with the same ids and nearly the same texts: nothing of the one ever shows in a reply to the other."""

import os
import random
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

from server import BINARY, QUICK, ROOT, Server, environment

OPERATIONS = 2_000
KEYS = {
    "red": "red-writes-0123456789abcdef",
    "blue": "blue-writes-0123456789abcdef",
}
READ_KEY = "red-reads-0123456789abcdef"
ADMIN_KEY = "ops-admin-0123456789abcdef"
API_KEYS = (
    f"red:write:{KEYS['red']}, blue:write:{KEYS['blue']}, red:read:{READ_KEY}, ops:admin:{ADMIN_KEY}"
)
CANARIES = {"red": "zarquonred", "blue": "vogosphereblue"}
WORDS = "seed oat ferry island winter light tower battery grid honey wool tern seal storm".split()
ROUTES = [
    ("POST", "/index", {"documents": [{"id": "a", "text": "b"}]}),
    ("POST", "/query", {"query": "a"}),
    ("GET", "/documents", None),
    ("GET", "/documents/shared", None),
    ("DELETE", "/documents/shared", None),
    ("GET", "/documents/shared/text", None),
    ("GET", "/jobs/00000000000000000000000000", None),
    ("GET", "/metrics", None),
]
SEED = int(os.environ.get("GROUNDED_TEST_SEED", random.SystemRandom().randrange(1 << 32)))


class Tenant:
    """One tenant's random operations; every byte that comes back is searched for the other's words."""

    def __init__(self, name, other, server, seed):
        self.name, self.other, self.server = name, CANARIES[other].encode(), server
        self.random = random.Random(seed)
        self.connection = server.connection()
        self.jobs = []
        self.replies = self.bytes = self.own = 0
        self.leaks = []
        self.statuses = {}

    def send(self, method, path, body=None):
        reply = self.server.request(method, path, body, key=KEYS[self.name], connection=self.connection)
        self.replies += 1
        self.bytes += len(reply.body)
        self.statuses[reply.status] = self.statuses.get(reply.status, 0) + 1
        self.own += CANARIES[self.name].encode() in reply.body
        if self.other in reply.body or self.other in str(reply.headers).encode():
            self.leaks.append((method, path, body, reply.body[:300]))
        return reply

    def text(self):
        lines = []
        for _ in range(self.random.randint(1, 4)):
            words = self.random.choices(WORDS, k=self.random.randint(6, 14))
            words.insert(self.random.randrange(len(words)), CANARIES[self.name])
            lines.append(" ".join(words).capitalize() + ".")
        return "\n\n".join(lines)

    def document(self, number=None):
        number = self.random.randrange(40) if number is None else number
        title = f"{CANARIES[self.name]} {number}"
        return {"id": f"shared/{number}", "text": self.text(), "title": title, "metadata": {"owner": CANARIES[self.name], "n": number}}

    def step(self):
        number = self.random.randrange(40)
        path = f"/documents/shared%2F{number}"
        match self.random.choices(range(9), weights=[22, 6, 8, 40, 6, 6, 5, 3, 4])[0]:
            case 0:
                reply = self.send("POST", "/index", {"documents": [self.document(number)]})
                assert reply.status == 200, reply
            case 1:
                documents = [self.document(n) for n in self.random.sample(range(40), 3)]
                reply = self.send("POST", "/index", {"documents": documents, "wait": False})
                assert reply.status == 202, reply
                self.jobs.append(reply.json["job_id"])
            case 2:
                self.send("DELETE", path)
            case 3:
                self.ask()
            case 4:
                self.send("GET", path)
            case 5:
                self.send("GET", path + self.random.choice(["/text", "/text?revision=1", "/text?revision=2"]))
            case 6:
                self.send("GET", self.random.choice(["/documents", "/documents?prefix=shared%2F1", "/documents?after=shared%2F2&limit=7"]))
            case 7:
                self.send("GET", "/health")
            case 8 if self.jobs:
                reply = self.send("GET", "/jobs/" + self.random.choice(self.jobs))
                assert reply.status == 200, reply
            case _:
                self.send("GET", path)

    def ask(self):
        # The other's own words are asked for too: it must not even be seen that they exist.
        words = self.random.choices(WORDS + [self.other.decode()], k=self.random.randint(1, 5))
        body = {
            "query": " ".join(words),
            "mode": self.random.choice(["hybrid", "dense", "lexical"]),
            "top_k": self.random.choice([1, 5, 100]),
            "group": self.random.choice(["document", "chunk"]),
            "generate": self.random.random() < 0.5,
            "stream": self.random.random() < 0.1,
        }
        if self.random.random() < 0.2:
            body["filter"] = {"owner": {"ne": CANARIES[self.name]}}
        if self.random.random() < 0.1:
            body["filter"] = {"owner": self.other.decode()}
        reply = self.send("POST", "/query", body)
        assert reply.status == 200, reply
        if body["stream"]:
            self.connection.close()

    def run(self, count):
        for _ in range(count):
            self.step()
        self.connection.close()


class TenantTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(API_KEYS=API_KEYS, CHUNK_TOKENS=40, **QUICK)
        cls.addClassCleanup(cls.server.stop, check=False)

    def test_no_word_of_one_tenant_shows_in_a_reply_to_the_other(self):
        print(f"tenants: seed {SEED}")
        tenants = [Tenant("red", "blue", self.server, SEED), Tenant("blue", "red", self.server, SEED + 1)]
        with ThreadPoolExecutor(2) as pool:
            for result in [pool.submit(tenant.run, OPERATIONS // 2) for tenant in tenants]:
                result.result()
        for tenant in tenants:
            print(f"tenants: {tenant.name}: {tenant.replies} replies, {tenant.bytes} bytes, {tenant.own} with its own word, {tenant.statuses}")
            self.assertEqual(tenant.leaks, [], f"seed {SEED}")
            self.assertGreater(tenant.own, 300)
            self.assertTrue(set(tenant.statuses) <= {200, 202, 404}, tenant.statuses)

    def test_anothers_ids_are_like_ids_that_do_not_exist(self):
        job = self.server.request(
            "POST", "/index", {"documents": [{"id": "only-red", "text": "Red alone."}], "wait": False}, key=KEYS["red"]
        ).json["job_id"]
        self.server.request("POST", "/index", {"documents": [{"id": "only-red", "text": "Red alone."}]}, key=KEYS["red"])
        self.assertEqual(self.server.request("GET", "/documents/only-red", key=KEYS["red"]).status, 200)
        self.assertEqual(self.server.request("GET", f"/jobs/{job}", key=KEYS["red"]).status, 200)
        unknown = ("0" if job[-1] != "0" else "1").join([job[:-1], ""])
        pairs = [
            ("GET", "/documents/only-red", "/documents/only-xxx"),
            ("GET", "/documents/only-red/text", "/documents/only-xxx/text"),
            ("GET", "/documents/only-red/text?revision=1", "/documents/only-xxx/text?revision=1"),
            ("DELETE", "/documents/only-red", "/documents/only-xxx"),
            ("GET", f"/jobs/{job}", f"/jobs/{unknown}"),
            ("GET", "/documents?prefix=only-red", "/documents?prefix=only-xxx"),
        ]
        for method, theirs, nobodys in pairs:
            with self.subTest(theirs):
                replies = [
                    self.server.request(method, path, key=KEYS["blue"], headers={"X-Request-ID": "same"}) for path in (theirs, nobodys)
                ]
                kept = [
                    sorted((name.lower(), value) for name, value in reply.headers.items() if name.lower() != "date") for reply in replies
                ]
                self.assertEqual(replies[0].status, replies[1].status)
                self.assertEqual(replies[0].body, replies[1].body)
                self.assertEqual(kept[0], kept[1])
        self.assertEqual(self.server.request("GET", "/documents/only-red", key=KEYS["red"]).status, 200)

    def test_a_key_that_reads_cannot_write(self):
        for method, path, body in [ROUTES[0], ("DELETE", "/documents/anything", None), ("GET", "/metrics", None)]:
            reply = self.server.request(method, path, body, key=READ_KEY)
            self.assertEqual((reply.status, reply.json["code"]), (403, "forbidden"), path)
        self.assertEqual(self.server.request("GET", "/metrics", key=KEYS["red"]).status, 403)
        self.assertEqual(self.server.request("GET", "/metrics", key=ADMIN_KEY).status, 200)
        self.assertEqual(self.server.request("POST", "/query", {"query": "a"}, key=READ_KEY).status, 200)

    def test_without_a_valid_key_there_is_only_live_and_ready(self):
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {KEYS['red']}"}, {"Authorization": "Bearer"}):
            for method, path, body in ROUTES:
                with self.subTest(path, headers=headers):
                    reply = self.server.request(method, path, body, headers=headers)
                    self.assertEqual(reply.status, 401)
                    self.assertEqual(reply.json["code"], "unauthenticated")
                    self.assertIn("Bearer", reply.headers["WWW-Authenticate"])
            for path in ("/health/live", "/health/ready"):
                self.assertEqual(self.server.request("GET", path, headers=headers).status, 200)
        # Strangers learn the status and the contract, and nothing of what the server stands on.
        self.assertEqual(set(self.server.request("GET", "/health").json), {"status", "request_id"})
        self.assertEqual(self.server.request("GET", "/health", key="wrong-key").status, 401)
        self.assertEqual(self.server.request("GET", "/openapi.json").status, 200)

    def test_without_keys_only_loopback_is_served(self):
        with tempfile.TemporaryDirectory() as directory:
            for host in ("0.0.0.0", "::", "192.0.2.1"):
                result = subprocess.run(
                    [BINARY, "serve"], env=environment(directory, SERVER_HOST=host, SERVER_PORT=0, **QUICK),
                    cwd=ROOT, capture_output=True, text=True, timeout=30,
                )
                self.assertGreater(result.returncode, 0, host)
                self.assertIn("API_KEYS", result.stdout + result.stderr)


if __name__ == "__main__":
    unittest.main()
