// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import RAGCore

/// `grounded significance`: the tests that comparisons use, on figures from elsewhere; what `benchmarks/significance.py` checks against SciPy.
struct SignificanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "significance",
        abstract: "Paired significance tests: reads lines {\"first\":[…],\"second\":[…]} and prints p-values.",
        shouldDisplay: false
    )

    func run() throws {
        while let line = readLine() {
            let pair = try JSONValue(parsing: Array(line.utf8))
            guard let first = pair["first"]?.array?.compactMap(\.number), let second = pair["second"]?.array?.compactMap(\.number),
                first.count == second.count, !first.isEmpty
            else { throw ValidationError("each line is {\"first\":[…],\"second\":[…]} with as many numbers on both sides") }
            var writer = JSONWriter()
            writer.object { EvaluationReport.write(PairedComparison(first, second), &$0) }
            print(String(decoding: writer.bytes, as: UTF8.self))
        }
    }
}
