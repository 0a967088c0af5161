// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGTelemetry
import Testing

@Suite struct ProcessReadingTests {
    @Test func theProcessSaysWhatItTakes() throws {
        let registry = PrometheusRegistry()
        let page = try ExpositionParser(registry.text())
        #expect(page.types["process_cpu_seconds_total"] == "counter")
        #expect((page.value("process_cpu_seconds_total") ?? 0) > 0)
        #expect((page.value("process_start_time_seconds") ?? 0) > 1_700_000_000)
        #expect((page.value("process_max_fds") ?? 0) >= (page.value("process_open_fds") ?? 0))
        #if os(Linux)
            #expect((page.value("process_resident_memory_bytes") ?? 0) > 1_000_000)
            #expect((page.value("process_open_fds") ?? 0) > 2)
        #endif
    }

    @Test func processorTimeGrowsWithWork() throws {
        let registry = PrometheusRegistry()
        let before = try ExpositionParser(registry.text()).value("process_cpu_seconds_total") ?? 0
        var sum = 0.0
        let end = ContinuousClock.now.advanced(by: .milliseconds(60))
        while ContinuousClock.now < end { for value in 0..<10_000 { sum += Double(value).squareRoot() } }
        let after = try ExpositionParser(registry.text()).value("process_cpu_seconds_total") ?? 0
        #expect(sum > 0)
        #expect(after > before)
    }
}
