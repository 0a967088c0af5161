// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import Logging
import NIOCore
import RAGCore

/// A request that was matched and authenticated, as an endpoint's handler sees it.
struct APIRequest: Sendable {
    var http: Request
    /// The decoded segment that the pattern calls `{id}`.
    var pathID: String?
    /// Raw text after `?`.
    var query: Substring?
    var caller: Caller?
    /// The request's name in the reply and in the log.
    var id: String
    var logger: Logger
    var exchange: Exchange

    /// Whose data may be touched.
    /// - Throws: `unauthenticated` at an endpoint that let the caller in without credentials.
    var scope: TenantScope {
        get throws(RAGError) {
            guard let caller else { throw RAGError(.unauthenticated, "send an API key as Authorization: Bearer KEY") }
            return caller.scope
        }
    }

    /// The document that the path names.
    var documentID: DocumentID {
        get throws(RAGError) { try DocumentID(pathID ?? "", field: "id") }
    }
}
