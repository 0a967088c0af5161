// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
import Metrics
import RAGCore
import RAGPipeline
import RAGTelemetry

/// Logs and metrics of this process.
enum Telemetry {
    private static let registry = PrometheusRegistry()

    /// Directs logs to standard error as JSON and metrics to the registry; once per process, before anything else.
    static func bootstrap(level: Logger.Level) -> Logger {
        LoggingSystem.bootstrap { label in
            JSONLogHandler(label: label, level: level, output: StandardLogOutput.standardError)
        }
        MetricsSystem.bootstrap(PrometheusMetricsFactory(registry: registry))
        return Logger(label: "grounded")
    }

    /// The metrics as text, with the gauges that are read from the store on demand.
    static func exposition(of serving: ServingStore, health: HealthRegistry) async -> String {
        let store = serving.store
        if let statistics = try? await store.statistics(in: nil) {
            Gauge(label: "rag_documents").record(statistics.documents)
            Gauge(label: "rag_chunks").record(statistics.chunks)
        }
        if let depth = try? await store.depth() { Gauge(label: "rag_ingest_log_depth").record(depth) }
        serving.report(to: health)
        return registry.text()
    }
}
