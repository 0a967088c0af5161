// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

@testable import grounded

@Suite("Whether reranking helps") struct RerankTrialTests {
    /// A question whose right document the fused order has second, and what the reranker says of the two.
    private func question(judging right: Float?, _ wrong: Float?) -> (Evaluation.Ranking, Evaluation.Ranking) {
        let baseline = Evaluation.Ranking(documents: ["wrong", "right"], fused: [1, 0.6], judged: [nil, nil])
        // The reply's own order and scores do not matter here: the trial blends for itself.
        let reranked = Evaluation.Ranking(
            documents: ["right", "wrong"],
            fused: [0.9, 0.1],
            judged: [right, wrong],
            degraded: right == nil ? ["rerank"] : wrong == nil ? ["rerank_partial"] : [],
            rerankTime: 12
        )
        return (baseline, reranked)
    }

    private func trial(_ questions: [(Evaluation.Ranking, Evaluation.Ranking)], weights: [Float] = [0.2, 0.5, 1]) throws -> RerankTrial {
        try RerankTrial(
            weights: weights,
            baseline: questions.map(\.0),
            reranked: questions.map(\.1),
            questions: questions.map { _ in ["right": 1] }
        )
    }

    @Test func aRerankerThatKnowsIsWorthTheSmallestWeightThatIsBest() throws {
        let trial = try trial(Array(repeating: question(judging: 3, 1), count: 20))
        // 0.2 is too little to lift 0.6 above 1; half is enough.
        #expect(trial.entries.map(\.weight) == [0.2, 0.5, 1])
        #expect(trial.entries[0].difference.mean == 0)
        #expect(abs(trial.entries[1].difference.mean - 0.369_070) < 1e-5)
        #expect(abs(trial.entries[1].nDCG - 1) < 1e-9)
        #expect(trial.weight == 0.5)
        #expect(trial.helps)
        #expect(trial.times.percentile(0.5) == 12)
    }

    @Test func aRerankerThatKnowsNothingDoesNotHelp() throws {
        let wrong = try trial(Array(repeating: question(judging: 1, 3), count: 20))
        #expect(!wrong.helps)
        #expect(wrong.heldOut.mean == 0)
        // It lifts half of the right documents and drops the other half.
        let chance = try trial(
            (0..<40).map { index in
                var pair = question(judging: 3, 1)
                if index / 2 % 2 == 0 { pair.0.documents = ["right", "wrong"] }
                if index / 2 % 2 == 0 { pair.1.judged = [1, 3] }
                return pair
            }
        )
        #expect(!chance.helps)
        #expect(chance.heldOut.lower <= 0)
    }

    @Test func aRerankerThatDropsWhatIsRightHurts() throws {
        var pair = question(judging: 1, 3)
        pair.0.documents = ["right", "wrong"]
        let trial = try trial(Array(repeating: pair, count: 20), weights: [1])
        #expect(trial.hurts && !trial.helps)
    }

    @Test func whatWasNotJudgedIsCounted() throws {
        let questions = [question(judging: 3, 1), question(judging: 3, nil), question(judging: nil, nil)]
        let trial = try trial(questions)
        #expect(trial.partial == 1)
        #expect(trial.failed == 1)
        #expect(trial.entries.last.map { $0.difference.mean > 0 } == true)
    }

    @Test func aServerThatReranksNothingIsAnError() throws {
        let error = #expect(throws: RAGError.self) { try trial([question(judging: nil, nil)]) }
        #expect(error?.code == .unavailable)
    }

    @Test func theWeightIsChosenOnTheOtherHalf() {
        // The first weight is best on the even questions, the second on the odd ones: each is used on the other half.
        let differences = [[1.0, -1, 1, -1], [-0.5, 0.5, -0.5, 0.5]]
        #expect(RerankTrial.heldOut(differences) == [-0.5, -1, -0.5, -1])
        #expect(RerankTrial.heldOut([[0.5, 0.5], [0.5, 0.5]]) == [0.5, 0.5])
        #expect(RerankTrial.heldOut([]).isEmpty)
    }
}
