// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// Measures latency apart from quality: one request at a time, nothing beside it, the configurations in turns.
///
/// The questions' vectors are in the server's cache by then, for all configurations alike. What a question costs that was never asked
/// before is measured with questions that were not, and told separately.
struct LatencyProbe: Sendable {
    /// Questions that are embedded anew.
    private static let newQuestions = 20

    let client: ServerClient
    let questions: [TestSet.Question]
    let wantsAnswers: Bool
    /// Most time for all of it; what is not asked by then is left out.
    var limit: Duration = .seconds(20)

    /// - Parameter count: Most questions, evenly spread over the set.
    /// - Returns: As many latencies as configurations, and the server's own milliseconds for embedding a new question, sorted.
    func run(_ configurations: [QueryConfiguration], count: Int) async throws -> (latencies: [Latency], embedding: [Double]) {
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: limit)
        var times = configurations.map { _ in [Double]() }
        var remembered = configurations.map { _ in 0 }
        let count = min(count, questions.count)
        var progress = ProgressLine("timing", total: count)
        for number in 0..<max(0, count) where clock.now < end {
            let question = questions[number * questions.count / count].text
            for turn in configurations.indices {
                // Whoever goes first pays for what the second then finds warm, so they go first in turns.
                let place = (turn + number) % configurations.count
                let body = configurations[place].asking(question, answer: wantsAnswers)
                let start = clock.now
                let reply = try await client.send("POST", "/query", json: body)
                times[place].append(start.duration(to: clock.now).milliseconds)
                if reply["cache"]?["result"]?.string == "hit" { remembered[place] += 1 }
            }
            progress.show(number + 1)
        }
        progress.end()
        let latencies = zip(times, remembered).map { Latency(times: $0.sorted(), remembered: $1) }
        return (latencies, try await embedding(for: configurations))
    }

    private func embedding(for configurations: [QueryConfiguration]) async throws -> [Double] {
        guard configurations.contains(where: { $0.mode != .lexical }), !questions.isEmpty else { return [] }
        let dense = QueryConfiguration(name: "", members: ["mode": .string("dense"), "top_k": .integer(1)])
        var times: [Double] = []
        for number in 0..<Self.newQuestions {
            let question = questions[number * questions.count / Self.newQuestions].text
            let unseen = question.prefix(2_000) + " \(UInt32.random(in: 0...UInt32.max))"
            let reply = try await client.send("POST", "/query", json: dense.asking(String(unseen), answer: false))
            guard reply["cache"]?["embedding"]?.string == "miss", let time = reply["timings_ms"]?["embed"]?.number else { continue }
            times.append(time)
        }
        return times.sorted()
    }
}
