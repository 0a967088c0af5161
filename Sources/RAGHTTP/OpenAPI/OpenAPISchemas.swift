// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

extension OpenAPIDocument {
    /// Every object on the wire.
    static let schemas = """
        {
        \(requestSchemas),
        \(answerSchemas),
        \(documentSchemas),
        \(operationSchemas)
        }
        """

    private static let requestSchemas = """
        "IndexRequest": { "type": "object", "additionalProperties": false, "required": [ "documents" ], "properties": {
          "documents": { "type": "array", "minItems": 1, "maxItems": 1000, "items": { "$ref": "#/components/schemas/DocumentInput" } },
          "wait": { "type": [ "boolean", "null" ], "default": true, "description": "false: make the documents durable, answer 202 and publish them later." }
        } },
        "DocumentInput": { "type": "object", "additionalProperties": false, "required": [ "id", "text" ], "properties": {
          "id": { "type": "string", "minLength": 1, "maxLength": 512, "description": "1 to 512 bytes without control characters, unique in the request." },
          "title": { "type": [ "string", "null" ], "maxLength": 2048 },
          "url": { "type": [ "string", "null" ], "maxLength": 4096 },
          "metadata": { "$ref": "#/components/schemas/Metadata" },
          "text": { "type": "string", "description": "At most 16 MiB." },
          "format": { "enum": [ "plain", "markdown", "html", null ], "default": "plain" }
        } },
        "Metadata": { "type": [ "object", "null" ], "maxProperties": 100, "propertyNames": { "maxLength": 128, "not": { "enum": [ "and", "or", "not" ] } },
          "additionalProperties": { "anyOf": [ { "$ref": "#/components/schemas/Scalar" }, { "type": "array", "maxItems": 1000, "items": { "$ref": "#/components/schemas/Scalar" } } ] } },
        "Scalar": { "type": [ "string", "number", "boolean" ], "maxLength": 8192 },
        "QueryRequest": { "type": "object", "additionalProperties": false, "required": [ "query" ], "properties": {
          "query": { "type": "string", "minLength": 1, "maxLength": 8192, "description": "Not only white space." },
          "top_k": { "type": [ "integer", "null" ], "minimum": 1, "maximum": 100, "default": 5 },
          "mode": { "enum": [ "hybrid", "dense", "lexical", null ], "default": "hybrid" },
          "filter": { "$ref": "#/components/schemas/Filter" },
          "rerank": { "type": [ "boolean", "null" ], "description": "Whether passages are reranked; the server's setting decides where this is absent. What cannot be reranked keeps the fused order and degraded names rerank or rerank_partial." },
          "generate": { "type": [ "boolean", "null" ], "default": true, "description": "false: passages only." },
          "stream": { "type": [ "boolean", "null" ], "default": false },
          "deadline_ms": { "type": [ "integer", "null" ], "minimum": 1, "maximum": 120000, "description": "30000 by default, 120000 for a stream." },
          "group": { "enum": [ "document", "chunk", null ], "default": "document", "description": "document: passages are distinct documents' best chunks." },
          \(retrievalProperties)
        } },
        \(retrievalSchemas),
        "Filter": { "type": [ "object", "null" ], "description": "Members must all hold. A field's name takes a value (equality) or conditions; and, or and not combine filters and cannot be names of fields. At most 10 deep and 100 conditions.",
          "properties": {
            "and": { "type": "array", "minItems": 1, "items": { "$ref": "#/components/schemas/Filter" } },
            "or": { "type": "array", "minItems": 1, "items": { "$ref": "#/components/schemas/Filter" } },
            "not": { "$ref": "#/components/schemas/Filter" }
          },
          "additionalProperties": { "anyOf": [ { "$ref": "#/components/schemas/Scalar" }, { "$ref": "#/components/schemas/Condition" } ] } },
        "Condition": { "type": "object", "minProperties": 1, "additionalProperties": false, "properties": {
          "in": { "type": "array", "minItems": 1, "maxItems": 1000, "items": { "$ref": "#/components/schemas/Scalar" } },
          "gt": { "type": [ "number", "string" ] },
          "gte": { "type": [ "number", "string" ] },
          "lt": { "type": [ "number", "string" ] },
          "lte": { "type": [ "number", "string" ] },
          "exists": { "type": "boolean" },
          "ne": { "$ref": "#/components/schemas/Scalar" }
        } }
        """

