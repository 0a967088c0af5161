// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline

/// What `POST /query` sends back, as JSON and in events.
enum AnswerEncoding {
    static func reply(_ reply: AnswerReply, requestID: String) -> [UInt8] {
        var writer = JSONWriter(capacity: 1_024 + reply.passages.reduce(0) { $0 + $1.source.text.utf8.count + 512 })
        writer.object { writer in
            writer.member("answer", reply.answer)
            writer.member("reason", reply.reason)
            writer.key("citations")
            writer.array { writer in for citation in reply.citations { write(citation, to: &writer) } }
            write(reply.passages, reply.notes, to: &writer)
            writer.member(timings: reply.timings, always: ["embed", "retrieve", "rerank", "generate"])
            writer.member("degraded", strings: reply.degraded)
            writer.key("cache")
            writer.object { writer in
                writer.member("embedding", reply.embeddingCache?.rawValue)
                writer.member("result", reply.resultCache.rawValue)
            }
            writer.member("model", reply.model)
            if let explanation = reply.notes.explanation {
                writer.key("explain")
                ExplanationEncoding.write(explanation, to: &writer)
            }
            writer.member("request_id", requestID)
        }
        return writer.bytes
    }

    static func passages(_ passages: [Passage], _ notes: RetrievalNotes) -> [UInt8] {
        var writer = JSONWriter(capacity: 256 + passages.reduce(0) { $0 + $1.source.text.utf8.count + 512 })
        writer.object { write(passages, notes, to: &$0) }
        return writer.bytes
    }

    static func token(_ text: String) -> [UInt8] {
        var writer = JSONWriter(capacity: 64)
        writer.object { $0.member("text", text) }
        return writer.bytes
    }

    static func citation(_ citation: Citation) -> [UInt8] {
        var writer = JSONWriter()
        write(citation, to: &writer)
        return writer.bytes
    }

    private static func write(_ citation: Citation, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("marker", citation.marker)
            writer.member("document_id", citation.document.rawValue)
            writer.member("revision", citation.revision)
            writer.member("hash", citation.hash.rawValue)
            writer.member("start", citation.range.lowerBound)
            writer.member("end", citation.range.upperBound)
            writer.member("quote", citation.quote)
            writer.member("verified", citation.verified)
            writer.member("title", citation.title)
            writer.member("url", citation.url)
            writer.member("location", citation.location)
        }
    }

    private static func write(_ passages: [Passage], _ notes: RetrievalNotes, to writer: inout JSONWriter) {
        writer.key("passages")
        writer.array { writer in
            for passage in passages {
                let source = passage.source
                writer.object { writer in
                    writer.member("rank", passage.rank)
                    writer.member("document_id", source.chunk.document.rawValue)
                    writer.member("revision", source.chunk.revision)
                    writer.member("chunk", source.chunk.ordinal)
                    writer.member("start", source.range.lowerBound)
                    writer.member("end", source.range.upperBound)
                    writer.member("text", source.text)
                    writer.member("score", score: passage.scores.fused)
                    writer.key("scores")
                    writer.object { writer in
                        writer.member("dense", score: passage.scores.dense)
                        writer.member("lexical", score: passage.scores.lexical)
                        writer.member("fused", score: passage.scores.fused)
                        writer.member("rerank", score: passage.scores.rerank)
                    }
                    writer.member("title", source.title)
                    writer.member("url", source.url)
                    writer.member("metadata", metadata: source.metadata)
                    writer.member("duplicates", strings: notes.duplicates[source.chunk]?.map(\.rawValue) ?? [])
                    if let parts = notes.explanation?.passages[source.chunk] {
                        writer.key("explain")
                        ExplanationEncoding.write(parts, of: passage, to: &writer)
                    }
                }
            }
        }
    }
}
