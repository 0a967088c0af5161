// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// A complete reply with the events that a stream of it consisted of.
struct RememberedReply: Sendable {
    /// What `KnowledgeStore.sequence` said before the search began.
    let sequence: UInt64
    let tenant: String
    private let reply: AnswerReply
    let events: [AnswerEvent]

    init(_ reply: AnswerReply, events: [AnswerEvent], sequence: UInt64, tenant: String) {
        self.sequence = sequence
        self.tenant = tenant
        self.reply = reply
        self.events = events
    }

    /// The reply as it is sent now: no step took any time, and no vector was needed.
    func replay() -> AnswerReply {
        var reply = reply
        reply.timings = StageTimings()
        reply.embeddingCache = nil
        reply.resultCache = .hit
        reply.notes.explanation?.steps = StageTimings()
        return reply
    }

    /// About how many bytes it takes. Passages are shared between the reply and its events.
    var estimatedBytes: Int {
        var bytes = 1_024 + (reply.answer?.utf8.count ?? 0)
        for passage in reply.passages { bytes += Self.bytes(of: passage.source) }
        for others in reply.notes.duplicates.values { bytes += others.reduce(64) { $0 + 32 + $1.rawValue.utf8.count } }
        if let explanation = reply.notes.explanation {
            bytes += 1_024 + 256 * (explanation.passages.count + explanation.collapsed.count)
            bytes += explanation.expansions.reduce(0) { $0 + 16 + $1.utf8.count }
        }
        for citation in reply.citations { bytes += Self.bytes(of: citation) }
        for event in events {
            switch event {
            case .passages: bytes += 64
            case .token(let text): bytes += 64 + text.utf8.count
            case .citation: bytes += 512
            }
        }
        return bytes
    }

    private static func bytes(of passage: PassageText) -> Int {
        var bytes = 512 + passage.text.utf8.count + passage.chunk.document.rawValue.utf8.count + passage.hash.rawValue.utf8.count
        bytes += (passage.title?.utf8.count ?? 0) + (passage.url?.utf8.count ?? 0)
        bytes += passage.headingPath.reduce(0) { $0 + 16 + $1.utf8.count }
        return bytes + passage.metadata.reduce(0) { $0 + 64 + $1.key.utf8.count + Self.bytes(of: $1.value) }
    }

    private static func bytes(of citation: Citation) -> Int {
        var bytes = 512 + citation.quote.utf8.count + citation.document.rawValue.utf8.count + citation.hash.rawValue.utf8.count
        bytes += (citation.title?.utf8.count ?? 0) + (citation.url?.utf8.count ?? 0)
        return bytes + (citation.location?.utf8.count ?? 0)
    }

    private static func bytes(of value: MetadataValue) -> Int {
        switch value {
        case .string(let text): 32 + text.utf8.count
        case .number, .boolean: 32
        case .list(let values): values.reduce(32) { $0 + bytes(of: $1) }
        }
    }
}
