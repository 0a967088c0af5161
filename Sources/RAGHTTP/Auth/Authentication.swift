// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import RAGCore

/// Who may call an endpoint.
enum EndpointAccess: Sendable, Hashable {
    /// Anyone.
    case open
    /// Anyone; who sends credentials sees more.
    case optional
    /// Callers whose role is this one or above.
    case role(APIRole)
}

/// Who is asking.
struct Caller: Sendable {
    var scope: TenantScope
    var role: APIRole

    /// Everybody, on a server without keys.
    static let singleTenant = Caller(scope: .singleTenant, role: .admin)
}

/// Finds out who is asking and whether that is allowed; fails closed.
struct Authentication: Sendable {
    var keyring: APIKeyring?

    /// The caller; nil where the endpoint is for anyone and no credentials were sent.
    /// - Throws: `unauthenticated` without valid credentials, `forbidden` if the role is too low.
    func caller(_ headers: HTTPFields, access: EndpointAccess) throws(RAGError) -> Caller? {
        guard let keyring else { return .singleTenant }
        if access == .open { return nil }
        guard let header = headers[.authorization] else {
            if access == .optional { return nil }
            throw RAGError(.unauthenticated, "send an API key as Authorization: Bearer KEY")
        }
        guard let secret = Self.bearer(header), let key = keyring.key(for: secret) else {
            throw RAGError(.unauthenticated, "the credentials are not valid; send an API key as Authorization: Bearer KEY")
        }
        if case .role(let needed) = access, key.role < needed {
            throw RAGError(.forbidden, "this operation needs a key of the role \(needed.rawValue); this key's role is \(key.role.rawValue)")
        }
        return Caller(scope: key.scope, role: key.role)
    }

    private static func bearer(_ header: String) -> String? {
        let parts = header.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
