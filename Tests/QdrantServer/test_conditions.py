# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Conditional upserts: who wins, and that exactly one does."""

import threading
import unittest

from qdrant_client import models

from targets import OnServer, on_every_server

_THREADS = 8
_ROUNDS = 200


def sequence(number):
    return models.Filter(must=[models.FieldCondition(key="seq", match=models.MatchValue(value=number))])


def point(identifier, **payload):
    return models.PointStruct(id=identifier, vector={}, payload=payload)


@on_every_server
class ConditionTests(OnServer):
    def payloads(self, name):
        return {each.id: each.payload for each in self.client.scroll(name, limit=1000)[0]}

    def test_each_mode_lets_through_what_it_says(self):
        expectations = {
            # mode, filter on seq: what points 1 (seq 1), 2 (seq 2) and 3 (new) are after an upsert of all three with seq 9
            (None, None): {1: 9, 2: 9, 3: 9},
            ("upsert", 1): {1: 9, 2: 2, 3: 9},
            (None, 1): {1: 9, 2: 2, 3: 9},
            ("insert_only", None): {1: 1, 2: 2, 3: 9},
            ("insert_only", 1): {1: 1, 2: 2, 3: 9},
            ("update_only", None): {1: 9, 2: 9},
            ("update_only", 1): {1: 9, 2: 2},
            ("update_only", 7): {1: 1, 2: 2},
        }
        for (mode, required), expected in expectations.items():
            with self.subTest(mode=mode, required=required):
                name = self.collection()
                self.client.upsert(name, [point(1, seq=1), point(2, seq=2)])
                condition = None if required is None else sequence(required)
                self.client.upsert(name, [point(each, seq=9) for each in (1, 2, 3)], update_filter=condition, update_mode=mode)
                self.assertEqual({each: payload["seq"] for each, payload in self.payloads(name).items()}, expected)

    def test_columns_of_points_are_conditional_too(self):
        name = self.collection()
        self.client.upsert(name, [point(1, seq=1), point(2, seq=2)])
        batch = models.Batch(ids=[1, 2, 3], vectors={}, payloads=[{"seq": 9}] * 3)
        self.client.upsert(name, batch, update_filter=sequence(2), update_mode="update_only")
        self.assertEqual({each: payload["seq"] for each, payload in self.payloads(name).items()}, {1: 1, 2: 9})

    def race(self, name, attempt, state):
        """Rounds in which all threads try the same step; `attempt(client, thread, round)` does, `state(round)` says who won."""
        barrier = threading.Barrier(_THREADS, timeout=60)
        winners, failures = [], []

        def run(thread):
            client = self.new_client()
            try:
                for number in range(_ROUNDS):
                    barrier.wait()
                    attempt(client, thread, number)
                    if barrier.wait() == 0:
                        winners.append(state(number))
                    barrier.wait()
            except BaseException as failure:
                failures.append(failure)
                barrier.abort()
            finally:
                client.close()

        threads = [threading.Thread(target=run, args=(thread,)) for thread in range(_THREADS)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        self.assertEqual(failures, [])
        self.assertEqual(len(winners), _ROUNDS)
        return winners

    def test_of_eight_that_move_a_point_on_one_wins(self):
        name = self.collection()
        self.client.create_payload_index(name, "seq", "integer")
        self.client.upsert(name, [point(1, seq=0, history=[])])
        histories = [[]]

        def attempt(client, thread, number):
            moved = point(1, seq=number + 1, history=histories[number] + [thread])
            client.upsert(name, [moved], update_filter=sequence(number), update_mode="update_only")

        def state(number):
            (record,) = self.client.retrieve(name, [1])
            self.assertEqual(record.payload["seq"], number + 1)
            self.assertEqual(len(record.payload["history"]), number + 1)
            self.assertEqual(record.payload["history"][:number], histories[number])
            histories.append(record.payload["history"])
            return record.payload["history"][-1]

        winners = self.race(name, attempt, state)
        self.assertGreater(len(set(winners)), 1)

    def test_of_eight_that_insert_a_point_one_wins(self):
        name = self.collection()

        def attempt(client, thread, number):
            client.upsert(name, [point(number, by=thread)], update_mode="insert_only")
            seen.setdefault(number, []).append(client.retrieve(name, [number])[0].payload["by"])

        def state(number):
            (winner,) = set(seen[number])
            return winner

        seen = {}
        winners = self.race(name, attempt, state)
        self.assertEqual({each: payload["by"] for each, payload in self.payloads(name).items()}, dict(enumerate(winners)))


if __name__ == "__main__":
    unittest.main()
