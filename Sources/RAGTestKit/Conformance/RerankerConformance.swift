// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

public import RAGCore

/// What every reranker must do, as checks that throw the promise that is broken.
///
///     try await RerankerConformance(MyReranker()).runAll()
public struct RerankerConformance: Sendable {
    let reranker: any Reranker
    /// How near two judgements of one passage must be.
    let tolerance: Float

    public init(_ reranker: any Reranker, tolerance: Float = 1e-4) {
        self.reranker = reranker
        self.tolerance = tolerance
    }

    private static let query = "How often is a failed request repeated?"
    private static let passages = [
        "A failed request is repeated at most 5 times.", "Keys are stored as salted hashes.", "Backups are kept for 30 days.",
    ]

    /// Every check, one after the other.
    public func runAll() async throws {
        try await runScores()
        try await runOddTexts()
        try await runSideBySide()
        try await runDeadline()
        try await runCancellation()
    }

    /// There is one finite score per passage in their order, the same every time, and it does not depend on the passage's place.
    public func runScores() async throws {
        try require(!reranker.model.isEmpty, "a reranker names its model")
        let none = try await reranker.rerank(Self.query, passages: [], deadline: .never)
        try require(none.isEmpty, "no passages have no scores")
        let scores = try await judged(Self.passages)
        try require(scores.max() == scores[0], "the passage that answers the query has the best score")
        try near(try await judged(Self.passages), scores, "the same passages have the same scores again")
        let backwards = Array(try await judged(Self.passages.reversed()).reversed())
        try near(backwards, scores, "a passage's score does not depend on its place among the others")
    }

    /// Empty, long and foreign texts are judged as all others.
    public func runOddTexts() async throws {
        let long = String(repeating: "A failed request is repeated at most 5 times. ", count: 2_000)
        let scores = try await judged(["", " \n\t", long, "数据 — naïve 👩‍👩‍👧 \u{0}", Self.passages[0]])
        try require(scores.count, equals: 5, "empty, long and foreign passages have scores")
        let beginning = try await judged([long, String(long.prefix(long.count / 2))])
        try near([beginning[0]], [beginning[1]], "a passage that is too long is judged by its beginning")
        let empty = try await reranker.rerank("", passages: Self.passages, deadline: .never)
        try require(empty.count, equals: Self.passages.count, "an empty query has as many scores as passages")
    }

    /// Calls side by side do not touch each other.
    public func runSideBySide() async throws {
        let alone = try await judged(Self.passages)
        try await withThrowingTaskGroup(of: [Float].self) { group in
            for _ in 0..<8 { group.addTask { try await judged(Self.passages) } }
            for try await scores in group { try near(scores, alone, "calls side by side give the scores of a call alone") }
        }
    }

    /// A deadline that has passed is an error; one that passes leaves the first passages judged and the rest nil, soon.
    public func runDeadline() async throws {
        try await requireFailure(.deadlineExceeded, "a deadline that has passed is `deadlineExceeded`") {
            _ = try await reranker.rerank(Self.query, passages: Self.passages, deadline: .after(.zero))
        }
        let many = (0..<2_000).map { "Passage \($0): a failed request is repeated at most \($0) times, then it is given up for good." }
        let start = ContinuousClock.now
        do {
            let scores = try await reranker.rerank(Self.query, passages: many, deadline: .after(.milliseconds(50)))
            try require(scores.count, equals: many.count, "there are as many scores as passages, judged or not")
            try require(scores[0] != nil, "where anything is judged, the first passage is")
            try require(scores.drop { $0 != nil }.allSatisfy { $0 == nil }, "after the first passage that is not judged none is")
        } catch let error as RAGError {
            try require(error.code, equals: .deadlineExceeded, "too little time is `deadlineExceeded`")
        }
        try require(start.duration(to: .now) < .seconds(5), "a call returns soon after its deadline")
    }

    /// A cancelled call is `cancelled`, or has been finished all the same.
    public func runCancellation() async throws {
        let reranker = reranker
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    let many = [String](repeating: Self.passages[0], count: 200)
                    _ = try await reranker.rerank(Self.query, passages: many, deadline: .after(.seconds(60)))
                } catch let error as RAGError {
                    try require(error.code, equals: .cancelled, "a call whose task was cancelled is `cancelled`")
                }
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        _ = try await judged(Self.passages)
    }

    /// The scores where there is time for all.
    private func judged(_ passages: [String]) async throws -> [Float] {
        let scores = try await reranker.rerank(Self.query, passages: passages, deadline: .never)
        try require(scores.count, equals: passages.count, "there are as many scores as passages")
        let judged = try scores.map { try unwrap($0, "without a deadline every passage is judged") }
        try require(judged.allSatisfy(\.isFinite), "scores are finite")
        return judged
    }

    private func near(_ scores: [Float], _ others: [Float], _ promise: String) throws {
        let isNear = scores.count == others.count && zip(scores, others).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
        try require(isNear, "\(promise): \(scores) and \(others)")
    }

    private func requireFailure(_ code: RAGError.Code, _ promise: String, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as RAGError {
            return try require(error.code, equals: code, promise)
        }
        throw ConformanceFailure(promise)
    }
}
