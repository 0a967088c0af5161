// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// What `POST /index` brings: documents as JSON, or one file as a raw body.
struct IndexBody: Sendable {
    static let fields = ["documents", "wait"]
    static let uploadParameters = ["filename", "id", "title", "url", "metadata", "wait"]
    static let maximumDocuments = 1_000

    var sources: [DocumentSource]
    var wait: Bool

    init(_ value: JSONValue) throws(RAGError) {
        let reader = try FieldReader(value, path: "", fields: Self.fields)
        guard let documents = reader.value("documents") else {
            throw reader.missing("documents", "give a list of documents")
        }
        guard let elements = documents.array, !elements.isEmpty else {
            throw reader.invalid("documents", "give a list of 1 to \(Self.maximumDocuments) documents")
        }
        guard elements.count <= Self.maximumDocuments else {
            throw RAGError(.tooLarge, "give at most \(Self.maximumDocuments) documents at once", field: "documents")
        }
        wait = try reader.bool("wait") ?? true
        sources = []
        var seen: Set<DocumentID> = []
        for (index, element) in elements.enumerated() {
            let source = try DocumentBody.source(element, path: "documents[\(index)]")
            guard seen.insert(source.id).inserted else {
                throw RAGError(.invalidField, "the same id stands in a document before it", field: "documents[\(index)].id")
            }
            sources.append(source)
        }
    }

    /// One file, whose name is its id unless another is given.
    init(file bytes: [UInt8], mediaType: String?, parameters: QueryParameters) throws(RAGError) {
        guard let filename = parameters.string("filename") else {
            throw RAGError(
                .unsupportedMediaType,
                "send JSON as Content-Type: application/json, or a file as a raw body with ?filename=NAME",
                field: "Content-Type"
            )
        }
        guard !bytes.isEmpty else { throw RAGError(.malformedBody, "the file is empty") }
        let id = try DocumentID(parameters.string("id") ?? filename, field: parameters.string("id") == nil ? "filename" : "id")
        guard filename.utf8.count <= DocumentID.maximumLength else {
            throw RAGError(.invalidField, "a file's name has at most \(DocumentID.maximumLength) bytes", field: "filename")
        }
        let source = DocumentSource(
            id: id,
            title: try Self.text(parameters, "title", maximumBytes: DocumentBody.maximumTitleBytes),
            url: try Self.text(parameters, "url", maximumBytes: DocumentBody.maximumURLBytes),
            metadata: try Self.metadata(parameters),
            content: .file(bytes, name: filename, mediaType: mediaType)
        )
        sources = [source]
        wait = try parameters.bool("wait") ?? true
    }

    /// An upload has no body for it, so its metadata comes as JSON in a parameter.
    private static func metadata(_ parameters: QueryParameters) throws(RAGError) -> Metadata {
        guard let text = parameters.string("metadata") else { return [:] }
        let value: JSONValue
        do throws(RAGError) {
            value = try JSONValue(parsing: Array(text.utf8))
        } catch {
            throw RAGError(.invalidField, "give a JSON object: \(error.message)", field: "metadata")
        }
        return try DocumentBody.metadata(
            FieldReader(.object(["metadata": value]), path: "", fields: ["metadata"])
        )
    }

    private static func text(_ parameters: QueryParameters, _ name: String, maximumBytes: Int) throws(RAGError) -> String? {
        guard let text = parameters.string(name) else { return nil }
        guard text.utf8.count <= maximumBytes else {
            throw RAGError(.invalidField, "give at most \(maximumBytes) bytes of UTF-8", field: name)
        }
        return try DocumentBody.line(text, field: name)
    }
}
