// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import Testing

@testable import grounded

@Suite("Choosing settings") struct EvaluationTuningTests {
    private func hit(_ document: String, _ dense: Float, _ lexical: Float) -> Hit {
        Hit(chunk: ChunkReference(document: DocumentID(stored: document), revision: 1, ordinal: 0), dense: dense, lexical: lexical)
    }

    @Test func theWeightThatRanksBestIsChosen() {
        // The dense search knows, the lexical one is led astray.
        let dense = CandidateScores(hits: [hit("right", 0.9, 1), hit("wrong", 0.3, 9), hit("other", 0.1, 0)], relevance: ["right": 1])
        let search = FusionSearch(Array(repeating: dense, count: 5))
        #expect(search.best.nDCG == 1)
        #expect(search.best.fusion.denseWeight >= 0.5)
        let lexical = CandidateScores(hits: [hit("wrong", 0.9, 1), hit("right", 0.3, 9), hit("other", 0.1, 0)], relevance: ["right": 1])
        #expect(FusionSearch([lexical]).best.fusion.denseWeight <= 0.5)
    }

    @Test func whereWeightsAreEquallyGoodTheEvenOneWins() {
        let same = CandidateScores(hits: [hit("right", 0.9, 9), hit("wrong", 0.1, 1)], relevance: ["right": 1])
        let best = FusionSearch([same]).best
        #expect(best.fusion.denseWeight == 0.5 && best.fusion.word == "absolute")
        #expect(FusionSearch([same], knowsCeilings: false).best.fusion.word == "minmax")
    }

    @Test func aDocumentCountsByItsBestChunk() {
        var second = hit("right", 0.8, 8)
        second.chunk.ordinal = 1
        let scores = CandidateScores(hits: [hit("right", 0.9, 9), second, hit("also", 0.5, 5)], relevance: ["also": 1])
        #expect(abs(scores.nDCG(Fusion()) - 0.630_929_753) < 1e-6)
    }

    @Test func whereWordsSayLittleTheCeilingLetsVectorsDecide() {
        // The best lexical score is a tenth of what the question's words could give.
        let hits = [hit("wrong", 0.5, 1), hit("right", 0.7, 0)]
        let half = Fusion(method: .absolute, denseWeight: 0.5)
        #expect(CandidateScores(hits: hits, ceiling: 10, relevance: ["right": 1]).nDCG(half) == 1)
        #expect(CandidateScores(hits: hits, relevance: ["right": 1]).nDCG(half) < 1)
    }

    @Test func weightsAreWrittenInFewDigits() {
        #expect(FusionSearch.grid.prefix(21).map(\.weightText).prefix(4) == ["0.0", "0.05", "0.1", "0.15"])
        #expect(Fusion(method: .reciprocalRank(k: 60), denseWeight: 0.7).title == "rrf, dense weight 0.7")
    }

    @Test func aQuestionIsOnOneSideWhateverItsSpelling() {
        #expect(QuestionSplit.hash("When is it?") == QuestionSplit.hash("  when IS it "))
        let questions = (0..<400).map { TestSet.Question(id: "\($0)", text: "question \($0)", relevance: ["a": 1], gold: []) }
        let (training, heldOut) = QuestionSplit.halves(questions)
        #expect(training.count + heldOut.count == 400)
        #expect((150...250).contains(training.count))
        #expect(QuestionSplit.halves(questions).training.map(\.id) == training.map(\.id))
    }

    @Test func aSettingsFileKeepsItsOtherLines() {
        let settings: [(key: SettingKey, value: String)] = [(.fusion, "minmax"), (.denseWeight, "0.4")]
        let yaml = SettingsFile("settings.yaml").updated("# mine\nserver_port: 9\ndense_weight: 0.9 # old\n", settings)
        #expect(yaml == "# mine\nserver_port: 9\ndense_weight: 0.4\nfusion: minmax\n")
        let variables = SettingsFile(".env").updated("export DENSE_WEIGHT=1\n#FUSION=rrf\nDENSE_WEIGHT=2\n", settings)
        #expect(variables == "#FUSION=rrf\nDENSE_WEIGHT=0.4\nFUSION=minmax\n")
        #expect(SettingsFile("x.yml").updated("", settings) == "fusion: minmax\ndense_weight: 0.4\n")
    }

    private func result(_ current: [Double], _ chosen: [Double]) -> Tuning.Result {
        let row = Evaluation.Row(QueryConfiguration(name: "settings in force", members: [:]), [])
        let scores = CandidateScores(hits: [hit("right", 0.9, 9)], relevance: ["right": 1])
        return Tuning.Result(
            training: [],
            heldOut: [],
            search: FusionSearch([scores]),
            rows: [row],
            comparison: PairedComparison(current, chosen),
            isVerified: true
        )
    }

