// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Metrics
import RAGTelemetry
import Testing

@Suite struct PrometheusTests {
    private let registry = PrometheusRegistry(maximumSeries: 5, observesProcess: false)
    private var factory: PrometheusMetricsFactory { PrometheusMetricsFactory(registry: registry) }
    private var page: ExpositionParser { get throws { try ExpositionParser(registry.text()) } }

    @Test func countersGaugesAndHistogramsAreWrittenWithHelpAndType() throws {
        withMetricsFactory(factory) {
            Counter(label: "rag_queries_total", dimensions: [("outcome", "answered"), ("mode", "hybrid")]).increment(by: 3)
            Meter(label: "rag_documents").set(12)
            Gauge(label: "rag_chunks").record(2.5)
            let timer = Metrics.Timer(label: "rag_query_duration_seconds")
            timer.recordNanoseconds(400_000)
            timer.recordNanoseconds(90_000_000_000)
        }
        let page = try page
        #expect(page.types["rag_queries_total"] == "counter")
        #expect(page.help["rag_queries_total"] == "Questions answered, by search mode and outcome.")
        #expect(page.value("rag_queries_total", ["mode": "hybrid", "outcome": "answered"]) == 3)
        #expect(page.value("rag_documents") == 12)
        #expect(page.value("rag_chunks") == 2.5)
        #expect(page.types["rag_query_duration_seconds"] == "histogram")
        #expect(page.value("rag_query_duration_seconds_bucket", ["le": "0.00025"]) == 0)
        #expect(page.value("rag_query_duration_seconds_bucket", ["le": "0.0005"]) == 1)
        #expect(page.value("rag_query_duration_seconds_bucket", ["le": "60"]) == 1)
        #expect(page.value("rag_query_duration_seconds_bucket", ["le": "+Inf"]) == 2)
        #expect(page.value("rag_query_duration_seconds_count") == 2)
        #expect(page.value("rag_query_duration_seconds_sum").map { abs($0 - 90.0004) < 1e-9 } == true)
    }

    @Test func bucketsAreCumulativeAndTheLastEqualsTheCount() throws {
        let timer = factory.makeTimer(label: "work", dimensions: [("stage", "embed")])
        for nanoseconds in stride(from: Int64(50_000), to: 200_000_000, by: 7_000_003) { timer.recordNanoseconds(nanoseconds) }
        let page = try page
        let buckets = page.samples.filter { $0.name == "work_seconds_bucket" }.map(\.value)
        #expect(buckets == buckets.sorted())
        #expect(buckets.last == page.value("work_seconds_count", ["stage": "embed"]))
    }

    @Test func theSameNameAndLabelsInAnyOrderAreTheSameSeries() throws {
        factory.makeCounter(label: "hits", dimensions: [("a", "1"), ("b", "2")]).increment(by: 1)
        factory.makeCounter(label: "hits", dimensions: [("b", "2"), ("a", "1")]).increment(by: 1)
        #expect(try page.value("hits_total", ["a": "1", "b": "2"]) == 2)
    }

    @Test func namesAndLabelValuesAreMadeSafe() throws {
        factory.makeCounter(label: "hb.requests-é", dimensions: [("a:b", "quote \" slash \\ line\nend é")]).increment(by: 1)
        factory.makeCounter(label: "9lives", dimensions: []).increment(by: 1)
        let page = try page
        #expect(page.value("hb_requests____total", ["a_b": "quote \" slash \\ line\nend é"]) == 1)
        #expect(page.value("_9lives_total") == 1)
    }

    @Test func labelSetsBeyondTheCapShareOneSeries() throws {
        for index in 0..<20 { factory.makeCounter(label: "many", dimensions: [("id", "\(index)")]).increment(by: 1) }
        let page = try page
        #expect(page.samples.filter { $0.name == "many_total" }.count == 6)
        #expect(page.value("many_total", ["id": "other"]) == 15)
        #expect(page.value("rag_metric_series_overflowed_total") == 15)
    }

    @Test func aNameOfAnotherKindIsNotExportedAndIsCounted() throws {
        factory.makeMeter(label: "thing", dimensions: []).set(1.0)
        factory.makeRecorder(label: "thing", dimensions: [], aggregate: true).record(Int64(5))
        let page = try page
        #expect(page.types["thing"] == "gauge")
        #expect(page.value("rag_metric_conflicts_total") == 1)
    }

    @Test func aDestroyedMetricIsGone() throws {
        let counter = factory.makeCounter(label: "gone", dimensions: [])
        counter.increment(by: 1)
        factory.destroyCounter(counter)
        #expect(try page.value("gone_total") == nil)
        factory.makeCounter(label: "gone", dimensions: []).increment(by: 1)
        #expect(try page.value("gone_total") == 1)
    }

    @Test func countersNeverFall() throws {
        let counter = factory.makeFloatingPointCounter(label: "up", dimensions: [])
        counter.increment(by: 1.5)
        counter.increment(by: -4)
        counter.increment(by: .nan)
        #expect(try page.value("up_total") == 1.5)
    }

    @Test func concurrentUpdatesAreAllCountedWhileOthersRead() async throws {
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask { [factory] in
                    for _ in 0..<1_000 {
                        factory.makeCounter(label: "busy", dimensions: [("worker", "\(task % 2)")]).increment(by: 1)
                        factory.makeTimer(label: "busy", dimensions: []).recordNanoseconds(1_000_000)
                    }
                }
            }
            group.addTask { [registry] in for _ in 0..<50 { _ = registry.text() } }
        }
        let page = try page
        #expect(page.value("busy_total", ["worker": "0"]) == 4_000)
        #expect(page.value("busy_total", ["worker": "1"]) == 4_000)
        #expect(page.value("busy_seconds_count") == 8_000)
    }

    @Test func theOrderIsDeterministic() {
        for name in ["b", "a", "c"] {
            for value in ["2", "1"] { factory.makeCounter(label: name, dimensions: [("v", value)]).increment(by: 1) }
        }
        let lines = registry.text().split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(
            lines == [
                "a_total{v=\"1\"} 1", "a_total{v=\"2\"} 1", "b_total{v=\"1\"} 1", "b_total{v=\"2\"} 1", "c_total{v=\"1\"} 1",
                "c_total{v=\"2\"} 1",
            ]
        )
    }
}
