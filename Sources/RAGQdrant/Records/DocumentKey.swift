// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// A document of a tenant, and the id of the point that decides what it is.
struct DocumentKey: Hashable, Sendable {
    let tenant: String
    let id: DocumentID
    let head: PointID

    init(_ id: DocumentID, in scope: TenantScope) {
        tenant = scope.tenant
        self.id = id
        head = PointID("head", scope.tenant, id.rawValue)
    }

    /// A document whose head was read from the server.
    init(head: PointID, tenant: String, name: String) {
        self.tenant = tenant
        self.head = head
        id = DocumentID(stored: name)
    }

    /// Everything that belongs to the document, in any collection.
    var filter: PointFilter { .all([.match(Field.tenant, tenant), .match(Field.document, head.text)]) }

    /// What every point of the document carries.
    var payload: [String: JSONValue] { [Field.tenant: .string(tenant), Field.document: .string(head.text)] }
}
