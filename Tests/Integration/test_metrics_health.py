# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What operators and clients rely on in every reply: metrics, health, the contract, request ids, timings."""

import re
import unittest
from datetime import datetime

from llm import ScriptedModel
from server import QUICK, Server

METRICS = [
    "rag_queries_total", "rag_query_duration_seconds", "rag_stage_duration_seconds", "rag_cache_hits_total", "rag_documents",
    "rag_chunks", "rag_ingest_log_depth", "rag_degraded_total", "rag_documents_indexed_total",
]
ENDPOINTS = {
    ("/index", "post"), ("/query", "post"), ("/documents", "get"), ("/documents/{id}", "get"), ("/documents/{id}", "delete"),
    ("/documents/{id}/text", "get"), ("/jobs/{id}", "get"), ("/health", "get"), ("/health/live", "get"), ("/health/ready", "get"),
    ("/metrics", "get"), ("/openapi.json", "get"),
}
SAMPLE = re.compile(r'^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*",?)*)\})? (-?[0-9.]+(?:[eE][-+]?\d+)?|[+-]Inf|NaN)$')


class OperationTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model = ScriptedModel()
        cls.addClassCleanup(cls.model.stop)
        cls.server = Server(**cls.model.settings, **QUICK)
        cls.addClassCleanup(cls.server.stop, check=False)
        cls.server.index([{"id": f"d{number}", "text": f"Seeds of lot {number} are kept dry."} for number in range(3)])
        cls.model.say([], ending="refuse")
        for _ in range(2):
            cls.degraded = cls.server.query("Seeds of lot 1 are kept dry.")

    def parsed(self):
        reply = self.server.request("GET", "/metrics")
        self.assertEqual(reply.status, 200)
        self.assertTrue(reply.headers["Content-Type"].startswith("text/plain; version=0.0.4"))
        types, samples = {}, {}
        for line in reply.body.decode().splitlines():
            if line.startswith("# TYPE "):
                name, kind = line[7:].split(" ")
                self.assertNotIn(name, types, "a family stands twice")
                types[name] = kind
            elif line and not line.startswith("#"):
                match = SAMPLE.match(line)
                self.assertTrue(match, line)
                key = (match.group(1), match.group(2) or "")
                self.assertNotIn(key, samples)
                samples[key] = float(match.group(3).replace("Inf", "inf"))
        return types, samples

    def test_the_metrics_are_there_and_can_be_read(self):
        types, samples = self.parsed()
        for name in METRICS:
            self.assertIn(name, types)
        self.assertEqual(types["rag_queries_total"], "counter")
        self.assertEqual(samples[("rag_documents", "")], 3)
        self.assertEqual(samples[("rag_chunks", "")], 3)
        self.assertEqual(samples[("rag_ingest_log_depth", "")], 0)
        self.assertGreaterEqual(samples[("rag_degraded_total", 'reason="llm"')], 2)
        for name, kind in types.items():
            if kind == "histogram":
                self.check_histogram(name, samples)

    def check_histogram(self, name, samples):
        """Buckets grow and end with all that was counted."""
        series = {}
        for (family, labels), value in samples.items():
            if family == name + "_bucket":
                bound = re.search(r'le="([^"]*)"', labels).group(1)
                rest = re.sub(r',?le="[^"]*"', "", labels)
                series.setdefault(rest, []).append((float(bound.replace("Inf", "inf")), value))
        for labels, buckets in series.items():
            buckets.sort()
            counts = [count for _, count in buckets]
            self.assertEqual(counts, sorted(counts), name)
            self.assertEqual(buckets[-1][0], float("inf"))
            self.assertEqual(counts[-1], samples[(name + "_count", labels.lstrip(","))])

    def test_a_query_is_counted_once(self):
        before = self.server.metric("rag_queries_total")
        hits = self.server.metric("rag_cache_hits_total")
        self.server.query("Seeds of lot 1 are kept dry.", generate=False)
        self.assertEqual(self.server.metric("rag_queries_total"), before + 1)
        self.assertEqual(self.server.metric("rag_cache_hits_total"), hits + 1)

    def test_health_names_every_dependency_and_since_when(self):
        health = self.server.request("GET", "/health").json
        dependencies = {dependency["name"]: dependency for dependency in health["dependencies"]}
        for dependency in dependencies.values():
            self.assertIn(dependency["status"], ("ok", "degraded", "down"))
            self.assertLess(datetime.fromisoformat(dependency["since"]).timestamp(), datetime.now().timestamp() + 1)
        self.assertEqual(dependencies["store"]["status"], "ok")
        self.assertEqual(dependencies["embedder"]["status"], "ok")
        # Only the language model is away.
        self.assertGreaterEqual(len(dependencies), 3)
        self.assertEqual(sum(dependency["status"] != "ok" for dependency in dependencies.values()), 1)
        self.assertEqual(health["status"], "degraded")
        self.assertTrue(health["version"])
        self.assertEqual(self.server.request("GET", "/health/ready").status, 200)

    def test_the_contract_lists_every_endpoint(self):
        contract = self.server.request("GET", "/openapi.json").json
        self.assertTrue(contract["openapi"].startswith("3."))
        listed = {(path, method) for path, methods in contract["paths"].items() for method in methods if method != "parameters"}
        self.assertEqual(ENDPOINTS - listed, set())
        for path, method in listed:
            if "{" not in path:
                status = self.server.request(method.upper(), path, {} if method == "post" else None).status
                self.assertNotIn(status, (404, 405), f"{method} {path}")
        self.assert_references_resolve(contract, contract)

    def assert_references_resolve(self, node, contract):
        if isinstance(node, dict):
            if isinstance(reference := node.get("$ref"), str):
                target = contract
                for part in reference.removeprefix("#/").split("/"):
                    self.assertIn(part, target, reference)
                    target = target[part]
            node = list(node.values())
        if isinstance(node, list):
            for child in node:
                self.assert_references_resolve(child, contract)

    def test_a_request_id_is_kept_or_made(self):
        for method, path, body in [("GET", "/health/live", None), ("POST", "/query", {"query": "a"}), ("GET", "/nothing", None)]:
            reply = self.server.request(method, path, body, headers={"X-Request-ID": "trace-1.2:3_4"})
            self.assertEqual(reply.headers["X-Request-ID"], "trace-1.2:3_4")
            self.assertEqual(reply.json["request_id"], "trace-1.2:3_4")
            made = self.server.request(method, path, body)
            self.assertRegex(made.headers["X-Request-ID"], r"^[0-9a-f]{32}$")
            self.assertEqual(made.json["request_id"], made.headers["X-Request-ID"])

    def test_every_answer_says_what_it_took_and_what_was_worse(self):
        self.assertIn("llm", self.degraded["degraded"])
        for fields in ({}, {"generate": False}, {"mode": "lexical"}, {"query": "xyzzy plugh"}):
            reply = self.server.query(**{"text": fields.pop("query", "Which seeds?"), **fields})
            self.assertTrue({"embed", "retrieve", "rerank", "generate", "total"} <= set(reply["timings_ms"]), reply["timings_ms"])
            self.assertTrue(all(value >= 0 for value in reply["timings_ms"].values()))
            self.assertIsInstance(reply["degraded"], list)
            self.assertTrue(reply["request_id"])
        reply = self.server.index([{"id": "more", "text": "More seeds."}])
        self.assertGreater(reply["timings_ms"]["total"], 0)
        self.assertTrue(reply["request_id"])
        self.server.request("DELETE", "/documents/more")
        reranked = self.server.query("Which seeds?", rerank=True, generate=False)
        self.assertIn("rerank", reranked["degraded"])


if __name__ == "__main__":
    unittest.main()
