// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import Testing

@Suite("Relevance gate") struct RelevanceGateTests {
    private let gate = RelevanceGate()

    @Test func aCloseVectorIsEnough() {
        #expect(gate.isRelevant(bestCosine: 0.6, termCoverage: 0))
        #expect(gate.isRelevant(bestCosine: 0.6, termCoverage: nil))
        #expect(!gate.isRelevant(bestCosine: 0.4, termCoverage: nil))
    }

    @Test func aMiddlingVectorNeedsTheWords() {
        #expect(!gate.isRelevant(bestCosine: 0.35, termCoverage: 0))
        #expect(gate.isRelevant(bestCosine: 0.35, termCoverage: 0.9))
        #expect(!gate.isRelevant(bestCosine: 0.35, termCoverage: 0.2))
    }

    @Test func wordsAloneAreNotEnoughBesideAFarVector() {
        #expect(!gate.isRelevant(bestCosine: 0.1, termCoverage: 1))
    }

    @Test func withoutAVectorTheWordsDecide() {
        #expect(gate.isRelevant(bestCosine: nil, termCoverage: 1))
        #expect(!gate.isRelevant(bestCosine: nil, termCoverage: 0.2))
        #expect(!gate.isRelevant(bestCosine: nil, termCoverage: nil))
    }

    @Test func theBestRawScoreOfAnyHitCounts() throws {
        let chunk = ChunkReference(document: try DocumentID("a"), revision: 1, ordinal: 0)
        let hits = [Hit(chunk: chunk, dense: 0.1, lexical: 0), Hit(chunk: chunk, dense: 0.7, lexical: 0)]
        #expect(gate.isRelevant(SearchResponse(hits: hits, termCoverage: 0)))
        #expect(!gate.isRelevant(SearchResponse(hits: [hits[0]], termCoverage: 0)))
        #expect(!gate.isRelevant(SearchResponse()))
    }
}
