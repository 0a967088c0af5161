# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What is refused, and how; keys; and HTTP itself."""

import json
import socket
import unittest

from calls import Caller
from running import QdrantServer

KEY = "s3cret"
AUTHORIZED = {"authorization": f"Bearer {KEY}"}


class RefusalTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = QdrantServer(key=KEY)
        cls.caller = Caller(cls.server.port, KEY)
        cls.caller.call("PUT", "/collections/c", {"vectors": {"a": {"size": 2, "distance": "Dot"}}, "sparse_vectors": {"s": {}}})

    @classmethod
    def tearDownClass(cls):
        cls.caller.__exit__()
        cls.server.close()

    def refused(self, status, method, path, body=None):
        found, answer = self.caller.send(method, path, body)
        self.assertEqual(found, status, answer)
        answer = json.loads(answer)
        self.assertEqual(sorted(answer), ["status", "time"])
        return answer["status"]["error"]

    def test_what_cannot_be_done_exactly_is_named(self):
        points = "/collections/c/points"
        cases = [
            ("shard_key", "PUT", points, {"points": [{"id": 1, "vector": {}}], "shard_key": "x"}),
            ("inference", "PUT", points, {"points": [{"id": 1, "vector": {"text": "words", "model": "m"}}]}),
            ("lookup_from", "POST", f"{points}/query", {"query": [1.0, 2.0], "using": "a", "lookup_from": {"collection": "d"}}),
            ("query by", "POST", f"{points}/query", {"query": 1, "using": "a"}),
            ("RecommendQuery", "POST", f"{points}/query", {"query": {"recommend": {"positive": [1]}}, "using": "a"}),
            ("FormulaQuery", "POST", f"{points}/query", {"query": {"formula": "$score"}, "prefetch": {"query": [1.0, 2.0], "using": "a"}}),
            ("mmr", "POST", f"{points}/query", {"query": {"nearest": [1.0, 2.0], "mmr": {"diversity": 0.5}}, "using": "a"}),
            ("acorn", "POST", f"{points}/query", {"query": [1.0, 2.0], "using": "a", "params": {"acorn": {"enable": True}}}),
            ("geo_radius", "POST", f"{points}/count",
             {"filter": {"must": [{"key": "g", "geo_radius": {"center": {"lon": 1, "lat": 1}, "radius": 5}}]}}),
            ("points/query/groups", "POST", f"{points}/query/groups", {"query": [1.0, 2.0], "using": "a", "group_by": "x"}),
            ("snapshots", "POST", "/collections/c/snapshots", None),
            ("aliases", "POST", "/collections/aliases", {"actions": []}),
            ("PATCH", "PATCH", "/collections/c", {"optimizers_config": {}}),
            ("/cluster", "GET", "/cluster", None),
            ("parameter fields", "GET", "/collections/c?fields=all", None),
            ("sharding_method", "PUT", "/collections/d", {"vectors": {}, "sharding_method": "custom"}),
            ("strict_mode_config", "PUT", "/collections/d", {"vectors": {}, "strict_mode_config": {"enabled": True}}),
            ("quantization", "PUT", "/collections/d", {"vectors": {}, "quantization_config": {"binary": {}}}),
            ("TextIndexParams", "PUT", "/collections/c/index", {"field_name": "t", "field_schema": {"type": "text"}}),
        ]
        for name, method, path, body in cases:
            with self.subTest(name):
                error = self.refused(501, method, path, body)
                self.assertIn("not implemented by the test server", error)
                self.assertIn(name, error)
        self.assertEqual(self.caller.call("GET", "/collections/d/exists"), {"exists": False})

    def test_what_cannot_be_read_is_malformed(self):
        points = "/collections/c/points"
        cases = [
            ("PUT", points, b"{"), ("PUT", points, b""), ("PUT", points, b"[]"), ("PUT", points, {}),
            ("PUT", points, {"points": [{"id": "not-a-uuid", "vector": {}}]}),
            ("PUT", points, {"points": [{"id": -1, "vector": {}}]}),
            ("PUT", points, {"points": [{"id": 2**64, "vector": {}}]}),
            ("PUT", points, {"points": [{"id": 1.5, "vector": {}}]}),
            ("PUT", points, {"points": [{"id": 1, "vector": {}, "unknown": 1}]}),
            ("PUT", points, b'{"points": [{"id": 1, "vector": {"a": [NaN, 1]}}]}'),
            ("PUT", points, {"points": [{"id": 1, "vector": {}}], "update_mode": "sometimes"}),
            ("POST", f"{points}/scroll", {"limit": "10"}),
            ("POST", f"{points}/scroll", {"offset": 1, "order_by": "x"}),
            ("POST", f"{points}/count", {"filter": {"must": [{"key": "a"}]}}),
            ("POST", f"{points}/count", {"filter": {"must": [{"key": "a[", "match": {"value": 1}}]}}),
            ("POST", f"{points}/payload", {"payload": {"a": 1}}),
            ("POST", f"{points}/scroll?timeout=0", {}), ("PUT", f"{points}?wait=yes", {"points": []}),
            ("PUT", f"{points}?ordering=odd", {"points": []}), ("POST", f"{points}/scroll?consistency=0", {}),
            ("PUT", "/collections/bad%2Fname", {"vectors": {}}),
        ]
        for method, path, body in cases:
            with self.subTest(path=path, body=body):
                self.refused(400, method, path, body)

    def test_values_out_of_range_are_invalid(self):
        points = "/collections/c/points"
        cases = [
            ("POST", f"{points}/scroll", {"limit": 0}), ("POST", f"{points}/scroll", {"limit": -1}),
            ("POST", f"{points}/query", {"query": [1.0, 2.0], "using": "a", "limit": 0}),
            ("POST", f"{points}/query", {"query": {"fusion": "rrf"}, "prefetch": [{"query": [1.0, 2.0], "using": "a", "limit": 0}]}),
            ("POST", "/collections/c/facet", {"key": "x", "limit": 0}),
            ("PUT", points, {"points": [{"id": 1, "vector": {"s": {"indices": [1, 1], "values": [1, 2]}}}]}),
            ("PUT", points, {"points": [{"id": 1, "vector": {"s": {"indices": [1], "values": [1, 2]}}}]}),
            ("PUT", points, {"batch": {"ids": [1, 2], "vectors": {"a": [[1, 2]]}}}),
            ("PUT", "/collections/d", {"vectors": {"size": 0, "distance": "Dot"}}),
        ]
        for method, path, body in cases:
            with self.subTest(path=path, body=body):
                self.refused(422, method, path, body)

    def test_accepted_parameters_are_accepted(self):
        self.caller.call("PUT", "/collections/c/points?wait=false&ordering=strong&timeout=5", {"points": []})
        for consistency in ("1", "majority", "quorum", "all"):
            self.caller.call("POST", f"/collections/c/points/scroll?consistency={consistency}&timeout=1", {})
        answer = self.caller.call("PUT", "/collections/c/points", {"points": []})
        self.assertEqual(answer["status"], "acknowledged")
        answer = self.caller.call("PUT", "/collections/c/points?wait=true", {"points": []})
        self.assertEqual(answer["status"], "completed")

    def test_the_key_is_asked_for(self):
        with Caller(self.server.port) as stranger:
            for headers in ({}, {"api-key": "wrong"}, {"api-key": ""}, {"authorization": "Bearer wrong"}):
                status, body = stranger.send("GET", "/collections", headers=headers)
                self.assertEqual(status, 401)
                self.assertNotIn(b"collections", body)
            self.assertEqual(stranger.send("GET", "/collections", headers=AUTHORIZED)[0], 200)
            for path in ("/", "/readyz", "/healthz", "/livez"):
                self.assertEqual(stranger.send("GET", path)[0], 200)
            status, body = stranger.send("GET", "/")
            self.assertRegex(json.loads(body)["version"], r"^\d+\.\d+\.\d+$")


class ProtocolTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = QdrantServer()
        with Caller(cls.server.port) as caller:
            caller.call("PUT", "/collections/c", {"vectors": {}})

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def exchange(self, *parts):
        """What comes back for bytes sent in parts, until the server closes."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=30) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for part in parts:
                connection.sendall(part)
            received = b""
            while piece := connection.recv(65536):
                received += piece
            return received

    def test_requests_may_come_in_pieces_and_in_a_row(self):
        body = b'{"ids":[1]}'
        request = b"POST /collections/c/points HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        last = b"GET /readyz HTTP/1.1\r\nConnection: close\r\n\r\n"
        whole = self.exchange(request + request + last)
        pieces = self.exchange(*[bytes([byte]) for byte in request], request[:30], request[30:] + last)
        for answer in (whole, pieces):
            self.assertEqual(answer.count(b"HTTP/1.1 200 OK"), 3)
            self.assertTrue(answer.endswith(b"all shards are ready"))

    def test_a_body_may_come_in_chunks(self):
        head = b"POST /collections/c/points HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        answer = self.exchange(head, b"4\r\n{\"id\r\n", b"7\r\ns\":[1]}\r\n0", b"\r\n\r\n")
        self.assertIn(b'"result":[]', answer)

    def test_a_body_that_is_too_large_is_refused(self):
        for framing in (b"Content-Length: 33554433\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n2000001\r\n"):
            answer = self.exchange(b"PUT /collections/c/points HTTP/1.1\r\n" + framing)
            self.assertTrue(answer.startswith(b"HTTP/1.1 413 "), answer)

    def test_what_is_no_request_is_refused(self):
        for head in (b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n"):
            self.assertTrue(self.exchange(head).startswith(b"HTTP/1.1 400 "))
        self.assertTrue(self.exchange(b"GET /" + b"x" * 70000).startswith(b"HTTP/1.1 431 "))

    def test_a_body_of_many_megabytes_is_carried_out(self):
        with Caller(self.server.port) as caller:
            points = [{"id": number, "vector": {}, "payload": {"text": "x" * 10_000}} for number in range(2000)]
            caller.call("PUT", "/collections/c/points?wait=true", {"points": points})
            self.assertEqual(caller.call("POST", "/collections/c/points/count", {})["count"], 2000)

    def test_many_connections_are_served(self):
        callers = [Caller(self.server.port) for _ in range(300)]
        try:
            for each in callers * 2:
                each.call("GET", "/collections/c/exists")
        finally:
            for each in callers:
                each.__exit__()


if __name__ == "__main__":
    unittest.main()
