# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Every query of the dashboard, the alerts and the autoscaler's adapter asks for metrics and labels that a running server exports."""

import json
import re
import subprocess
import unittest

from llm import ScriptedModel
from server import QUICK, ROOT, Server

DASHBOARD = ROOT / "deploy/grafana/grounded.json"
ALERTS = ROOT / "deploy/prometheus/alerts.yml"
ALERT_TESTS = ROOT / "deploy/prometheus/alerts_test.yml"
ADAPTER = ROOT / "deploy/kubernetes/monitoring/prometheus-adapter.yaml"

#: Added by Prometheus: by the scrape's own configuration, or by Kubernetes service discovery.
TARGET_LABELS = {"job", "instance", "namespace", "pod"}
#: Made by Prometheus itself.
SYNTHETIC = {"up": set()}
#: What a server without Redis does not export: name, labels, and the source file that makes them.
ELSEWHERE = {
    "rag_cache_duration_seconds": ({"tier"}, "Sources/RAGRedis/Cache/CacheMetrics.swift"),
    "rag_cache_errors_total": ({"tier", "reason"}, "Sources/RAGRedis/Cache/CacheMetrics.swift"),
    "rag_cache_writes_dropped_total": ({"tier", "reason"}, "Sources/RAGRedis/Cache/CacheMetrics.swift"),
    "rag_rate_limit_duration_seconds": (set(), "Sources/RAGRedis/Limits/RedisRateLimiter.swift"),
    "rag_rate_limit_errors_total": ({"reason"}, "Sources/RAGRedis/Limits/RedisRateLimiter.swift"),
    # Without Qdrant.
    "rag_isolation_violations_total": (set(), "Sources/RAGQdrant/Records/Isolation.swift"),
    # Without a limit that was met.
    "rag_rate_limited_total": ({"route"}, "Sources/RAGHTTP/Limits/RateLimiting.swift"),
    # Faults that must not happen.
    "rag_log_lines_dropped_total": (set(), "Sources/RAGTelemetry/Logs/StandardLogOutput.swift"),
    "rag_metric_conflicts_total": (set(), "Sources/RAGTelemetry/Metrics/PrometheusRegistry.swift"),
    "rag_metric_series_overflowed_total": (set(), "Sources/RAGTelemetry/Metrics/PrometheusRegistry.swift"),
}
#: Label values that queries name but a short run does not produce, and where they are made.
VALUES_ELSEWHERE = {
    ("rag_cache_duration_seconds_bucket", "tier", "l2"): "Sources/RAGRedis/Cache/CacheMetrics.swift",
}
FUNCTIONS = set(
    "sum min max avg count rate increase changes absent histogram_quantile predict_linear time avg_over_time label_values vector".split()
)
WORDS = FUNCTIONS | set("by without on ignoring group_left group_right and or unless bool offset".split())
SELECTOR = re.compile(r"(?<![\w:$])([a-zA-Z_:][\w:]*)\s*(\{[^{}]*\})?")
MATCHER = re.compile(r'([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"')


class Query:
    """The metrics of a PromQL expression with their matchers, and the labels it groups by."""

    def __init__(self, expression, origin):
        self.origin, self.selectors, self.grouped = origin, [], set()
        rest = re.sub(r'"(?:[^"\\]|\\.)*"', lambda match: match.group().replace("{", "\0").replace("}", "\1"), expression)
        for match in re.finditer(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^()]*)\)", rest):
            self.grouped |= {label.strip() for label in match.group(1).split(",") if label.strip()}
        # What is left are metrics and functions: no groupings, durations or numbers.
        rest = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*(\([^()]*\))?", " ", rest)
        rest = re.sub(r"\[[^\[\]]*\]", " ", rest)
        for name, matchers in SELECTOR.findall(rest):
            if name not in WORDS and not re.fullmatch(r"[0-9.]+\w*", name):
                restored = (matchers or "").replace("\0", "{").replace("\1", "}")
                self.selectors.append((name, [(label, kind, value) for label, kind, value in MATCHER.findall(restored)]))


