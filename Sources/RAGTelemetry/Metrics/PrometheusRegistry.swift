// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Synchronization

/// Holds every metric of the process and writes them in the Prometheus text format.
///
/// The same name and labels always give the same series. A metric has at most `maximumSeries` label sets; what comes after shares one
/// series whose label values are `other`, so a mistake in a label cannot fill the memory.
package final class PrometheusRegistry: Sendable {
    /// The media type of `text()`.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    enum Series: Sendable {
        case counter(CounterSeries)
        case gauge(GaugeSeries)
        case histogram(HistogramSeries)

        var kind: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    struct Family: Sendable {
        var kind: String
        /// By rendered labels.
        var series: [String: Series] = [:]
    }

    private let families = Mutex<[String: Family]>([:])
    private let maximumSeries: Int

    /// When this process began to measure, in seconds since 1970; nil where the process itself is not observed.
    private let processStart: Double?

    /// - Parameters:
    ///   - maximumSeries: Most label sets of one metric.
    ///   - observesProcess: Whether the text also says what the process takes: memory, processor time, file descriptors.
    package init(maximumSeries: Int = 1_000, observesProcess: Bool = true) {
        self.maximumSeries = max(1, maximumSeries)
        processStart = observesProcess ? ProcessReading.wallClock() : nil
    }

    func counter(_ name: String, _ dimensions: [(String, String)]) -> CounterSeries {
        let series = series(MetricName.counter(name), dimensions, kind: "counter") { .counter(CounterSeries(key: $0)) }
        if case .counter(let counter)? = series { return counter }
        return CounterSeries(key: SeriesKey(name: name, labels: ""))
    }

    func gauge(_ name: String, _ dimensions: [(String, String)]) -> GaugeSeries {
        let series = series(MetricName.sanitized(name), dimensions, kind: "gauge") { .gauge(GaugeSeries(key: $0)) }
        if case .gauge(let gauge)? = series { return gauge }
        return GaugeSeries(key: SeriesKey(name: name, labels: ""))
    }

    func timer(_ name: String, _ dimensions: [(String, String)]) -> HistogramSeries {
        histogram(MetricName.timer(name), dimensions, bounds: HistogramSeries.durationBounds)
    }

    func sizes(_ name: String, _ dimensions: [(String, String)]) -> HistogramSeries {
        histogram(MetricName.sanitized(name), dimensions, bounds: HistogramSeries.sizeBounds)
    }

    /// Drops a series; who still holds it writes into the void.
    func remove(_ key: SeriesKey) {
        families.withLock { families in
            families[key.name]?.series[key.labels] = nil
            if families[key.name]?.series.isEmpty == true { families[key.name] = nil }
        }
    }

    /// Every metric in the text format 0.0.4, sorted by name and labels.
    package func text() -> String {
        var shown = families.withLock { $0 }
        if let processStart { shown.merge(Self.process(since: processStart)) { _, own in own } }
        return TextExposition.render(shown)
    }

    /// The process's own figures, read now.
    private static func process(since start: Double) -> [String: Family] {
        let reading = ProcessReading.now()
        var families: [String: Family] = [:]
        func gauge(_ name: String, _ value: Double?) {
            guard let value else { return }
            let series = GaugeSeries(key: SeriesKey(name: name, labels: ""))
            series.set(value)
            families[name] = Family(kind: "gauge", series: ["": .gauge(series)])
        }
        gauge("process_resident_memory_bytes", reading.residentBytes)
        gauge("process_open_fds", reading.openFiles)
        gauge("process_max_fds", reading.maximumFiles)
        gauge("process_start_time_seconds", start)
        if let seconds = reading.processorSeconds {
            let series = CounterSeries(key: SeriesKey(name: "process_cpu_seconds_total", labels: ""))
            series.increment(by: seconds)
            families["process_cpu_seconds_total"] = Family(kind: "counter", series: ["": .counter(series)])
        }
        return families
    }

    private func histogram(_ name: String, _ dimensions: [(String, String)], bounds: [Double]) -> HistogramSeries {
        let series = series(name, dimensions, kind: "histogram") { .histogram(HistogramSeries(key: $0, bounds: bounds)) }
        if case .histogram(let histogram)? = series { return histogram }
        return HistogramSeries(key: SeriesKey(name: name, labels: ""), bounds: bounds)
    }

    /// The series of that name and those labels, made if it is new; nil if the name belongs to another kind of metric.
    private func series(
        _ name: String,
        _ dimensions: [(String, String)],
        kind: String,
        make: (SeriesKey) -> Series
    ) -> Series? {
        let labels = TextExposition.labels(dimensions)
        return families.withLock { families in
            var family = families[name] ?? Family(kind: kind)
            guard family.kind == kind else {
                count("rag_metric_conflicts_total", in: &families)
                return nil
            }
            if let known = family.series[labels] { return known }
            var key = SeriesKey(name: name, labels: labels)
            if family.series.count >= maximumSeries {
                key.labels = TextExposition.labels(dimensions.map { ($0.0, "other") })
                count("rag_metric_series_overflowed_total", in: &families)
                if let known = family.series[key.labels] { return known }
            }
            let made = make(key)
            family.series[key.labels] = made
            families[name] = family
            return made
        }
    }

    private func count(_ name: String, in families: inout [String: Family]) {
        if case .counter(let counter)? = families[name]?.series[""] { return counter.increment(by: 1.0) }
        let counter = CounterSeries(key: SeriesKey(name: name, labels: ""))
        counter.increment(by: 1.0)
        families[name] = Family(kind: "counter", series: ["": .counter(counter)])
    }
}
