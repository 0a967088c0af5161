// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// The interface's description, OpenAPI 3.1; tests hold it against the route table, the wire types and the error table.
enum OpenAPIDocument {
    static let json = """
        {
        "openapi": "3.1.0",
        "info": {
          "title": "Grounded",
          "version": "1",
          "license": { "name": "MIT", "identifier": "MIT" },
          "description": "Answers you can check, from documents it cannot lose. Fields are added, never renamed. Unknown fields are errors; null counts as absent. Every reply carries X-Request-ID, which a caller may choose (1 to 128 characters of a-z A-Z 0-9 . _ : -)."
        },
        "security": [ { "key": [] } ],
        "paths": \(paths),
        "components": {
          "securitySchemes": {
            "key": {
              "type": "http",
              "scheme": "bearer",
              "description": "An API key of the role read, write or admin; each may do what the ones before it may. A server without keys listens on loopback only and asks for none."
            }
          },
          "responses": { "Problem": {
            "description": "What went wrong, RFC 9457. 401 carries WWW-Authenticate, 405 Allow; 429 and 503 carry Retry-After in seconds where a retry may succeed. Where a tenant's requests are limited, every reply that was counted carries RateLimit and RateLimit-Policy.",
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
          } },
          "schemas": \(schemas)
        }
        }
        """

    private static let problem = """
        "default": { "$ref": "#/components/responses/Problem" }
        """

    private static let unchanged = """
        { "description": "If-None-Match named the file's ETag." }
        """

    private static let documentID = """
        { "name": "id", "in": "path", "required": true, "schema": { "type": "string", "maxLength": 512 },
          "description": "The document's id, percent-encoded; a slash is written %2F." }
        """

    private static func reply(_ schema: String, _ description: String) -> String {
        """
        { "description": "\(description)", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/\(schema)" } } } }
        """
    }

    private static func parameter(_ name: String, _ type: String, _ description: String) -> String {
        """
        { "name": "\(name)", "in": "query", "schema": { \(type) }, "description": "\(description)" }
        """
    }

