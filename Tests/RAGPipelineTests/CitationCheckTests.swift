// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Testing

@Suite("Citation check") struct CitationCheckTests {
    private static func passage(_ text: String, rank: Int, title: String? = nil, start: Int = 0) throws -> Passage {
        let source = PassageText(
            chunk: ChunkReference(document: try DocumentID("d\(rank)"), revision: 1, ordinal: 0),
            range: start..<start + text.utf8.count,
            headingPath: [],
            text: text,
            hash: ContentHash(rawValue: "sha256:x"),
            title: title,
            url: nil,
            metadata: [:]
        )
        return Passage(rank: rank, source: source, scores: PassageScores(fused: 1))
    }

    @Test func aCitationSaysThePageOfItsQuoteAndTheSection() async throws {
        let (first, second) = ("Whales sing in the deep Atlantic ocean at night.", "Clients must retry a failed request at most 5 times.")
        var passage = try Self.passage(first + "\n\u{C}\n" + second, rank: 1)
        #expect(try await check([passage]).verdict(on: second, marker: 1).citation?.location == nil)
        passage.source.page = 12
        #expect(try await check([passage]).verdict(on: first, marker: 1).citation?.location == "page 12")
        #expect(try await check([passage]).verdict(on: second, marker: 1).citation?.location == "page 13")
        passage.source.headingPath = ["Guide", "Terms"]
        #expect(try await check([passage]).verdict(on: second, marker: 1).citation?.location == "page 13, § Guide > Terms")
    }

    private func check(_ passages: [Passage], embedder: any EmbeddingProvider = SteeredQueryEmbedder()) -> CitationCheck {
        CitationCheck(passages: passages, embedder: embedder, settings: SupportSettings(), deadline: .after(.seconds(60)))
    }

    private static let withoutVectors = SteeredQueryEmbedder(passageFailure: RAGError(.unavailable, "down"))

    @Test(arguments: [true, false])
    func wrongMarkersGoAndRightOnesStay(hasVectors: Bool) async throws {
        let entries = CitationClaims.all
        let passages = try entries.enumerated().map { try Self.passage($1.passage, rank: $0 + 1) }
        let check = check(passages, embedder: hasVectors ? SteeredQueryEmbedder() : Self.withoutVectors)
        var (right, rightRemoved, wrong, wrongRemoved) = (0, 0, 0, 0)
        var missed: [String] = []
        for (index, entry) in entries.enumerated() {
            for claim in entry.claims {
                for rank in 1...passages.count {
                    let verdict = try await check.verdict(on: claim, marker: rank)
                    let isRemoved = verdict.citation == nil
                    if rank == index + 1 {
                        right += 1
                        rightRemoved += isRemoved ? 1 : 0
                        if isRemoved { missed.append("\(verdict.score) \(claim)") }
                    } else {
                        wrong += 1
                        wrongRemoved += isRemoved ? 1 : 0
                        if !isRemoved { missed.append("\(verdict.score) [\(rank)] \(claim)") }
                    }
                }
            }
        }
        #expect(right == 36)
        #expect(wrong == 396)
        #expect(Double(rightRemoved) <= 0.05 * Double(right), "\(missed)")
        #expect(Double(wrongRemoved) >= 0.9 * Double(wrong), "\(missed)")
    }

    @Test(arguments: [true, false])
    func changedNumbersAreFound(hasVectors: Bool) async throws {
        let passages = [try Self.passage("Backups are taken every night and kept for 30 days. They are 1,000 bytes long.", rank: 1)]
        let check = check(passages, embedder: hasVectors ? SteeredQueryEmbedder() : Self.withoutVectors)
        let wrong = try await check.verdict(on: "Backups are taken every night and kept for 90 days.", marker: 1)
        #expect(wrong.citation == nil)
        #expect(wrong.hasNumberMismatch)
        let right = try await check.verdict(on: "Backups are taken every night and are 1000 bytes long.", marker: 1)
        #expect(right.citation != nil)
        #expect(!right.hasNumberMismatch)
    }

    @Test(arguments: [true, false])
    func aNumberThatOnlyTheRestOfThePassageHasIsNotVerified(hasVectors: Bool) async throws {
        let text = "The railway near Bern is pulled by steam engines up the mountain. Its cars are red. Zurich got a bakery in 1932."
        let check = check([try Self.passage(text, rank: 1)], embedder: hasVectors ? SteeredQueryEmbedder() : Self.withoutVectors)
        let verdict = try await check.verdict(
            on: "The railway near Bern is pulled by steam engines up the mountain since 1932.",
            marker: 1
        )
        #expect(verdict.citation?.quote.hasPrefix("The railway near Bern") == true)
        #expect(verdict.citation?.verified == false)
        #expect(verdict.hasNumberMismatch)
    }

    @Test func aNumberOfTheTitleIsKnown() async throws {
        let passages = [try Self.passage("The word MUST means an absolute requirement.", rank: 1, title: "RFC 2119")]
        let verdict = try await check(passages).verdict(on: "In RFC 2119 the word MUST means an absolute requirement.", marker: 1)
        #expect(verdict.citation?.quote == "The word MUST means an absolute requirement.")
        #expect(verdict.citation?.verified == true)
    }

    @Test func aChangedNegationStaysButIsNotVerified() async throws {
        let passages = [try Self.passage("The server does not log the text of questions.", rank: 1)]
        let verdict = try await check(passages).verdict(on: "The server does log the text of questions.", marker: 1)
        #expect(verdict.hasNegationMismatch)
        #expect(verdict.citation?.verified == false)
    }

    @Test func theQuoteIsTheBestSentenceAtItsPlaceInTheCanonicalText() async throws {
        let text = "Ünrelated words stand here first. Keys are stored as salted hashes. Nothing else is said."
        let verdict = try await check([try Self.passage(text, rank: 3, start: 1_000)])
            .verdict(on: "The keys are stored as salted hashes", marker: 3)
        let citation = try #require(verdict.citation)
        #expect(citation.marker == 3)
        #expect(citation.quote == "Keys are stored as salted hashes.")
        let offset = "Ünrelated words stand here first. ".utf8.count
        #expect(citation.range == 1_000 + offset..<1_000 + offset + citation.quote.utf8.count)
    }

    @Test func twoSentencesAreQuotedWhereOneDoesNotSupportAll() async throws {
        let text = "The railway opened in 1898 near Bern. Steam engines pulled it until 1932. Tickets are sold at the station."
        let verdict = try await check([try Self.passage(text, rank: 1)])
            .verdict(on: "The railway opened in 1898 near Bern and steam engines pulled it until 1932.", marker: 1)
        #expect(verdict.citation?.quote == "The railway opened in 1898 near Bern. Steam engines pulled it until 1932.")
    }

    @Test(arguments: ["", "   ", "It is.", "The of and."])
    func aClaimWithoutContentHasNoSupport(claim: String) async throws {
        let verdict = try await check([try Self.passage("It is the of and so on here.", rank: 1)]).verdict(on: claim, marker: 1)
        #expect(verdict.citation == nil)
    }

    @Test func aPassageWhoseTextDoesNotFillItsRangeIsNeverCited() async throws {
        var passage = try Self.passage("Keys are stored as salted hashes.", rank: 1)
        passage.source.range = 0..<10
        #expect(try await check([passage]).verdict(on: "Keys are stored as salted hashes.", marker: 1).citation == nil)
    }
}
