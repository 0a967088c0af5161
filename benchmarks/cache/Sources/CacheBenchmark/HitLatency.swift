// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import Synchronization

/// A model that takes no time, so that only the cache's own is measured.
private struct InstantModel: EmbeddingProvider {
    let space = EmbeddingSpace(
        model: "instant",
        fingerprint: "0",
        dimension: 384,
        pooling: "mean",
        precision: "fp32",
        maximumTokens: 256
    )

    func embed(_ texts: [String], as role: EmbeddingRole, deadline: Deadline) async throws(RAGError) -> EmbeddingMatrix {
        let row = [Float(1)] + Array(repeating: 0, count: space.dimension - 1)
        return try EmbeddingMatrix(dimension: space.dimension, values: texts.flatMap { _ in row })
    }

    func tokenSpans(of texts: [String], deadline: Deadline) async throws(RAGError) -> [TokenSpans] { [] }
}

/// A shared cache without any network.
private final class LocalCache: Cache {
    private let entries = Mutex<[CacheKey: [UInt8]]>([:])

    func values(for keys: [CacheKey], deadline: Deadline) async -> [[UInt8]?] { entries.withLock { held in keys.map { held[$0] } } }
    func store(_ value: [UInt8], for key: CacheKey, timeToLive: Duration) { entries.withLock { $0[key] = value } }
    func remove(_ key: CacheKey) { entries.withLock { $0[key] = nil } }
}

/// How long a hit takes an async caller.
enum HitLatency {
    static func measure() async throws {
        let model = InstantModel()
        let tier = SharedVectorTier(
            LocalCache(),
            keys: try CacheKeyMaker(secret: Array("a secret of the benchmark".utf8)),
            timeToLive: .seconds(600)
        )
        let scope: TenantScope? = nil
        let questions = (0..<10_000).map { "how long does it take to find question number \($0), which is of about the usual length?" }
        let warm = CachedEmbeddingProvider(model, capacity: 20_000, timeToLive: .seconds(600), l2: tier)
        for question in questions { _ = try await warm.embedQuery(question, deadline: .never, in: scope) }
        print("one caller, 10,000 questions of \(questions[0].utf8.count) bytes; µs")
        try await report("L1 hit", warm, questions, expected: .l1)
        let cold = CachedEmbeddingProvider(model, capacity: 0, timeToLive: .seconds(600), l2: tier)
        try await report("L2 hit without its network: name, look-up, seal, decode", cold, questions, expected: .l2)
        let none = CachedEmbeddingProvider(model, capacity: 0, timeToLive: .seconds(600))
        try await report("miss without the model", none, questions, expected: .miss)
        try await contend(warm, questions)
    }

    private static func report(
        _ name: String,
        _ provider: CachedEmbeddingProvider,
        _ questions: [String],
        expected: AnswerReply.CacheTier
    ) async throws {
        var times: [Duration] = []
        var random = SeededGenerator(seed: 1)
        for _ in 0..<50_000 {
            let question = questions[Int.random(in: 0..<questions.count, using: &random)]
            let start = ContinuousClock.now
            let tier = try await provider.embedQuery(question, deadline: .never).tier
            times.append(start.duration(to: .now))
            precondition(tier == expected)
        }
        times.sort()
        let microseconds = { (share: Double) in (times[Int(Double(times.count - 1) * share)].milliseconds * 100_000).rounded() / 100 }
        print("\(name): p50 \(microseconds(0.5)), p99 \(microseconds(0.99)), p99.9 \(microseconds(0.999))")
    }

    /// Hits per second of several callers that share one cache.
    private static func contend(_ provider: CachedEmbeddingProvider, _ questions: [String]) async throws {
        let (callers, rounds) = (32, 20_000)
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    for round in 0..<rounds {
                        _ = try await provider.embedQuery(questions[(caller * 7_919 + round * 31) % questions.count], deadline: .never)
                    }
                }
            }
            try await group.waitForAll()
        }
        let seconds = start.duration(to: .now).inSeconds
        print("\(callers) callers: \(Int(Double(callers * rounds) / seconds)) L1 hits per second")
    }
}
