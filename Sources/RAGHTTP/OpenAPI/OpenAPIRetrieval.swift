// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

extension OpenAPIDocument {
    /// The members of a query that say how passages are found and ordered.
    static let retrievalProperties = """
        "explain": { "type": [ "boolean", "null" ], "default": false, "description": "Whether the reply says how each passage came to its place." },
          "fusion": { "$ref": "#/components/schemas/FusionOptions" },
          "recency": { "$ref": "#/components/schemas/RecencyOptions" },
          "mmr": { "$ref": "#/components/schemas/DiversityOptions" },
          "boosts": { "$ref": "#/components/schemas/BoostOptions" },
          "expand": { "enum": [ "none", "prf", "multi_query", "sub_questions", "hyde", null ], "default": "none", "description": "Also search for other words: of the best passages (prf; not with mode dense), or of the language model. What the model does not give is left out and degraded names expand." },
          "collapse": { "type": [ "boolean", "null" ], "description": "Whether passages that say the same in nearly the same words are shown once; by default where an answer is wanted (generate)." }
        """

    static let retrievalSchemas = """
        "FusionOptions": { "type": [ "object", "null" ], "additionalProperties": false, "description": "Instead of the server's setting.", "properties": {
          "method": { "enum": [ "absolute", "minmax", "rrf", null ] },
          "dense_weight": { "type": [ "number", "null" ], "minimum": 0, "maximum": 1 }
        } },
        "RecencyOptions": { "type": [ "object", "null" ], "additionalProperties": false, "required": [ "field" ], "description": "Prefers newer passages; ages count from the last full hour.", "properties": {
          "field": { "type": "string", "minLength": 1, "maxLength": 128, "description": "A metadata field with an ISO 8601 date or with seconds since 1970." },
          "half_life_days": { "type": [ "number", "null" ], "minimum": 0.01, "maximum": 36500, "default": 30 },
          "weight": { "type": [ "number", "null" ], "minimum": 0, "maximum": 1, "default": 0.3, "description": "The share of the score that freshness has." }
        } },
        "DiversityOptions": { "type": [ "object", "null" ], "additionalProperties": false, "description": "Maximal marginal relevance over words.", "properties": {
          "lambda": { "type": [ "number", "null" ], "minimum": 0, "maximum": 1, "default": 0.5, "description": "1: relevance alone; 0: difference alone." }
        } },
        "BoostOptions": { "type": [ "object", "null" ], "additionalProperties": false, "description": "Adds the share of the question's words found there.", "properties": {
          "title": { "type": [ "number", "null" ], "minimum": 0, "maximum": 1, "default": 0 },
          "heading": { "type": [ "number", "null" ], "minimum": 0, "maximum": 1, "default": 0 }
        } }
        """

    static let explanationSchemas = """
        "Explanation": { "type": "object", "description": "Only where the request says explain.", "properties": {
          "mode": { "enum": [ "hybrid", "dense", "lexical" ] },
          "candidates": { "type": "object", "properties": {
            "dense": { "type": "integer", "description": "Candidates that have a vector's score." },
            "lexical": { "type": "integer", "description": "Candidates that have a word of the question." }
          } },
          "fusion": { "type": "object", "properties": {
            "method": { "enum": [ "absolute", "minmax", "rrf" ] },
            "dense_weight": { "type": "number" },
            "lexical_ceiling": { "type": [ "number", "null" ], "description": "The lexical score that no chunk reaches." },
            "why": { "type": "string" }
          } },
          "expand": { "enum": [ "none", "prf", "multi_query", "sub_questions", "hyde" ] },
          "expansions": { "type": "array", "items": { "type": "string" }, "description": "What was searched for beside the question." },
          "recency": { "type": [ "object", "null" ], "properties": {
            "field": { "type": "string" },
            "half_life_days": { "type": "number" },
            "weight": { "type": "number" },
            "from": { "type": "string", "format": "date-time" },
            "dated_passages": { "type": "integer" }
          } },
          "mmr": { "type": [ "object", "null" ], "properties": { "lambda": { "type": "number" } } },
          "boosts": { "type": [ "object", "null" ], "properties": { "title": { "type": "number" }, "heading": { "type": "number" } } },
          "collapsed": { "type": "array", "items": { "type": "object", "properties": {
            "document_id": { "type": "string" },
            "chunk": { "type": "integer" },
            "shown_document_id": { "type": "string" },
            "shown_chunk": { "type": "integer" }
          } } },
          "steps_ms": { "type": "object", "additionalProperties": { "type": "number" }, "description": "Milliseconds by step of retrieval; empty in a remembered reply." }
        } },
        "PassageExplanation": { "type": "object", "description": "Only where the request says explain. null: the part played no role.", "properties": {
          "dense": { "type": [ "number", "null" ], "description": "The dense score as fusion scaled it, 0 to 1." },
          "lexical": { "type": [ "number", "null" ], "description": "The lexical score as fusion scaled it, 0 to 1." },
          "expansion": { "type": [ "number", "null" ], "description": "The best score that another wording gave." },
          "fused": { "type": "number", "description": "The score from the searches." },
          "title": { "type": [ "number", "null" ], "description": "The share of the question's words in the title." },
          "heading": { "type": [ "number", "null" ], "description": "The share of the question's words in the headings." },
          "recency": { "type": [ "number", "null" ], "description": "Freshness, 0 to 1; null without a date." },
          "adjusted": { "type": [ "number", "null" ], "description": "The score with boosts and freshness in it." },
          "rerank": { "type": [ "number", "null" ] },
          "similarity": { "type": [ "number", "null" ], "description": "Likeness to the most similar passage before it, where mmr was asked for." },
          "score": { "type": "number", "description": "The score that is shown." }
        } }
        """
}
