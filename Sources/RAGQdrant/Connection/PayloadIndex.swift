// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// A payload field that filters and orders ask for.
struct PayloadIndex: Sendable {
    enum Kind: Sendable {
        /// Divides the collection: what belongs to one value lies together.
        case tenant
        case keyword
        case integer
        case float
    }

    var field: String
    var kind: Kind

    func writeSchema(to writer: inout JSONWriter) {
        switch kind {
        case .tenant:
            writer.object { writer in
                writer.member("type", "keyword")
                writer.member("is_tenant", true)
            }
        case .keyword: writer.string("keyword")
        case .integer: writer.string("integer")
        case .float: writer.string("float")
        }
    }
}