    @Test func onlyAGainThatIsMoreThanChanceIsSet() {
        let gain = result(Array(repeating: 0.4, count: 40), (0..<40).map { $0 % 3 == 0 ? 0.4 : 0.6 })
        #expect(gain.helps && gain.settings.map(\.key) == [.fusion, .denseWeight])
        let chance = result((0..<40).map { Double($0 % 2) }, (0..<40).map { Double(($0 + 1) % 2) })
        #expect(!chance.helps && chance.settings.isEmpty)
        let loss = result(Array(repeating: 0.6, count: 40), Array(repeating: 0.4, count: 40))
        #expect(loss.comparison.isSignificant && !loss.helps && loss.settings.isEmpty)
        #expect(TuningReport(result: chance).verdict.contains("leave them"))
        #expect(TuningReport(result: gain).verdict.contains("DENSE_WEIGHT=0.5"))
    }

    @Test func rerankingIsTriedByWeight() {
        let question = TestSet.Question(id: "1", text: "q", relevance: ["right": 1], gold: [])
        let baseline = Evaluation.Ranking(documents: ["wrong", "right"], fused: [1, 0.6], judged: [nil, nil])
        let reranked = Evaluation.Ranking(documents: ["right", "wrong"], fused: [0.9, 0.1], judged: [3, 1])
        func row(_ ranking: Evaluation.Ranking) -> Evaluation.Row {
            Evaluation.Row(QueryConfiguration(name: "", members: [:]), [Evaluation.Outcome(question, ranking)])
        }
        let search = RerankSearch(baseline: row(baseline), reranked: row(reranked), questions: [question])
        #expect(search.entries.map(\.weight) == RerankSearch.weights)
        #expect(search.entries.allSatisfy { $0.candidates == 2 })
        #expect(search.entries[0].nDCG < 0.64 && search.best.nDCG == 1)
        #expect(search.best.weight == 0.3)
    }

    @Test func fewerPassagesAreJudgedWhereThatIsAsGood() {
        let question = TestSet.Question(id: "1", text: "q", relevance: ["d3": 1], gold: [])
        let documents = (0..<12).map { "d\($0)" }
        let fused = (0..<12).map { 1 - Float($0) / 20 }
        func search(_ judged: [Float?]) -> RerankSearch.Entry {
            let rows = [[Float?](repeating: nil, count: 12), judged].map { scores in
                let ranking = Evaluation.Ranking(documents: documents, fused: fused, judged: scores)
                return Evaluation.Row(QueryConfiguration(name: "", members: [:]), [Evaluation.Outcome(question, ranking)])
            }
            return RerankSearch(baseline: rows[0], reranked: rows[1], questions: [question]).best
        }
        // The fourth is known to be right among the first five already.
        #expect(search((0..<12).map { $0 == 3 ? 9 : 1 }).candidates == 5)
        // A later one misleads the reranker where it is judged.
        #expect(search((0..<12).map { $0 == 3 ? 5 : $0 == 11 ? 9 : 1 }).candidates == 5)
    }

    @Test func theRerankersSettingsAreSetWhereItHelps() {
        var found = result((0..<40).map { Double($0 % 2) }, (0..<40).map { Double($0 % 2) })
        let question = TestSet.Question(id: "1", text: "q", relevance: ["right": 1], gold: [])
        let rankings = [
            Evaluation.Ranking(documents: ["wrong", "right"], fused: [1, 0.6], judged: [nil, nil]),
            Evaluation.Ranking(documents: ["right", "wrong"], fused: [0.9, 0.1], judged: [3, 1]),
        ]
        let rows = rankings.map { Evaluation.Row(QueryConfiguration(name: "", members: [:]), [Evaluation.Outcome(question, $0)]) }
        let search = RerankSearch(baseline: rows[0], reranked: rows[1], questions: [question])
        found.rerank = (search, PairedComparison(Array(repeating: 0.4, count: 40), Array(repeating: 0.6, count: 40)), 12)
        #expect(found.settings.map(\.key) == [.rerank, .rerankWeight, .rerankCandidates])
        #expect(found.settings.map(\.value) == ["on", "0.3", "2"])
        #expect(TuningReport(result: found).text.contains("weight 0.3 over the first 2 passages"))
        found.rerank?.comparison = PairedComparison([0, 1], [1, 0])
        #expect(found.settings.isEmpty)
    }
}