def dashboard_queries():
    dashboard = json.loads(DASHBOARD.read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield Query(target["expr"], f"panel {panel['title']!r}"), target["legendFormat"]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            selector, _, label = variable["definition"].removeprefix("label_values(").removesuffix(")").rpartition(",")
            yield Query(f"count by ({label.strip()}) ({selector})", f"variable {variable['name']}"), ""


def alert_queries():
    # An expression is one line after `expr:`, or the deeper lines that follow `expr: |`.
    lines, index = ALERTS.read_text().splitlines(), 0
    name = None
    while index < len(lines):
        if match := re.match(r"\s+- alert: (\w+)", lines[index]):
            name = match.group(1)
        elif match := re.match(r"(\s+)expr: (.*)", lines[index]):
            indent, text = len(match.group(1)), match.group(2)
            if text == "|":
                text = ""
                while len(lines[index + 1]) - len(lines[index + 1].lstrip()) > indent:
                    index += 1
                    text += lines[index] + "\n"
            yield Query(text, f"alert {name}")
        index += 1


def adapter_queries():
    text = ADAPTER.read_text()
    for series in re.findall(r"seriesQuery: '([^']*)'", text):
        yield Query(series, "adapter's seriesQuery")
        metric = series.partition("{")[0]
        for query in re.findall(r"metricsQuery: '([^']*)'", text):
            query = query.replace("<<.Series>>", metric).replace("<<.LabelMatchers>>", 'namespace="x"').replace("<<.GroupBy>>", "pod")
            yield Query(query, "adapter's metricsQuery")


class DashboardTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model = ScriptedModel()
        cls.addClassCleanup(cls.model.stop)
        cls.server = Server(**cls.model.settings, **QUICK, RESULT_CACHE_MEMORY="8MB")
        cls.addClassCleanup(cls.server.stop, check=False)
        cls.server.index([{"id": f"d{number}", "text": f"Seeds of lot {number} are kept dry."} for number in range(3)])
        cls.model.say([], ending="refuse")
        for mode in ("hybrid", "hybrid", "lexical"):
            cls.server.query("Seeds of lot 1 are kept dry.", mode=mode)
        cls.server.query("Seeds of lot 2 are kept dry.", generate=False)
        cls.server.request("POST", "/query", {"query": ""})
        # A scrape is a request too, and is counted when it is over.
        cls.server.request("GET", "/metrics")
        cls.text = cls.server.request("GET", "/metrics").body.decode()
        cls.labels, cls.values = cls.exported(cls.text)

    @staticmethod
    def exported(text):
        """The labels of every metric, and the values of every label."""
        labels, values = {}, {}
        for line in text.splitlines():
            if match := re.match(r"([a-zA-Z_:][\w:]*)(\{.*\})? ", line):
                name = match.group(1)
                pairs = re.findall(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"', match.group(2) or "")
                labels.setdefault(name, set()).update(label for label, _ in pairs)
                for label, value in pairs:
                    values.setdefault((name, label), set()).add(value)
        return labels, values

    def known_labels(self, name):
        """The labels of a metric, or nil where no server exports it."""
        if name in self.labels:
            return self.labels[name]
        if name in SYNTHETIC:
            return SYNTHETIC[name]
        family = re.sub(r"_(bucket|sum|count)$", "", name)
        if family in ELSEWHERE:
            return ELSEWHERE[family][0] | ({"le"} if name.endswith("_bucket") else set())
        return None

    def faults(self, query, legend=""):
        """What in a query no server exports."""
        found, everywhere = [], set()
        if not query.selectors:
            found.append("asks for nothing")
        for name, matchers in query.selectors:
            known = self.known_labels(name)
            if known is None:
                found.append(f"no metric {name}")
                continue
            known = known | TARGET_LABELS
            everywhere |= known
            for label, kind, value in matchers:
                if label not in known:
                    found.append(f"{name} has no label {label}")
                elif kind == "=" and label not in TARGET_LABELS and (name, label, value) not in VALUES_ELSEWHERE:
                    family = re.sub(r"_(bucket|sum|count)$", "", name)
                    if family not in ELSEWHERE and value not in self.values.get((name, label), ()) and not self.is_made(value):
                        found.append(f"{name} never has {label}={value}")
        wanted = query.grouped | set(re.findall(r"\{\{\s*(\w+)\s*\}\}", legend))
        found += [f"groups by or shows {label}, which none of its metrics has" for label in wanted - everywhere]
        return [f"{query.origin}: {fault}" for fault in found]

    @staticmethod
    def is_made(value):
        """Statuses are numbers of HTTP, everything else stands in the source as a string or a case."""
        if re.fullmatch(r"[1-5]\d\d", value):
            return True
        done = subprocess.run(["grep", "-rqE", rf'"{re.escape(value)}"|case {re.escape(value)}\b', str(ROOT / "Sources")], check=False)
        return done.returncode == 0

    def test_the_dashboard_asks_for_what_is_there(self):
        queries = list(dashboard_queries())
        self.assertGreater(len(queries), 40)
        self.assertEqual([fault for query, legend in queries for fault in self.faults(query, legend)], [])

    def test_the_alerts_ask_for_what_is_there(self):
        queries = list(alert_queries())
        self.assertEqual(len(queries), ALERTS.read_text().count("expr:"))
        self.assertEqual([fault for query in queries for fault in self.faults(query)], [])

    def test_the_autoscaler_asks_for_what_is_there(self):
        queries = list(adapter_queries())
        self.assertEqual(len(queries), 2)
        self.assertEqual([fault for query in queries for fault in self.faults(query)], [])

    def test_the_alert_tests_feed_series_as_the_server_exports_them(self):
        series = re.findall(r"- series: '([^']*)'", ALERT_TESTS.read_text())
        self.assertGreater(len(series), 30)
        self.assertEqual([fault for text in series for fault in self.faults(Query(text, f"test series {text}"))], [])

    def test_what_only_others_export_is_made_where_it_is_said(self):
        for name, (labels, file) in ELSEWHERE.items():
            source = (ROOT / file).read_text()
            self.assertIn(f'"{name}"', source)
            for label in labels:
                self.assertIn(f'"{label}"', source, name)
        for (_, label, value), file in VALUES_ELSEWHERE.items():
            self.assertIn(f'("{label}", "{value}")', (ROOT / file).read_text())

    def test_dependencies_and_the_process_are_shown_as_they_are(self):
        figures = dict(line.rsplit(" ", 1) for line in self.text.splitlines() if not line.startswith("#"))
        self.assertEqual(float(figures['rag_dependency_health{dependency="store"}']), 1)
        # The language model hangs up on every request, which is not enough to leave it alone.
        self.assertLess(float(figures['rag_dependency_health{dependency="llm"}']), 1)
        self.assertGreater(float(figures['rag_upstream_requests_total{outcome="failure",upstream="the language model"}']), 0)
        self.assertIn(figures['rag_upstream_breaker_open{upstream="the language model"}'], ("0", "1"))
        self.assertGreater(float(figures["process_resident_memory_bytes"]), 10e6)
        self.assertGreater(float(figures["process_cpu_seconds_total"]), 0)
        self.assertGreater(float(figures["process_max_fds"]), float(figures["process_open_fds"]))

    def test_a_wrong_name_label_or_value_would_be_found(self):
        for expression in (
            'sum(rate(rag_querys_total{job="grounded"}[5m]))',
            'sum by (kind) (rag_queries_total)',
            'rag_queries_total{model="x"}',
            'rag_stage_duration_seconds_count{stage="retrieval-of-old"}',
            'histogram_quantile(0.9, sum by (le, stage) (rate(rag_query_duration_seconds_bucket[5m])))',
            'rag_documents / on (tenant) rag_chunks',
        ):
            self.assertTrue(self.faults(Query(expression, "probe")), expression)
        self.assertTrue(self.faults(Query("rag_documents", "probe"), "{{mode}}"))
        right = 'rate(rag_queries_total{outcome!="ok",mode=~"a|{b}"}[$__rate_interval]) * 1e3 > 2'
        self.assertEqual(self.faults(Query(right, "probe")), [])


if __name__ == "__main__":
    unittest.main()
