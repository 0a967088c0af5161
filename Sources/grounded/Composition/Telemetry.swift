// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
import Metrics
import RAGCore
import RAGEmbedded
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
    static func exposition(of store: EmbeddedStore, health: HealthRegistry) async -> String {
        if let statistics = try? await store.statistics(in: nil) {
            Gauge(label: "rag_documents").record(statistics.documents)
            Gauge(label: "rag_chunks").record(statistics.chunks)
        }
        if let depth = try? await store.depth() { Gauge(label: "rag_ingest_log_depth").record(depth) }
        report(store, to: health)
        return registry.text()
    }

    /// Says how the store is now: degraded once it takes no writes any more.
    static func report(_ store: EmbeddedStore, to health: HealthRegistry) {
        if let failure = store.writeFailure {
            health.report("store", .degraded, detail: failure.message)
        } else {
            health.report("store", .ok)
        }
    }
}
