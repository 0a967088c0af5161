// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A strict reader of the Prometheus text format 0.0.4, for tests.
struct ExpositionParser {
    struct Sample: Hashable {
        var name: String
        var labels: [String: String]
        var value: Double
    }

    struct Fault: Error { var line: String }

    private(set) var types: [String: String] = [:]
    private(set) var help: [String: String] = [:]
    private(set) var samples: [Sample] = []

    init(_ text: String) throws {
        guard text.isEmpty || text.hasSuffix("\n") else { throw Fault(line: "no line end") }
        var current = ""
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# HELP ") || line.hasPrefix("# TYPE ") {
                let parts = line.split(separator: " ", maxSplits: 3)
                guard parts.count == 4, Self.isName(parts[2]) else { throw Fault(line: String(line)) }
                current = String(parts[2])
                if parts[1] == "HELP" {
                    guard help.updateValue(String(parts[3]), forKey: current) == nil else { throw Fault(line: String(line)) }
                } else {
                    guard ["counter", "gauge", "histogram"].contains(parts[3]),
                        types.updateValue(String(parts[3]), forKey: current) == nil
                    else { throw Fault(line: String(line)) }
                }
            } else {
                let sample = try Self.sample(String(line))
                let suffixes = types[current] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
                guard suffixes.contains(where: { current + $0 == sample.name }), help[current] != nil else {
                    throw Fault(line: String(line))
                }
                guard !samples.contains(where: { $0.name == sample.name && $0.labels == sample.labels }) else {
                    throw Fault(line: "twice: \(line)")
                }
                samples.append(sample)
            }
        }
    }

    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        samples.first { $0.name == name && $0.labels == labels }?.value
    }

    private static func isName(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (0x30...0x3A).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
        }
    }

    private static func sample(_ line: String) throws -> Sample {
        var rest = Substring(line)
        let name = rest.prefix { $0 != "{" && $0 != " " }
        guard isName(name) else { throw Fault(line: line) }
        rest = rest.dropFirst(name.count)
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest.removeFirst()
            while rest.first != "}" {
                let label = rest.prefix { $0 != "=" }
                guard isName(label), !label.contains(":") else { throw Fault(line: line) }
                rest = rest.dropFirst(label.count)
                guard rest.hasPrefix("=\"") else { throw Fault(line: line) }
                rest.removeFirst(2)
                var value = ""
                while let character = rest.first, character != "\"" {
                    rest.removeFirst()
                    guard character == "\\" else {
                        value.append(character)
                        continue
                    }
                    switch rest.popFirst() {
                    case "n": value.append("\n")
                    case "\\": value.append("\\")
                    case "\"": value.append("\"")
                    default: throw Fault(line: line)
                    }
                }
                guard rest.popFirst() == "\"", labels.updateValue(value, forKey: String(label)) == nil else {
                    throw Fault(line: line)
                }
                if rest.first == "," { rest.removeFirst() } else if rest.first != "}" { throw Fault(line: line) }
            }
            rest.removeFirst()
        }
        guard rest.popFirst() == " ", let value = number(String(rest)) else { throw Fault(line: line) }
        return Sample(name: String(name), labels: labels, value: value)
    }

    private static func number(_ text: String) -> Double? {
        switch text {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case "NaN": .nan
        default: Double(text)
        }
    }
}
