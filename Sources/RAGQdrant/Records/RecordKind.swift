// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// What a point of the records collection is.
enum RecordKind: String, Sendable {
    /// The state of the whole: which generation is active.
    case meta
    /// A document: which publication is its current one, or that it was withdrawn.
    case head
    /// A publication of a document.
    case revision
    /// A part of a canonical text.
    case text
    /// A number that changes whenever a tenant's documents do.
    case version
    /// A document that was accepted.
    case item
    /// A part of an accepted document's content.
    case part
    /// A job: documents that were accepted together.
    case job
}

/// The names of payload fields that filters and orders use.
enum Field {
    static let tenant = "tenant"
    static let kind = "kind"
    /// The id of the document's head.
    static let document = "document"
    /// The caller's name of the document.
    static let name = "name"
    /// Which publication a point belongs to.
    static let publication = "rid"
    /// The head's sequence number with which it was to become visible.
    static let sequence = "seq"
    /// Seconds since 1970 at which it was written.
    static let writtenAt = "at"
    static let state = "state"
    static let order = "order"
    static let job = "job"
    /// The item that a part belongs to.
    static let owner = "owner"
    static let isAlive = "alive"
}
