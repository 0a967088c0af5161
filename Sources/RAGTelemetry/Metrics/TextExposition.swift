// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// The Prometheus text format, version 0.0.4.
enum TextExposition {
    /// Labels as they stand between braces: names sanitised and sorted, values escaped; of two equal names the last counts.
    static func labels(_ dimensions: [(String, String)]) -> String {
        guard !dimensions.isEmpty else { return "" }
        var values: [String: String] = [:]
        for (name, value) in dimensions { values[MetricName.sanitizedLabel(name)] = value }
        return values.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",")
    }

    static func render(_ families: [String: PrometheusRegistry.Family]) -> String {
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            text += "# HELP \(name) \(escaped(MetricName.help[name] ?? name, quotes: false))\n# TYPE \(name) \(family.kind)\n"
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                switch series {
                case .counter(let counter): line(&text, name, labels, number(counter.value))
                case .gauge(let gauge): line(&text, name, labels, number(gauge.value))
                case .histogram(let histogram): render(histogram, name, labels, to: &text)
                }
            }
        }
        return text
    }

    private static func render(_ histogram: HistogramSeries, _ name: String, _ labels: String, to text: inout String) {
        let snapshot = histogram.snapshot
        let prefix = labels.isEmpty ? "" : labels + ","
        var cumulative = 0
        for (bound, count) in zip(histogram.bounds, snapshot.counts) {
            cumulative += count
            line(&text, name + "_bucket", "\(prefix)le=\"\(number(bound))\"", String(cumulative))
        }
        cumulative += snapshot.counts.last ?? 0
        line(&text, name + "_bucket", "\(prefix)le=\"+Inf\"", String(cumulative))
        line(&text, name + "_sum", labels, number(snapshot.sum))
        line(&text, name + "_count", labels, String(cumulative))
    }

    private static func line(_ text: inout String, _ name: String, _ labels: String, _ value: String) {
        text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return value.description
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): result.append(contentsOf: [byte, byte])
            case UInt8(ascii: "\n"): result.append(contentsOf: "\\n".utf8)
            case UInt8(ascii: "\"") where quotes: result.append(contentsOf: "\\\"".utf8)
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
