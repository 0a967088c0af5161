// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Testing

@Suite("Near duplicates") struct NearDuplicatesTests {
    private static let words = """
        The ferry to the northern islands leaves the old harbour every morning in summer, and on working days only from October on. \
        Tickets are sold on board; children, dogs and bicycles travel free of charge, and the crossing takes about an hour. \
        Whoever misses the last one stays the night: there is an inn beside the landing, and a hut further up that is never locked.
        """

    private static func passage(_ id: String, _ text: String, title: String? = nil) throws -> Passage {
        let source = PassageText(
            chunk: ChunkReference(document: try DocumentID(id), revision: 1, ordinal: 0),
            range: 0..<text.utf8.count,
            headingPath: [],
            text: text,
            hash: ContentHash(rawValue: "sha256:x"),
            title: title,
            url: nil,
            metadata: [:]
        )
        return Passage(rank: 1, source: source, scores: PassageScores(fused: 1))
    }

    private func kept(_ texts: [String]) throws -> [Int] {
        let passages = try texts.enumerated().map { try Self.passage("d\($0)", $1, title: "Title \($0)") }
        let (kept, dropped) = NearDuplicates.collapse(passages)
        #expect(kept.count + dropped.count == texts.count)
        return kept.compactMap { Int($0.source.chunk.document.rawValue.dropFirst()) }
    }

    @Test func theSameTextIsShownOnce() throws {
        #expect(try kept([Self.words, "Something else altogether.", Self.words, Self.words]) == [0, 1])
        #expect(try kept([Self.words, Self.words.uppercased()]) == [0])
        #expect(try kept([Self.words, Self.words.replacing(" ", with: "\n")]) == [0], "white space says nothing")
    }

    @Test func aChangedWordIsTheSameAndAChangedNumberIsNot() throws {
        #expect(try kept([Self.words, Self.words.replacing("summer", with: "spring")]) == [0])
        let dated = Self.words + " Valid in 2023."
        #expect(try kept([dated, Self.words + " Valid in 2024."]) == [0, 1])
        #expect(try kept([dated, dated]) == [0])
        #expect(try kept([Self.words, String(Self.words.prefix(120)) + " " + String(Self.words.reversed().prefix(105))]) == [0, 1])
    }

    @Test func shortPassagesAreTheSameOnlyUnderTheSameTitle() throws {
        #expect(try kept(["See the other page.", "See the other page."]) == [0, 1])
        let same = try ["a", "b"].map { try Self.passage($0, "See the other page.", title: "Help") }
        #expect(NearDuplicates.collapse(same).kept.count == 1)
        #expect(NearDuplicates.collapse(same).dropped.first?.shown.source.chunk.document.rawValue == "a")
    }

    @Test func scriptsWithoutSpacesAreComparedByCharacters() throws {
        let text = "渡し船は毎朝九時に古い港を出て北の島々へ向かいます。切符は船の上で買うことができ、子供と犬と自転車は無料です。"
        #expect(try kept([text, text.replacing("無料です", with: "無料です。")]) == [0])
        #expect(try kept([text, String(text.reversed())]) == [0, 1])
    }

    @Test func itAgreesWithTheDefinitionOnRandomTexts() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let vocabulary = Int.random(in: 20...400, using: &random)
            let count = Int.random(in: 24...120, using: &random)
            let first = (0..<count).map { _ in "w" + String(repeating: "x", count: Int.random(in: 0..<vocabulary, using: &random) % 19) }
            var second = first
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                second[Int.random(in: 0..<count, using: &random)] = "zz"
            }
            let expected = Self.jaccard(first, second) >= 0.9
            let (a, b) = (first.joined(separator: " "), second.joined(separator: " "))
            guard min(a.utf8.count, b.utf8.count) * 8 >= max(a.utf8.count, b.utf8.count) * 7 else { continue }
            #expect(try kept([a, b]).count == (expected ? 1 : 2), "seed \(seed): \(a) | \(b)")
        }
    }

    private static func jaccard(_ first: [String], _ second: [String]) -> Double {
        func runs(_ words: [String]) -> Set<[String]> { Set((2..<words.count).map { Array(words[$0 - 2...$0]) }) }
        let (a, b) = (runs(first), runs(second))
        return Double(a.intersection(b).count) / Double(a.union(b).count)
    }

    @Test func theNextPassagesTakeThePlacesAndTheOthersAreNamed() async throws {
        let copies = (1...6).map { BenchDocument("copy\($0)", Self.words, title: "Ferries") }
        let bench = try await RetrievalBench(copies + [BenchDocument("tram", "The tram to the harbour runs every ten minutes.")])
        let reply = try await bench.ask("When does the ferry leave the harbour?", topK: 2) {
            $0.retrieval.isExplained = true
            $0.retrieval.collapsesDuplicates = true
        }
        #expect(reply.documents == ["copy1", "tram"])
        #expect(reply.passages.map(\.rank) == [1, 2])
        let shown = try #require(reply.passages.first?.source.chunk)
        #expect(Set(reply.notes.duplicates[shown]?.map(\.rawValue) ?? []) == ["copy2", "copy3", "copy4", "copy5", "copy6"])
        #expect(reply.notes.explanation?.collapsed.count == 5)
        let all = try await bench.ask("When does the ferry leave the harbour?", topK: 2)
        #expect(all.documents == ["copy1", "copy2"])
        #expect(all.notes.duplicates.isEmpty, "whoever asks for passages alone may count every copy")
        let answered = try await bench.ask("When does the ferry leave the harbour?", topK: 2) { $0.generate = true }
        #expect(answered.documents == reply.documents)
    }
}