    private static let paths = """
        {
        "/index": { "post": {
          "operationId": "index",
          "summary": "Take documents in",
          "description": "JSON with up to 1,000 documents or 32 MB, or one file as a raw body with filename. A document's id names it within the tenant; the same id again makes a new revision. Needs the role write.",
          "parameters": [
            \(parameter("filename", "\"type\": \"string\"", "File upload only: the file's name; required there.")),
            \(parameter("id", "\"type\": \"string\"", "File upload only: the document's id, by default the file's name.")),
            \(parameter("title", "\"type\": \"string\"", "File upload only.")),
            \(parameter("url", "\"type\": \"string\"", "File upload only.")),
            \(parameter("metadata", "\"type\": \"string\"", "File upload only: the metadata as a JSON object.")),
            \(parameter("wait", "\"type\": \"boolean\"", "File upload only: as in the JSON body."))
          ],
          "requestBody": { "required": true, "content": {
            "application/json": { "schema": { "$ref": "#/components/schemas/IndexRequest" } },
            "application/octet-stream": { "schema": { "type": "string", "format": "binary" } }
          } },
          "responses": {
            "200": \(reply("IndexReply", "Every document has a result; those that are indexed, updated or unchanged can be found.")),
            "202": \(reply("IndexReply", "The documents are durable and wait; Location and job_id name the job.")),
            \(problem)
          }
        } },
        "/query": { "post": {
          "operationId": "query",
          "summary": "Find passages and answer",
          "description": "With stream true the reply is a stream of events: passages, then token and citation mixed, then exactly one of done (the reply that JSON would be) or error (a problem). Needs the role read.",
          "requestBody": { "required": true, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/QueryRequest" } } } },
          "responses": {
            "200": {
              "description": "The answer and what it stands on. X-Degraded repeats degraded.",
              "content": {
                "application/json": { "schema": { "$ref": "#/components/schemas/QueryReply" } },
                "text/event-stream": { "schema": { "type": "string" } }
              }
            },
            \(problem)
          }
        } },
        "/documents": { "get": {
          "operationId": "listDocuments",
          "summary": "List documents by id",
          "parameters": [
            \(parameter("after", "\"type\": \"string\"", "Begin after this id: the next of the page before.")),
            \(parameter("prefix", "\"type\": \"string\"", "Only ids that begin so.")),
            \(parameter("limit", "\"type\": \"integer\", \"minimum\": 1, \"maximum\": 1000, \"default\": 100", "Most documents of a page."))
          ],
          "responses": { "200": \(reply("DocumentPage", "A page of documents.")), \(problem) }
        } },
        "/documents/{id}": {
          "parameters": [ \(documentID) ],
          "get": {
            "operationId": "readDocument",
            "summary": "Read a document's state and history",
            "responses": { "200": \(reply("Document", "The document as it stands.")), \(problem) }
          },
          "delete": {
            "operationId": "withdrawDocument",
            "summary": "Delete a document everywhere and prove it",
            "description": "Needs the role write.",
            "responses": { "200": \(reply("Withdrawal", "What was deleted, and what can still be reached.")), \(problem) }
          }
        },
        "/documents/{id}/text": {
          "parameters": [ \(documentID) ],
          "get": {
            "operationId": "readText",
            "summary": "Read the canonical text that citations point into",
            "parameters": [ \(parameter("revision", "\"type\": \"integer\", \"minimum\": 1", "The revision; by default the current one.")) ],
            "responses": {
              "200": { "description": "The bytes exactly as cited; ETag is the hash, X-Revision the revision.", "content": { "text/plain": { "schema": { "type": "string" } } } },
              \(problem)
            }
          }
        },
        "/jobs/{id}": { "get": {
          "operationId": "readJob",
          "summary": "Read how far accepted work is",
          "parameters": [ { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } } ],
          "responses": { "200": \(reply("Job", "The job.")), \(problem) }
        } },
        "/health": { "get": {
          "operationId": "health",
          "summary": "How the server and everything it needs are",
          "security": [ {}, { "key": [] } ],
          "responses": { "200": \(reply("Health", "Details only for callers with a key, or on a server without keys.")), \(problem) }
        } },
        "/health/live": { "get": {
          "operationId": "live",
          "summary": "Whether the process lives; depends on nothing else",
          "security": [],
          "responses": { "200": \(reply("Status", "It lives.")), \(problem) }
        } },
        "/health/ready": { "get": {
          "operationId": "ready",
          "summary": "Whether the server can serve something useful",
          "security": [],
          "responses": { "200": \(reply("Status", "Send traffic.")), "503": \(reply("Status", "Send none.")), \(problem) }
        } },
        "/metrics": { "get": {
          "operationId": "metrics",
          "summary": "Metrics in the Prometheus text format",
          "description": "Needs the role admin.",
          "responses": { "200": { "description": "Version 0.0.4.", "content": { "text/plain": { "schema": { "type": "string" } } } }, \(problem) }
        } },
        "/openapi.json": { "get": {
          "operationId": "openapi",
          "summary": "This document",
          "security": [],
          "responses": { "200": { "description": "OpenAPI 3.1.", "content": { "application/json": { "schema": { "type": "object" } } } }, \(problem) }
        } },
        "/": { "get": {
          "operationId": "page",
          "summary": "The web page: upload, ask, compare, read",
          "description": "For people; it calls the other endpoints and asks for a key where they want one.",
          "security": [],
          "responses": { "200": { "description": "HTML with an ETag.", "content": { "text/html": { "schema": { "type": "string" } } } }, "304": \(unchanged), \(problem) }
        } },
        "/page/{id}": { "get": {
          "operationId": "pageFile",
          "summary": "A file of the web page",
          "security": [],
          "parameters": [ { "name": "id", "in": "path", "required": true, "schema": { "type": "string" }, "description": "The file's name." } ],
          "responses": { "200": { "description": "A script, a style sheet or an image with an ETag.", "content": { "*/*": { "schema": { "type": "string" } } } }, "304": \(unchanged), \(problem) }
        } }
        }
        """
}
