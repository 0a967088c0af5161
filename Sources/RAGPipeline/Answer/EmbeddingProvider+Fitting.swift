// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

extension EmbeddingProvider {
    /// `texts`, the ones that have more tokens than the model takes cut at their end; what is surely short enough is not counted.
    /// - Throws: what `tokenSpans` throws.
    func fitting(_ texts: [String], as role: EmbeddingRole, deadline: Deadline) async throws(RAGError) -> [String] {
        let prefix = role == .query ? space.queryPrefix : space.passagePrefix
        // Two tokens are special ones. No text has more tokens than bytes, but for one that some tokenizers put before it.
        let room = space.maximumTokens - 2
        let certain = room - (prefix.isEmpty ? 0 : prefix.utf8.count + 1) - 1
        let long = texts.indices.filter { texts[$0].utf8.count > certain }
        guard !long.isEmpty else { return texts }
        let counted = long.map { texts[$0] } + (prefix.isEmpty ? [] : [prefix])
        let spans = try await tokenSpans(of: counted, deadline: deadline)
        guard spans.count == counted.count else {
            throw RAGError(.unavailable, "the embedding model counted \(spans.count) texts of \(counted.count)")
        }
        let limit = max(1, room - spans[long.count...].reduce(0) { $0 + $1.count })
        var fitting = texts
        for (index, spans) in zip(long, spans) where spans.count > limit {
            fitting[index] = try await cut(texts[index], spans: spans, limit: limit, deadline: deadline)
        }
        return fitting
    }

    /// The longest beginning of `text` found to have at most `limit` tokens.
    private func cut(_ text: String, spans: TokenSpans, limit: Int, deadline: Deadline) async throws(RAGError) -> String {
        // A cut inside a word can make more tokens than the whole word had: then less is kept.
        for count in [limit, limit * 7 / 8, limit / 2] where count > 0 {
            let kept = text.beginning(bytes: spans.ends[count - 1])
            let isFitting = try await tokenSpans(of: [kept], deadline: deadline).allSatisfy { $0.count <= limit }
            if isFitting { return kept }
        }
        return text.beginning(bytes: max(1, limit - 1))
    }
}

extension String {
    /// The longest beginning of at most `bytes` bytes of UTF-8 that does not end inside a character.
    func beginning(bytes: Int) -> String {
        var end = min(bytes, utf8.count)
        while end > 0 {
            if let kept = self.bytes(in: 0..<end) { return String(kept) }
            end -= 1
        }
        return ""
    }
}
