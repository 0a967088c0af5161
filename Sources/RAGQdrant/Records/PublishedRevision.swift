// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// One publication of a document: what a head points to and chunks belong to.
struct PublishedRevision: Sendable, Hashable {
    /// Its identity. It follows from the sequence number with which it was to become visible and from what it says, so two replicas that
    /// publish the same at the same moment write the same points, and two that publish different things never touch each other's.
    var publication: String
    var revision: Revision
    /// The publication whose text it has; another one's where only title, url or metadata changed.
    var text: String
    /// How many points the text is divided into.
    var parts: Int
    /// The publication before it, nil for the first.
    var previous: String?

    var payload: [String: JSONValue] {
        var payload = revision.payload
        payload[Field.publication] = .string(publication)
        payload["text_of"] = .string(text)
        payload["parts"] = .integer(Int64(parts))
        if let previous { payload["previous"] = .string(previous) }
        return payload
    }

    init(publication: String, revision: Revision, text: String, parts: Int, previous: String?) {
        self.publication = publication
        self.revision = revision
        self.text = text
        self.parts = parts
        self.previous = previous
    }

    init(_ point: Point, document: DocumentID) throws(RAGError) {
        publication = try point.requiredString(Field.publication)
        revision = try Revision(point, document: document)
        text = try point.requiredString("text_of")
        parts = try point.requiredCount("parts", from: 1)
        previous = point.string("previous")
    }
}
