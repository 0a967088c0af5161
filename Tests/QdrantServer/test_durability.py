# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Killing the server at any moment loses nothing that it has acknowledged.

The engine is flushed every few operations here, so that kills also fall into flushes. The seed of the moments is printed on failure.
"""

import http.client
import os
import random
import threading
import time
import unittest

from calls import Caller
from running import QdrantServer

_KILLS = 20
_WRITERS = 3


class Ledger:
    """What one writer has been told."""

    def __init__(self, writer):
        self.writer = writer
        self.next = 0
        #: Acknowledged state by point id: a payload, or None once deleted.
        self.known = {}
        #: What the last request, whose answer never came, would have made of its points.
        self.open = {}


class Writer(threading.Thread):
    """Writes until the connection breaks: inserts, changes, filtered writes, and steps of a counter that all writers share."""

    def __init__(self, port, ledger, seed):
        super().__init__()
        self._port = port
        self._ledger = ledger
        self._source = random.Random(seed)
        self.wins = []
        self.open_step = None
        self.failure = None

    def run(self):
        try:
            with Caller(self._port) as caller:
                while True:
                    self._step(caller)
        except (OSError, http.client.HTTPException):
            pass
        except BaseException as failure:
            self.failure = failure

    def _step(self, caller):
        ledger = self._ledger
        if (kind := self._source.random()) < 0.2:
            return self._count(caller)
        group = f"{ledger.writer}-{self._source.randrange(20)}"
        members = {number: known for number, known in ledger.known.items() if known and known["group"] == group}
        condition = {"filter": {"must": [{"key": "group", "match": {"value": group}}]}}
        if kind < 0.3:
            ledger.open = {number: {**known, "mark": ledger.next} for number, known in members.items()}
            caller.call("POST", "/collections/points/points/payload?wait=true", {"payload": {"mark": ledger.next}, **condition})
        elif kind < 0.35:
            ledger.open = {number: None for number in members}
            caller.call("POST", "/collections/points/points/delete?wait=true", condition)
        else:
            first = ledger.writer * 10_000_000 + ledger.next
            count = self._source.choice([1, 1, 1, 40])
            ledger.next += count
            ledger.open = {number: {"group": group, "text": "x" * self._source.randrange(2000)} for number in range(first, first + count)}
            vector = {"dense": [0.5, 0.25, 1.0, 2.0], "terms": {"indices": [1, 5], "values": [1.0, 2.0]}}
            points = [{"id": number, "payload": payload, "vector": vector} for number, payload in ledger.open.items()]
            caller.call("PUT", "/collections/points/points?wait=true", {"points": points})
        ledger.known.update(ledger.open)
        ledger.open = {}

    def _count(self, caller):
        (record,) = caller.call("POST", "/collections/counter/points", {"ids": [1]})
        payload = record["payload"]
        step = {"seq": payload["seq"] + 1, "by": self._ledger.writer, "nonce": self._source.getrandbits(50)}
        self.open_step = step
        condition = {"must": [{"key": "seq", "match": {"value": payload["seq"]}}]}
        points = [{"id": 1, "vector": {}, "payload": step}]
        body = {"points": points, "update_filter": condition, "update_mode": "update_only"}
        caller.call("PUT", "/collections/counter/points?wait=true", body)
        (record,) = caller.call("POST", "/collections/counter/points", {"ids": [1]})
        if record["payload"] == step:
            self.wins.append(step)
        self.open_step = None


class DurabilityTests(unittest.TestCase):
    def setUp(self):
        self.seed = int(os.environ.get("SEED", random.randrange(2**32)))
        self.source = random.Random(self.seed)

    def test_kills_at_random_moments_lose_no_acknowledged_write(self):
        ledgers = [Ledger(number) for number in range(_WRITERS)]
        latest, written = {"seq": 0}, 0
        with QdrantServer(arguments=["--flush-every", 25]) as server:
            with Caller(server.port) as caller:
                vectors = {"vectors": {"dense": {"size": 4, "distance": "Dot"}}, "sparse_vectors": {"terms": {"modifier": "idf"}}}
                caller.call("PUT", "/collections/points", vectors)
                caller.call("PUT", "/collections/points/index", {"field_name": "group", "field_schema": "keyword"})
                caller.call("PUT", "/collections/counter", {"vectors": {}})
                start = {"points": [{"id": 1, "vector": {}, "payload": latest}]}
                caller.call("PUT", "/collections/counter/points?wait=true", start)
            for kill in range(_KILLS):
                writers = [Writer(server.port, ledger, self.source.getrandbits(32)) for ledger in ledgers]
                for each in writers:
                    each.start()
                time.sleep(self.source.uniform(0.05, 0.4))
                server.kill()
                for each in writers:
                    each.join()
                self.assertEqual([each.failure for each in writers if each.failure], [], self.seed)
                server.start()
                with self.subTest(seed=self.seed, kill=kill), Caller(server.port) as caller:
                    latest = self.check_counter(caller, writers, latest)
                    written += self.check_points(caller, ledgers)
        self.assertGreater(written, 500)

    def check_counter(self, caller, writers, latest):
        """The counter stands at the last acknowledged step, or at one whose answer never came."""
        (record,) = caller.call("POST", "/collections/counter/points", {"ids": [1]})
        found = record["payload"]
        wins = [step for each in writers for step in each.wins]
        self.assertEqual(len({step["seq"] for step in wins}), len(wins), "two writers won the same step")
        last = max([latest, *wins], key=lambda step: step["seq"])
        self.assertGreaterEqual(found["seq"], last["seq"])
        self.assertIn(found, [last, *(each.open_step for each in writers)])
        return found

    def check_points(self, caller, ledgers):
        """Every acknowledged point is as acknowledged; what was open is wholly there or wholly not, point by point."""
        stored, offset = {}, None
        while True:
            page = caller.call("POST", "/collections/points/points/scroll", {"limit": 5000, "offset": offset, "with_vector": True})
            for record in page["points"]:
                self.assertEqual(sorted(record["vector"]), ["dense", "terms"])
                stored[record["id"]] = record["payload"]
            offset = page["next_page_offset"]
            if offset is None:
                break
        for ledger in ledgers:
            for number, payload in ledger.open.items():
                found = stored.get(number)
                self.assertIn(found, [payload, ledger.known.get(number)])
                ledger.known[number] = found
            ledger.open = {}
        expected = {number: payload for ledger in ledgers for number, payload in ledger.known.items() if payload is not None}
        self.assertEqual(stored, expected)
        total = caller.call("POST", "/collections/points/points/count", {"exact": True})["count"]
        self.assertEqual(total, len(expected))
        return sum(len(ledger.known) for ledger in ledgers)

    def test_collections_and_indexes_outlive_a_kill(self):
        with QdrantServer() as server:
            for number in range(6):
                with Caller(server.port) as caller:
                    name = f"c{number}. 100%é"
                    path = "/collections/" + "".join(f"%{byte:02X}" for byte in name.encode())
                    caller.call("PUT", path, {"vectors": {"a": {"size": 2, "distance": "Cosine"}}, "metadata": {"n": number}})
                    schema = {"type": "keyword", "is_tenant": True}
                    caller.call("PUT", f"{path}/index?wait=true", {"field_name": "t", "field_schema": schema})
                    if number % 2:
                        caller.call("DELETE", path)
                server.restart()
            with Caller(server.port) as caller:
                names = [each["name"] for each in caller.call("GET", "/collections")["collections"]]
                self.assertEqual(sorted(names), ["c0. 100%é", "c2. 100%é", "c4. 100%é"])
                info = caller.call("GET", "/collections/c2.%20100%25%C3%A9")
                self.assertEqual(info["payload_schema"]["t"]["params"], {"type": "keyword", "is_tenant": True})
                self.assertEqual(info["config"]["params"]["vectors"], {"a": {"size": 2, "distance": "Cosine"}})
                self.assertEqual(info["config"]["metadata"], {"n": 2})

    def test_a_refused_write_does_not_stand_in_the_way_of_a_restart(self):
        with QdrantServer() as server:
            with Caller(server.port) as caller:
                caller.call("PUT", "/collections/c", {"vectors": {}, "sparse_vectors": {"s": {}}})
                sparse = [{"indices": each, "values": [1.0, 1.0]} for each in ([1], [1, 1], [-1, 1], [1, 2**32])]
                for vector in [{"s": each} for each in sparse] + [{"t": [1.0]}, [1.0]]:
                    status, _ = caller.send("PUT", "/collections/c/points", {"points": [{"id": 1, "vector": vector}]})
                    self.assertIn(status, (400, 422))
                status, _ = caller.send("POST", "/collections/c/points/payload", {"payload": {"a": 1}, "points": [1]})
                self.assertEqual(status, 404)
                caller.call("PUT", "/collections/c/points", {"points": [{"id": 2, "vector": {}}]})
            server.restart()
            with Caller(server.port) as caller:
                self.assertEqual([each["id"] for each in caller.call("POST", "/collections/c/points/scroll", {})["points"]], [2])

    def test_an_orderly_stop_ends_with_status_zero(self):
        with QdrantServer() as server:
            with Caller(server.port) as caller:
                caller.call("PUT", "/collections/c", {"vectors": {}})
            self.assertEqual(server.stop(), 0)
            server.start()
            with Caller(server.port) as caller:
                self.assertEqual(caller.call("GET", "/collections/c/exists"), {"exists": True})


if __name__ == "__main__":
    unittest.main()
