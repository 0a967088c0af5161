// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Names of metrics and labels as Prometheus allows them, and the texts of `# HELP`.
enum MetricName {
    /// `name` with every character that a metric's name cannot have turned into `_`.
    static func sanitized(_ name: String) -> String { sanitize(name, allowsColon: true) }

    /// `name` as the name of a label.
    static func sanitizedLabel(_ name: String) -> String { sanitize(name, allowsColon: false) }

    /// A counter's name: ends with `_total`.
    static func counter(_ name: String) -> String { withSuffix("_total", sanitized(name)) }

    /// A timer's name: ends with `_seconds`.
    static func timer(_ name: String) -> String { withSuffix("_seconds", sanitized(name)) }

    private static func withSuffix(_ suffix: String, _ name: String) -> String { name.hasSuffix(suffix) ? name : name + suffix }

    private static func sanitize(_ name: String, allowsColon: Bool) -> String {
        var result: [UInt8] = []
        for byte in name.utf8 {
            let isDigit = byte >= 0x30 && byte <= 0x39
            let isLetter = (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A) || byte == 0x5F
            if isDigit, result.isEmpty { result.append(0x5F) }
            result.append(isDigit || isLetter || (allowsColon && byte == 0x3A) ? byte : 0x5F)
        }
        return result.isEmpty ? "_" : String(decoding: result, as: UTF8.self)
    }

    /// What the product's own metrics mean.
    static let help: [String: String] = [
        "http_requests_total": "HTTP requests answered, by route pattern, method and status.",
        "http_request_duration_seconds": "Time from a request's head to the end of its response.",
        "rag_queries_total": "Questions answered, by search mode and outcome.",
        "rag_query_duration_seconds": "Time to answer a question.",
        "rag_stage_duration_seconds": "Time spent in one step of a request.",
        "rag_cache_hits_total": "Cache hits, by cache and tier.",
        "rag_cache_misses_total": "Cache misses, by cache.",
        "rag_documents": "Documents in the store.",
        "rag_chunks": "Chunks in the store.",
        "rag_ingest_log_depth": "Accepted documents that wait or are being worked on.",
        "rag_degraded_total": "Replies that were worse than usual, by reason.",
        "rag_documents_indexed_total": "Documents ingested, by status.",
        "rag_in_flight": "Requests being worked on, by cost class.",
        "rag_markers_checked_total": "Citations in generated answers, by whether the quoted passage supports them.",
        "rag_cache_duration_seconds": "Time of look-ups in a tier of the cache.",
        "rag_cache_errors_total": "Look-ups and writes that a tier of the cache failed, by reason.",
        "rag_cache_writes_dropped_total": "Cache writes that were not made, by reason.",
        "rag_dependency_health": "How a dependency is: 1 ok, 0.5 degraded, 0 down.",
        "rag_upstream_breaker_open": "Whether a server that failed repeatedly is left alone now (1) or not (0).",
        "rag_upstream_requests_total": "Requests to a server this process needs, by what became of them.",
        "rag_rate_limited_total": "Requests turned away because their tenant's limit was used up, by route.",
        "rag_rate_limit_duration_seconds": "Time to count a request in Redis.",
        "rag_rate_limit_errors_total": "Counts that Redis failed, so that the server counted alone, by reason.",
        "rag_isolation_violations_total": "Points of another tenant that Qdrant returned and that were dropped.",
        "process_resident_memory_bytes": "Memory of this process that is in RAM.",
        "process_cpu_seconds_total": "Processor time, user and system.",
        "process_open_fds": "Open file descriptors.",
        "process_max_fds": "Most file descriptors that may be open.",
        "process_start_time_seconds": "When this process began, in seconds since 1970.",
        "rag_log_lines_dropped_total": "Log lines dropped because their reader did not keep up.",
        "rag_metric_conflicts_total": "Metrics not exported because their name belongs to a metric of another kind.",
        "rag_metric_series_overflowed_total": "Times a metric had more label sets than allowed; what was over is under the value 'other'.",
    ]
}
