// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Testing

@Suite struct ChunkerTests {
    private func chunks(
        of text: String,
        title: String? = nil,
        budget: Int,
        blocks: [TextBlock]? = nil,
        parameters: ChunkingParameters = ChunkingParameters()
    ) -> [Chunk] {
        StructureAwareChunker(parameters).chunks(
            of: text,
            blocks: blocks ?? LittleMarkdown.blocks(of: text),
            tokens: PieceTokens.spans(of: text),
            title: title,
            budget: budget,
            count: PieceTokens.count
        )
    }

    private func bodies(_ chunks: [Chunk], of text: String) -> [String] {
        chunks.map { String(text.bytes(in: $0.range) ?? "") }
    }

    private func isWhiteSpace(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(\.properties.isWhitespace) }

    @Test func aTextThatFitsIsOneChunk() {
        let text = "  One paragraph.\n\nAnother one.\n"
        let found = chunks(of: text, budget: 100)
        #expect(bodies(found, of: text) == ["One paragraph.\n\nAnother one."])
    }

    @Test func aNewSectionStartsANewChunk() {
        let filler = Array(repeating: "word", count: 40).joined(separator: " ")
        let text = "# Top\n\n## A\n\n\(filler)\n\n## B\n\n\(filler)"
        let found = chunks(of: text, budget: 200)
        #expect(found.count == 2)
        #expect(bodies(found, of: text).map { $0.hasPrefix("# Top\n\n## A") } == [true, false])
        #expect(found.map(\.headingPath) == [["Top"], ["Top", "B"]])
    }

    @Test func tinySectionsShareAChunk() {
        let text = "## A\n\nOne.\n\n## B\n\nTwo.\n\n## C\n\nThree."
        let found = chunks(of: text, budget: 200)
        #expect(found.count == 1)
        #expect(found.first?.headingPath == ["A"])
    }