    private static let answerSchemas = """
        "QueryReply": { "type": "object", "properties": {
          "answer": { "type": [ "string", "null" ], "description": "null when none was wanted or nothing relevant was found. [1] is the marker of a citation." },
          "reason": { "type": [ "string", "null" ], "description": "nothing_relevant, or null." },
          "citations": { "type": "array", "items": { "$ref": "#/components/schemas/Citation" } },
          "passages": { "type": "array", "items": { "$ref": "#/components/schemas/Passage" } },
          "timings_ms": { "$ref": "#/components/schemas/Timings" },
          "degraded": { "type": "array", "items": { "type": "string" }, "description": "What was skipped, cut or worse than usual." },
          "cache": { "type": "object", "properties": {
            "embedding": { "enum": [ "l1", "l2", "miss", null ] },
            "result": { "enum": [ "hit", "miss", "off" ] }
          } },
          "model": { "type": [ "string", "null" ], "description": "What wrote the answer; extractive where it consists of quoted sentences." },
          "explain": { "$ref": "#/components/schemas/Explanation" },
          "request_id": { "type": "string" }
        } },
        "Citation": { "type": "object", "properties": {
          "marker": { "type": "integer" },
          "document_id": { "type": "string" },
          "revision": { "type": "integer" },
          "hash": { "type": "string" },
          "start": { "type": "integer", "description": "First byte in the revision's canonical text." },
          "end": { "type": "integer", "description": "Byte after the last." },
          "quote": { "type": "string", "description": "The text that stands there." },
          "verified": { "type": "boolean", "description": "Whether the quote supports the sentence that cites it." },
          "title": { "type": [ "string", "null" ] },
          "url": { "type": [ "string", "null" ] },
          "location": { "type": [ "string", "null" ] }
        } },
        "Passage": { "type": "object", "properties": {
          "rank": { "type": "integer" },
          "document_id": { "type": "string" },
          "revision": { "type": "integer" },
          "chunk": { "type": "integer" },
          "start": { "type": "integer" },
          "end": { "type": "integer" },
          "text": { "type": "string" },
          "score": { "type": "number" },
          "scores": { "type": "object", "properties": {
            "dense": { "type": [ "number", "null" ] },
            "lexical": { "type": [ "number", "null" ] },
            "fused": { "type": "number" },
            "rerank": { "type": [ "number", "null" ] }
          } },
          "title": { "type": [ "string", "null" ] },
          "url": { "type": [ "string", "null" ] },
          "metadata": { "$ref": "#/components/schemas/Metadata" },
          "duplicates": { "type": "array", "items": { "type": "string" }, "description": "Other documents with nearly the same passage, which is shown once." },
          "explain": { "$ref": "#/components/schemas/PassageExplanation" }
        } },
        \(explanationSchemas),
        "Timings": { "type": "object", "additionalProperties": { "type": "number" }, "description": "Milliseconds by step, and total." }
        """

