// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// The chunks of a document, and what the model sees of each.
struct PreparedChunks: Sendable {
    var chunks: [Chunk]
    var embeddedTexts: [String]
}

/// Chunks a canonical text so that no embedded text exceeds the model's limit, and checks that by counting again.
struct ChunkPreparation: Sendable {
    private static let maximumRounds = 10
    private static let minimumBudget = 8
    /// Bytes of text that the embedder counts in one call: a whole document at once would take it gigabytes and hold up everyone else.
    private static let countedBytes = 256 * 1_024

    let loader: any DocumentLoader
    let chunker: any Chunker
    let embedder: any EmbeddingProvider
    let settings: IngestSettings

    /// The chunks of `document`; deterministic.
    /// - Throws: `unreadableDocument` where nothing is left to index, `internal` where the chunker breaks its promise,
    ///   `invalidConfiguration` where the model has no room for text, or what the embedder throws.
    @concurrent
    func prepare(_ document: LoadedDocument, title: String?, deadline: Deadline) async throws(RAGError) -> PreparedChunks {
        let blocks = loader.blocks(of: document.text, format: document.format)
        let measured = try await measure(document.text, title: title, blocks: blocks, deadline: deadline)
        var limit = measured.budget
        for round in 0..<Self.maximumRounds {
            try deadline.check("chunking")
            let chunks = chunker.chunks(
                of: document.text,
                blocks: blocks,
                tokens: measured.tokens,
                title: measured.title,
                budget: limit,
                count: measured.count
            )
            let texts = try embeddedTexts(of: chunks, in: document.text, title: measured.title)
            let longest = try await longest(of: texts, deadline: deadline)
            if longest <= measured.budget { return PreparedChunks(chunks: Self.paged(chunks, of: document.text), embeddedTexts: texts) }
            // A cut inside a word can make more tokens than the whole word had: such a document is cut with more room to spare.
            let spare = round < 4 ? limit - (longest - measured.budget) : limit / 2
            limit = max(1, min(spare, limit * 7 / 8))
        }
        throw RAGError(.internal, "the document cannot be cut to texts of at most \(measured.budget) tokens")
    }

    /// The chunks, each with the page on which it begins where the text has pages.
    private static func paged(_ chunks: [Chunk], of text: String) -> [Chunk] {
        guard let breaks = PageBreaks(in: text) else { return chunks }
        return chunks.map { chunk in
            var chunk = chunk
            chunk.page = breaks.page(at: chunk.range.lowerBound)
            return chunk
        }
    }

    /// What chunking needs to know of a document before it begins.
    private struct Measured: Sendable {
        var tokens: TokenSpans
        /// The title as it is embedded: cut to a few tokens.
        var title: String?
        /// Tokens for a chunk's indexed text.
        var budget: Int
        var counts: [String: Int]

        /// Tokens of a short text; no text has more tokens than bytes, but for one that some tokenizers put before it.
        func count(_ text: String) -> Int { counts[text] ?? text.utf8.count + 1 }
    }

    private func measure(
        _ text: String,
        title: String?,
        blocks: [TextBlock],
        deadline: Deadline
    ) async throws(RAGError) -> Measured {
        var short: Set<String> = [ChunkBudget.separator, ChunkBudget.lineEnd]
        for block in blocks { short.formUnion(block.headingPath) }
        let prefix = embedder.space.passagePrefix
        short.insert(prefix)
        if let title { short.insert(title) }
        let parts = short.filter { !$0.isEmpty }.sorted()
        let spans = try await spans(of: parts, deadline: deadline)
        var counts: [String: Int] = [:]
        for (part, span) in zip(parts, spans) { counts[part] = span.count }
        let budget = embedder.space.maximumTokens - settings.specialTokens - (counts[prefix] ?? 0)
        guard budget >= Self.minimumBudget else {
            throw RAGError(.invalidConfiguration, "the embedding model leaves \(budget) tokens for text; \(Self.minimumBudget) are needed")
        }
        let tokens = try await tokens(of: text, blocks: blocks, deadline: deadline)
        var measured = Measured(tokens: tokens, title: nil, budget: budget, counts: counts)
        if let title, let index = parts.firstIndex(of: title) {
            let limit = min(settings.titleTokens, budget / 4)
            measured.title = Self.cut(title, to: limit, spans: spans[index])
            if let kept = measured.title { measured.counts[kept] = min(counts[title] ?? limit, limit) }
        }
        return measured
    }

    /// The tokens of a whole document, counted part by part.
    private func tokens(of text: String, blocks: [TextBlock], deadline: Deadline) async throws(RAGError) -> TokenSpans {
        var tokens = TokenSpans(starts: [], ends: [])
        for range in TextParts.ranges(of: text, blocks: blocks, limit: Self.countedBytes) {
            guard let part = text.bytes(in: range) else { throw RAGError(.internal, "a text was cut inside a character") }
            for spans in try await spans(of: [String(part)], deadline: deadline) {
                tokens.starts += spans.starts.lazy.map { $0 + range.lowerBound }
                tokens.ends += spans.ends.lazy.map { $0 + range.lowerBound }
            }
        }
        return tokens
    }

    /// The tokens of the longest text.
    private func longest(of texts: [String], deadline: Deadline) async throws(RAGError) -> Int {
        var longest = 0
        var start = 0
        while start < texts.count {
            var end = start
            var bytes = 0
            repeat {
                bytes += texts[end].utf8.count
                end += 1
            } while end < texts.count && bytes + texts[end].utf8.count <= Self.countedBytes
            for spans in try await spans(of: Array(texts[start..<end]), deadline: deadline) { longest = max(longest, spans.count) }
            start = end
        }
        return longest
    }

    private func spans(of texts: [String], deadline: Deadline) async throws(RAGError) -> [TokenSpans] {
        let spans = try await embedder.tokenSpans(of: texts, deadline: deadline)
        guard spans.count == texts.count else {
            throw RAGError(.unavailable, "the embedding model counted \(spans.count) texts of \(texts.count)")
        }
        return spans
    }

    /// The first `limit` tokens of `title`; nil if nothing is left.
    private static func cut(_ title: String, to limit: Int, spans: TokenSpans) -> String? {
        guard spans.count > limit else { return title.isEmpty ? nil : title }
        guard limit > 0 else { return nil }
        var end = spans.ends[limit - 1]
        while end > 0 {
            if let kept = title.bytes(in: 0..<end) { return String(kept) }
            end -= 1
        }
        return nil
    }

    private func embeddedTexts(of chunks: [Chunk], in text: String, title: String?) throws(RAGError) -> [String] {
        guard !chunks.isEmpty else { throw RAGError(.unreadableDocument, "the document holds nothing but white space") }
        var texts: [String] = []
        texts.reserveCapacity(chunks.count)
        for chunk in chunks {
            guard chunk.ordinal == texts.count, let body = text.bytes(in: chunk.range), !body.isEmpty else {
                throw RAGError(.internal, "the chunker returned a chunk that is not part of the text")
            }
            texts.append(chunk.indexedText(title: title, body: String(body)))
        }
        return texts
    }
}
