// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

@testable import RAGPython

/// What the way into Python costs. Reported, never judged: `GROUNDED_MEASURE=1 swift test --filter BridgeMeasurements`.
@Suite(.serialized, .enabled(if: PythonFixture.measures))
struct BridgeMeasurements {
    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    @Test func costOfACall() async throws {
        let threads = try PythonFixture.threads()
        let inside = try await threads.run(priority: .query, deadline: .never, step: "measuring") { _ throws(RAGError) in
            do {
                let nothing = try PythonFixture.probe("nothing")
                return try (0..<20_000).map { _ in
                    try ContinuousClock().measure { _ = try nothing.matrix(["a short question"], role: "query") }.milliseconds
                }
            } catch {
                throw RAGError.wrapping(error)
            }
        }[0]
        print("measured: one call on a Python thread, 1 text in, 1 × 384 floats out: \(median(inside) * 1_000) µs")

        var roundTrips: [Double] = []
        for _ in 0..<20_000 {
            let start = ContinuousClock.now
            _ = try await threads.run(priority: .query, deadline: .after(.seconds(30)), step: "measuring") { $0.part }
            roundTrips.append(start.duration(to: .now).milliseconds)
        }
        print("measured: round trip from a task to a Python thread and back: \(median(roundTrips) * 1_000) µs")
    }

    @Test func throughputAgainstPlainPython() async throws {
        let words = ["river", "bread", "account", "planet", "music", "engine", "doctor", "winter", "market", "forest"]
        let texts = (0..<64).map { text in (0..<26).map { words[(text * 7 + $0 * 3) % words.count] }.joined(separator: " ") }
        var writer = JSONWriter()
        writer.array { writer in for text in texts { writer.string(text) } }
        let json = String(decoding: writer.bytes, as: UTF8.self)
        let seconds = try PythonFixture.probe("seconds")
        let single = try await PythonFixture.embedder(threads: PythonFixture.threads(1))
        let double = try await PythonFixture.embedder(threads: PythonFixture.threads(2))
        var ratios: [Double] = []
        var gains: [Double] = []
        var rates: [Double] = []
        for _ in 0..<9 {
            let answer = try seconds.text([PythonFixture.model, json])
            let plain = try #require(Double(answer))
            let clock = ContinuousClock()
            let one = try await clock.measure { _ = try await single.embed(texts, as: .passage, deadline: .never) }.inSeconds
            let two = try await clock.measure { _ = try await double.embed(texts, as: .passage, deadline: .never) }.inSeconds
            ratios.append(plain / one)
            gains.append(one / two)
            rates.append(Double(texts.count) / one)
        }
        print("measured: throughput through Swift ÷ plain Python, one thread each: \(median(ratios))")
        print("measured: two threads ÷ one: \(median(gains)); one thread: \(median(rates)) texts/s of about 30 tokens")
    }
}