    private static let documentSchemas = """
        "IndexReply": { "type": "object", "properties": {
          "results": { "type": "array", "items": { "$ref": "#/components/schemas/IndexResult" } },
          "job_id": { "type": [ "string", "null" ] },
          "request_id": { "type": "string" },
          "timings_ms": { "$ref": "#/components/schemas/Timings" }
        } },
        "IndexResult": { "type": "object", "properties": {
          "id": { "type": "string" },
          "status": { "enum": [ "indexed", "updated", "unchanged", "failed" ] },
          "revision": { "type": [ "integer", "null" ] },
          "hash": { "type": [ "string", "null" ] },
          "chunks": { "type": "integer" },
          "warnings": { "type": "array", "items": { "type": "string" }, "description": "What the indexed text lacks of the document." },
          "error": { "type": [ "object", "null" ], "properties": {
            "code": { "$ref": "#/components/schemas/Code" },
            "detail": { "type": "string" },
            "field": { "type": [ "string", "null" ] }
          } }
        } },
        "Job": { "type": "object", "properties": {
          "id": { "type": "string" },
          "status": { "enum": [ "queued", "running", "done", "failed", "quarantined" ] },
          "documents": { "type": "object", "properties": {
            "total": { "type": "integer" },
            "indexed": { "type": "integer" },
            "unchanged": { "type": "integer" },
            "failed": { "type": "integer" }
          } },
          "error": { "type": [ "string", "null" ] },
          "failures": { "type": "array", "maxItems": 100, "items": { "type": "object", "properties": {
            "id": { "type": "string" },
            "quarantined": { "type": "boolean" },
            "reason": { "type": "string" }
          } } },
          "request_id": { "type": "string" }
        } },
        "Document": { "type": "object", "properties": {
          "id": { "type": "string" },
          "title": { "type": [ "string", "null" ] },
          "url": { "type": [ "string", "null" ] },
          "metadata": { "$ref": "#/components/schemas/Metadata" },
          "revision": { "type": "integer" },
          "hash": { "type": "string" },
          "created_at": { "type": "string", "format": "date-time" },
          "format": { "enum": [ "plain", "markdown", "code" ] },
          "length": { "type": "integer", "description": "Bytes of the canonical text." },
          "chunks": { "type": "integer" },
          "revisions": { "type": "array", "items": { "$ref": "#/components/schemas/Revision" } },
          "request_id": { "type": "string" }
        } },
        "Revision": { "type": "object", "properties": {
          "revision": { "type": "integer" },
          "hash": { "type": "string" },
          "created_at": { "type": "string", "format": "date-time" },
          "title": { "type": [ "string", "null" ] },
          "url": { "type": [ "string", "null" ] },
          "length": { "type": "integer" }
        } },
        "DocumentPage": { "type": "object", "properties": {
          "documents": { "type": "array", "description": "Without revisions.", "items": { "$ref": "#/components/schemas/Document" } },
          "next": { "type": [ "string", "null" ], "description": "Send it as after for the next page." },
          "request_id": { "type": "string" }
        } },
        "Withdrawal": { "type": "object", "properties": {
          "id": { "type": "string" },
          "withdrawn": { "const": true },
          "revisions": { "type": "integer" },
          "chunks": { "type": "integer" },
          "proof": { "type": "object", "description": "What search or read can still reach, counted by reading back.", "properties": {
            "text": { "$ref": "#/components/schemas/Remaining" },
            "vectors": { "$ref": "#/components/schemas/Remaining" },
            "terms": { "$ref": "#/components/schemas/Remaining" },
            "cache": { "$ref": "#/components/schemas/Remaining" }
          } },
          "request_id": { "type": "string" }
        } },
        "Remaining": { "anyOf": [ { "type": "integer" }, { "const": "pending" } ] }
        """

    private static let operationSchemas = """
        "Health": { "type": "object", "properties": {
          "status": { "enum": [ "ok", "degraded", "down", "draining" ] },
          "version": { "type": "string" },
          "uptime_seconds": { "type": "number" },
          "dependencies": { "type": "array", "items": { "$ref": "#/components/schemas/Dependency" } },
          "request_id": { "type": "string" }
        } },
        "Dependency": { "type": "object", "properties": {
          "name": { "type": "string" },
          "status": { "enum": [ "ok", "degraded", "down" ] },
          "since": { "type": "string", "format": "date-time" },
          "detail": { "type": [ "string", "null" ] }
        } },
        "Status": { "type": "object", "properties": {
          "status": { "enum": [ "ok", "ready", "not_ready", "draining" ] },
          "request_id": { "type": "string" }
        } },
        "Problem": { "type": "object", "properties": {
          "type": { "type": "string" },
          "title": { "type": "string" },
          "status": { "type": "integer" },
          "detail": { "type": "string" },
          "code": { "$ref": "#/components/schemas/Code" },
          "field": { "type": [ "string", "null" ], "description": "The field at fault, as a path such as documents[3].id." },
          "request_id": { "type": "string" }
        } },
        "Code": { "type": "string", "enum": [ \(ErrorMapping.codes.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")) ] }
        """
}
