// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import Logging
import RAGCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes each log event as one JSON object on a line of its own.
///
/// Members: `ts` (UTC, milliseconds), `level`, `logger`, `message`, then the metadata, flattened, each under its own key; a metadata
/// key that is one of the first four gets `metadata.` before it. An error given with the event stands under `error`.
package struct JSONLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let output: any LogOutput
    private let now: @Sendable () -> Double

    /// - Parameters:
    ///   - label: The logger's name.
    ///   - output: Where lines go.
    ///   - now: Seconds since 1970.
    package init(
        label: String,
        level: Logger.Level = .info,
        output: any LogOutput,
        metadataProvider: Logger.MetadataProvider? = nil,
        now: @escaping @Sendable () -> Double = { Date.now.timeIntervalSince1970 }
    ) {
        self.label = label
        self.logLevel = level
        self.output = output
        self.metadataProvider = metadataProvider
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { _, new in new } }
        if let own = event.metadata { merged.merge(own) { _, new in new } }
        if let error = event.error, merged["error"] == nil { merged["error"] = "\(error)" }
        var writer = JSONWriter(capacity: 256)
        writer.object { writer in
            writer.member("ts", Self.timestamp(now()))
            writer.member("level", event.level.rawValue)
            writer.member("logger", label)
            writer.member("message", event.message.description)
            for (key, value) in merged.sorted(by: { $0.key < $1.key }) {
                writer.key(Self.reserved.contains(key) ? "metadata.\(key)" : key)
                Self.write(value, to: &writer)
            }
        }
        output.write(line: writer.bytes)
    }

    private static let reserved: Set<String> = ["ts", "level", "logger", "message"]

    private static func timestamp(_ seconds: Double) -> String {
        // Formatting cuts off what is below a millisecond; half of one more makes that rounding.
        Date(timeIntervalSince1970: seconds + 0.000_5).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    private static func write(_ value: Logger.MetadataValue, to writer: inout JSONWriter) {
        switch value {
        case .string(let text): writer.string(text)
        case .stringConvertible(let number as Int): writer.integer(number)
        case .stringConvertible(let number as Double): writer.number(number)
        case .stringConvertible(let flag as Bool): writer.bool(flag)
        case .stringConvertible(let other): writer.string(other.description)
        case .array(let values): writer.array { writer in for value in values { write(value, to: &writer) } }
        case .dictionary(let members):
            writer.object { writer in
                for (key, member) in members.sorted(by: { $0.key < $1.key }) {
                    writer.key(key)
                    write(member, to: &writer)
                }
            }
        }
    }
}
