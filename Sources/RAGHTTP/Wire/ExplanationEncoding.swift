// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline

/// The member `explain` of a reply and of its passages.
enum ExplanationEncoding {
    static func write(_ explanation: RetrievalExplanation, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("mode", explanation.mode.rawValue)
            writer.key("candidates")
            writer.object { writer in
                writer.member("dense", explanation.denseCandidates)
                writer.member("lexical", explanation.lexicalCandidates)
            }
            writer.key("fusion")
            writer.object { writer in
                writer.member("method", explanation.fusion.method.rawValue)
                writer.member("dense_weight", score: explanation.fusion.denseWeight)
                writer.member("lexical_ceiling", score: explanation.fusion.lexicalCeiling)
                writer.member("why", explanation.fusion.reason)
            }
            writer.member("expand", explanation.expansion.rawValue)
            writer.member("expansions", strings: explanation.expansions)
            writeOrderings(of: explanation, to: &writer)
            writer.key("collapsed")
            writer.array { writer in
                for collapsed in explanation.collapsed {
                    writer.object { writer in
                        writer.member("document_id", collapsed.chunk.document.rawValue)
                        writer.member("chunk", collapsed.chunk.ordinal)
                        writer.member("shown_document_id", collapsed.shown.document.rawValue)
                        writer.member("shown_chunk", collapsed.shown.ordinal)
                    }
                }
            }
            writer.key("steps_ms")
            writer.object { writer in
                for step in explanation.steps.stages { writer.member(step.name, milliseconds: step.duration) }
            }
        }
    }

    private static func writeOrderings(of explanation: RetrievalExplanation, to writer: inout JSONWriter) {
        writer.key("recency")
        if let recency = explanation.recency {
            writer.object { writer in
                writer.member("field", recency.field)
                writer.member("half_life_days", recency.halfLifeDays)
                writer.member("weight", score: recency.weight)
                writer.member("from", Timestamp.text(recency.now))
                writer.member("dated_passages", explanation.datedPassages)
            }
        } else {
            writer.null()
        }
        writer.key("mmr")
        if let lambda = explanation.relevanceShare {
            writer.object { $0.member("lambda", score: lambda) }
        } else {
            writer.null()
        }
        writer.key("boosts")
        if let boosts = explanation.boosts {
            writer.object { writer in
                writer.member("title", score: boosts.title)
                writer.member("heading", score: boosts.heading)
            }
        } else {
            writer.null()
        }
    }

    /// - Parameter passage: Whose parts these are; its own scores are the last ones.
    static func write(_ parts: PassageExplanation, of passage: Passage, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("dense", score: parts.dense)
            writer.member("lexical", score: parts.lexical)
            writer.member("expansion", score: parts.expansion)
            writer.member("fused", score: parts.fused)
            writer.member("title", score: parts.title)
            writer.member("heading", score: parts.heading)
            writer.member("recency", score: parts.recency)
            writer.member("adjusted", score: parts.adjusted)
            writer.member("rerank", score: passage.scores.rerank)
            writer.member("similarity", score: parts.similarity)
            writer.member("score", score: passage.scores.fused)
        }
    }
}