    @Test func blocksStayTogether() {
        let paragraphs = (0..<9).map { "Paragraph \($0) has a few words in it." }
        let text = paragraphs.joined(separator: "\n\n")
        for body in bodies(chunks(of: text, budget: 40), of: text) {
            for part in body.split(separator: "\n\n") { #expect(paragraphs.contains(String(part))) }
        }
    }

    @Test func anOversizeParagraphIsCutAtSentences() {
        let sentences = (0..<30).map { "This is sentence number \($0) of them." }
        let text = sentences.joined(separator: " ")
        let found = bodies(chunks(of: text, budget: 60), of: text)
        #expect(found.count > 1)
        for body in found {
            #expect(body.hasPrefix("This is") && body.hasSuffix("of them."))
        }
    }

    @Test func oversizeCodeIsCutAtLines() {
        let text = "```\n" + (0..<60).map { "let value\($0) = f(\($0))" }.joined(separator: "\n") + "\n```"
        let found = bodies(chunks(of: text, budget: 64), of: text)
        #expect(found.count > 1)
        for body in found.dropFirst() { #expect(body.hasPrefix("let value")) }
    }

    @Test func anOversizeTableIsCutAtRows() {
        let text = (0..<60).map { "| row \($0) | value |" }.joined(separator: "\n")
        let found = bodies(chunks(of: text, budget: 64), of: text)
        #expect(found.count > 1)
        for body in found { #expect(body.hasPrefix("| row") && body.hasSuffix("value |")) }
    }

    @Test func aHeadingIsNeverAloneWhereTextFollows() {
        let filler = Array(repeating: "word", count: 50).joined(separator: " ")
        let text = "## Heading\n\n\(filler)\n\n### Sub\n\n\(filler)\n\n### Last\n\n\(filler)"
        for budget in [54, 56, 60, 64, 100, 120] {
            for body in bodies(chunks(of: text, budget: budget), of: text) {
                #expect(body.contains("word"), "budget \(budget): \(body)")
            }
        }
    }

    @Test func noScrapIsLeftAtTheEnd() {
        let text = (0..<23).map { "Sentence \($0) has six words." }.joined(separator: " ")
        let counts = bodies(chunks(of: text, budget: 100), of: text).map(PieceTokens.count)
        #expect(counts.count > 1)
        let smallest = counts.min() ?? 0
        #expect(smallest * 2 >= counts.max() ?? 0, "\(counts)")
    }

    @Test func aLongHeadingPathLosesItsOutermostHeadings() {
        let text = "# " + String(repeating: "outermost ", count: 10) + "\n\n## Inner\n\nSome text stands here."
        let path = ["outermost " + String(repeating: "word ", count: 10), "Inner"]
        let blocks = LittleMarkdown.blocks(of: text).map { TextBlock(kind: $0.kind, range: $0.range, headingPath: path) }
        let found = chunks(of: text, budget: 20, blocks: blocks)
        #expect(found.last?.headingPath == ["Inner"])
    }

    @Test func textThatNoBlockCoversIsNotLost() {
        let text = "Before. Inside. After."
        let block = TextBlock(kind: .paragraph, range: 8..<15)
        let found = chunks(of: text, budget: 100, blocks: [block])
        #expect(bodies(found, of: text) == [text])
    }

    @Test func whiteSpaceAloneHasNoChunks() {
        #expect(chunks(of: " \n\u{3000}\t", budget: 100).isEmpty)
    }

    @Test func aBlobThatTheModelHardlySeesIsStillCut() {
        let text = String(repeating: "A", count: 100_000)
        let found = StructureAwareChunker().chunks(
            of: text,
            blocks: [],
            tokens: TokenSpans(starts: [0], ends: [text.utf8.count]),
            title: nil,
            budget: 100
        ) { _ in 1 }
        #expect(found.allSatisfy { $0.range.count <= 1_600 })
        #expect(found.reduce(0) { $0 + $1.range.count } == text.utf8.count)
    }

    @Test func overlapRepeatsTheLastSentence() {
        let text = (0..<20).map { "Sentence \($0) has six words." }.joined(separator: " ")
        let found = chunks(of: text, budget: 64, parameters: ChunkingParameters(overlapSentences: 1))
        #expect(found.count > 1)
        for (earlier, later) in zip(found, found.dropFirst()) {
            #expect(later.range.lowerBound > earlier.range.lowerBound)
            #expect(later.range.lowerBound < earlier.range.upperBound)
            #expect(PieceTokens.count(String(text.bytes(in: later.range) ?? "")) <= 64)
        }
    }

    @Test func everyParameterIsInTheFingerprint() {
        let prints = [
            ChunkingParameters(), ChunkingParameters(targetTokens: 1), ChunkingParameters(minimumTokens: 1),
            ChunkingParameters(sectionLevel: 1), ChunkingParameters(overlapSentences: 1), ChunkingParameters(bytesPerToken: 1),
        ].map { StructureAwareChunker($0).fingerprint }
        #expect(Set(prints).count == prints.count)
    }

    @Test(arguments: 0..<150) func randomTextsAreCoveredInOrderWithinTheBudget(round: Int) {
        let seed = UInt64(round) &* 7_919 &+ 20_260
        var maker = RandomText(seed: seed)
        let text = maker.document(blocks: Int.random(in: 1...14, using: &maker.random))
        let budget = Int.random(in: 16...300, using: &maker.random)
        let title = Bool.random(using: &maker.random) ? "Title" : nil
        let found = chunks(of: text, title: title, budget: budget)
        let bytes = Array(text.utf8)
        var covered = 0
        for (index, chunk) in found.enumerated() {
            #expect(chunk.ordinal == index, "seed \(seed)")
            #expect(chunk.range.lowerBound >= covered && !chunk.range.isEmpty, "seed \(seed)")
            let gap = String(decoding: bytes[covered..<max(covered, chunk.range.lowerBound)], as: UTF8.self)
            #expect(isWhiteSpace(gap), "seed \(seed): lost \(gap)")
            covered = chunk.range.upperBound
            guard let body = text.bytes(in: chunk.range) else {
                Issue.record("seed \(seed): chunk \(index) divides a scalar")
                continue
            }
            #expect(body.unicodeScalars.first?.properties.isWhitespace == false, "seed \(seed)")
            #expect(body.unicodeScalars.last?.properties.isWhitespace == false, "seed \(seed)")
            let tokens = PieceTokens.count(chunk.indexedText(title: title, body: String(body)))
            // A cut inside a word may add one token at each end.
            #expect(tokens <= budget + 2, "seed \(seed): \(tokens) tokens, budget \(budget)")
        }
        let tail = String(decoding: bytes[covered...], as: UTF8.self)
        #expect(isWhiteSpace(tail), "seed \(seed): lost \(tail)")
        #expect(found == chunks(of: text, title: title, budget: budget), "seed \(seed): not pure")
    }
}
