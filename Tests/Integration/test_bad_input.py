# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Bad input of every kind is refused with a problem that names what is wrong, and the server goes on."""

import json
import socket
import unittest

from server import QUICK, Server

JSON = {"Content-Type": "application/json"}


def nested(depth):
    """A filter of `not` in `not`."""
    inner = {"lang": "en"}
    for _ in range(depth):
        inner = {"not": inner}
    return inner


def query(**fields):
    return ("POST", "/query", {"query": "seeds", **fields})


def index(*documents, **fields):
    return ("POST", "/index", {"documents": list(documents), **fields})


def raw(path, body, **headers):
    return ("POST", path, body, {**JSON, **{name.replace("_", "-"): value for name, value in headers.items()}})


def document(**fields):
    return {"id": "d", "text": "Some text.", **fields}


# name: request, status, code, field (None: not asked for)
CASES = {
    "query: a number as the query": (("POST", "/query", {"query": 5}), 400, "invalid_field", "query"),
    "query: none": (("POST", "/query", {"top_k": 5}), 400, "missing_field", "query"),
    "query: empty": (query(query=""), 400, "invalid_field", "query"),
    "query: blank": (query(query=" \t\n\u2003"), 400, "invalid_field", "query"),
    "query: 8193 characters": (query(query="a" * 8193), 400, "invalid_field", "query"),
    "query: 40 kB": (query(query="ß" * 20_000), 400, "invalid_field", "query"),
    "query: null": (query(query=None), 400, "missing_field", "query"),
    "query: unknown field": (query(topk=5), 400, "unknown_field", "topk"),
    "query: top_k 0": (query(top_k=0), 400, "invalid_field", "top_k"),
    "query: top_k 10000": (query(top_k=10_000), 400, "invalid_field", "top_k"),
    "query: top_k as text": (query(top_k="5"), 400, "invalid_field", "top_k"),
    "query: top_k 2.5": (query(top_k=2.5), 400, "invalid_field", "top_k"),
    "query: top_k beyond 64 bits": (raw("/query", b'{"query":"a","top_k":99999999999999999999999}'), 400, None, None),
    "query: unknown mode": (query(mode="psychic"), 400, "invalid_field", "mode"),
    "query: mode as a list": (query(mode=["dense"]), 400, "invalid_field", "mode"),
    "query: negative deadline": (query(deadline_ms=-1), 400, "invalid_field", "deadline_ms"),
    "query: stream as text": (query(stream="true"), 400, "invalid_field", "stream"),
    "query: generate as a number": (query(generate=1), 400, "invalid_field", "generate"),
    "query: unknown group": (query(group="paragraph"), 400, "invalid_field", "group"),
    "filter: a list": (query(filter=[]), 400, "invalid_field", "filter"),
    "filter: unknown operator": (query(filter={"lang": {"like": "e"}}), 400, "unknown_field", "filter.lang.like"),
    "filter: empty condition": (query(filter={"lang": {}}), 400, "invalid_field", "filter.lang"),
    "filter: null": (query(filter={"lang": None}), 400, "invalid_field", "filter.lang"),
    "filter: eleven deep": (query(filter=nested(11)), 400, "invalid_field", None),
    "filter: mixed bounds": (query(filter={"year": {"gt": 1, "lt": "b"}}), 400, "invalid_field", "filter.year"),
    "filter: boolean bound": (query(filter={"year": {"gt": True}}), 400, "invalid_field", "filter.year.gt"),
    "filter: in without values": (query(filter={"lang": {"in": []}}), 400, "invalid_field", "filter.lang.in"),
    "filter: empty or": (query(filter={"or": []}), 400, "invalid_field", "filter.or"),
    "filter: 101 conditions": (query(filter={f"f{n}": n for n in range(101)}), 400, "invalid_field", None),
    "body: none": (("POST", "/query", None, JSON), 400, "malformed_body", None),
    "body: empty": (raw("/query", b""), 400, "malformed_body", None),
    "body: cut off": (raw("/query", b'{"query": "se'), 400, "malformed_body", None),
    "body: text behind it": (raw("/query", b'{"query": "a"} x'), 400, "malformed_body", None),
    "body: a list": (raw("/query", b"[]"), 400, "invalid_field", None),
    "body: invalid UTF-8": (raw("/query", b'{"query": "a\xff\xfe"}'), 400, "malformed_body", None),
    "body: lone surrogate": (raw("/query", b'{"query": "\\ud800"}'), 400, "malformed_body", None),
    "body: duplicate keys": (raw("/query", b'{"query":"a","query":"b"}'), 400, "malformed_body", None),
    "body: NaN": (raw("/query", b'{"query":"a","top_k":NaN}'), 400, "malformed_body", None),
    "body: 100,000 deep": (raw("/query", b"[" * 100_000), 400, "malformed_body", None),
    "body: deep and closed": (raw("/query", b'{"query":' + b"[" * 5000 + b"]" * 5000 + b"}"), 400, "malformed_body", None),
    "body: too large": (raw("/query", b'{"query":"' + b"a" * (3 << 20) + b'"}'), 413, "too_large", None),
    "type: none": (("POST", "/query", b'{"query":"a"}'), 415, "unsupported_media_type", "Content-Type"),
    "type: text": (raw("/query", b"hi", Content_Type="text/plain"), 415, "unsupported_media_type", "Content-Type"),
    "type: Latin 1": (raw("/query", b"{}", Content_Type="application/json; charset=latin1"), 415, None, "Content-Type"),
    "type: compressed": (raw("/query", b"x", Content_Encoding="gzip"), 415, None, "Content-Encoding"),
    "type: form": (raw("/index?filename=a.txt", b"x", Content_Type="multipart/form-data; boundary=b"), 415, None, "Content-Type"),
    "type: of an upload without a name": (raw("/index", b"x", Content_Type="text/plain"), 415, None, "Content-Type"),
    "index: no documents": (("POST", "/index", {}), 400, "missing_field", "documents"),
    "index: empty list": (index(), 400, "invalid_field", "documents"),
    "index: an object": (("POST", "/index", {"documents": {}}), 400, "invalid_field", "documents"),
    "index: a document as text": (index("text"), 400, "invalid_field", "documents[0]"),
    "index: no id": (index({"text": "a"}), 400, "missing_field", "documents[0].id"),
    "index: empty id": (index(document(id="")), 400, "invalid_field", "documents[0].id"),
    "index: huge id": (index(document(id="i" * 5000)), 400, "invalid_field", "documents[0].id"),
    "index: control character in the id": (index(document(id="a\u0000b")), 400, "invalid_field", "documents[0].id"),
    "index: no text": (index({"id": "d"}), 400, "missing_field", "documents[0].text"),
    "index: text as a number": (index(document(text=5)), 400, "invalid_field", "documents[0].text"),
    "index: unknown field": (index(document(author="me")), 400, "unknown_field", "documents[0].author"),
    "index: unknown format": (index(document(format="docx")), 400, "invalid_field", "documents[0].format"),
    "index: duplicate ids": (index(document(), document(text="b")), 400, "invalid_field", "documents[1].id"),
    "index: metadata as a list": (index(document(metadata=[])), 400, "invalid_field", "documents[0].metadata"),
    "index: object in metadata": (index(document(metadata={"a": {}})), 400, "invalid_field", "documents[0].metadata.a"),
    "index: reserved name": (index(document(metadata={"and": 1})), 400, "invalid_field", "documents[0].metadata.and"),
    "index: 1001 documents": (index(*({"id": f"d{n}", "text": "a"} for n in range(1001))), 413, "too_large", "documents"),
    "index: wait as text": (index(document(), wait="no"), 400, "invalid_field", "wait"),
    "upload: unknown parameter": (raw("/index?filename=a.txt&x=1", b"x", Content_Type="text/plain"), 400, "unknown_field", "x"),
    "upload: empty file": (raw("/index?filename=a.txt", b"", Content_Type="text/plain"), 400, "malformed_body", None),
    "path: unknown": (("GET", "/nothing"), 404, "not_found", None),
    "path: slash at the end": (("GET", "/documents/"), 404, "not_found", None),
    "path: wrong method": (("GET", "/query"), 405, "method_not_allowed", None),
    "path: wrong method on a document": (("PATCH", "/documents/a", {}), 405, "method_not_allowed", None),
    "path: another protocol's method": (("PROPFIND", "/query"), 405, "method_not_allowed", None),
    "path: bad percent-encoding": (("GET", "/documents/a%zz"), 400, "invalid_field", "id"),
    "path: percent-encoded bytes that are not UTF-8": (("GET", "/documents/%ff"), 400, "invalid_field", "id"),
    "path: unknown document": (("GET", "/documents/nobody"), 404, "not_found", None),
    "path: text of an unknown document": (("GET", "/documents/nobody/text"), 404, "not_found", None),
    "path: deletion of an unknown document": (("DELETE", "/documents/nobody"), 404, "not_found", None),
    "path: unknown job": (("GET", "/jobs/nobody"), 404, "not_found", None),
    "parameter: unknown": (("GET", "/documents?page=2"), 400, "unknown_field", "page"),
    "parameter: limit 0": (("GET", "/documents?limit=0"), 400, "invalid_field", "limit"),
    "parameter: limit twice": (("GET", "/documents?limit=1&limit=2"), 400, "invalid_field", "limit"),
    "parameter: bad percent-encoding": (("GET", "/documents?prefix=%4"), 400, "invalid_field", None),
    "parameter: revision 0": (("GET", "/documents/here/text?revision=0"), 400, "invalid_field", "revision"),
    "parameter: revision as a word": (("GET", "/documents/here/text?revision=last"), 400, "invalid_field", "revision"),
    "parameter: revision that does not exist": (("GET", "/documents/here/text?revision=7"), 404, "not_found", None),
    "parameter: on a query": (("POST", "/query?x=1", {"query": "a"}), 400, "unknown_field", "x"),
}


class BadInputTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(**QUICK)
        cls.addClassCleanup(cls.server.stop, check=False)
        cls.server.index([{"id": "here", "text": "Seeds are kept dry."}])

    def assert_problem(self, reply, status, code, field):
        self.assertEqual(reply.status, status, reply.body[:300])
        self.assertEqual(reply.type, "application/problem+json")
        problem = reply.json
        self.assertEqual(problem["status"], status)
        for name in ("type", "title", "detail", "code", "request_id"):
            self.assertTrue(problem[name], name)
        self.assertEqual(problem["request_id"], reply.headers["X-Request-ID"])
        if code:
            self.assertEqual(problem["code"], code, problem)
        if field:
            self.assertEqual(problem["field"], field, problem)
        if status == 405:
            self.assertTrue(reply.headers["Allow"])

    def test_every_kind_is_refused_by_name(self):
        for name, (request, status, code, field) in CASES.items():
            with self.subTest(name):
                self.assert_problem(self.server.request(*request), status, code, field)
        print(f"bad input: {len(CASES)} kinds")

    def test_an_empty_text_fails_alone_or_is_refused(self):
        """Text that holds nothing is no document; its neighbours are."""
        reply = self.server.request(*index({"id": "nothing", "text": " \n"}, {"id": "something", "text": "Words."}))
        if reply.status == 200:
            results = {result["id"]: result for result in reply.json["results"]}
            self.assertEqual(results["nothing"]["status"], "failed")
            self.assertTrue(results["nothing"]["error"]["code"])
            self.assertEqual(results["something"]["status"], "indexed")
        else:
            self.assertIn(reply.status, (400, 422))
            self.assertEqual(reply.json["field"], "documents[0].text")
        self.assertEqual(self.server.request("GET", "/documents/nothing").status, 404)

    def test_nonsense_on_the_wire_ends_only_its_connection(self):
        # The last is a method that HTTP does not know: the parser of the wire refuses it, before there is a request.
        for data in (
            b"\x16\x03\x01\x02\x00\x01\x00",
            b"GET\r\n\r\n",
            b"POST /query HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
            b"BREW /query HTTP/1.1\r\nHost: a\r\n\r\n",
        ):
            with socket.create_connection(("127.0.0.1", self.server.port), timeout=10) as connection:
                connection.sendall(data + b"\r\n" * 2)
                connection.settimeout(10)
                answer = connection.recv(4096)
                self.assertTrue(answer == b"" or answer.startswith(b"HTTP/1.1 4"), answer)

    def test_the_error_never_repeats_a_header_or_a_long_value(self):
        reply = self.server.request(*query(**{"x" * 50_000: 1}))
        self.assertEqual(reply.json["code"], "unknown_field")
        self.assertLess(len(reply.body), 2_000)
        reply = self.server.request("GET", "/nothing", headers={"X-Request-ID": "a\tb<script>"})
        self.assertNotIn(b"<script>", reply.body)

    def tearDown(self):
        reply = self.server.query("Where are seeds kept?", generate=False)
        self.assertEqual(reply["passages"][0]["document_id"], "here")
        self.assertEqual(self.server.request("GET", "/health/ready").status, 200)


if __name__ == "__main__":
    unittest.main()
