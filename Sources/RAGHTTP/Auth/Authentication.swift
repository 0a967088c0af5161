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
    /// - Parameter authority: The host that the client believes to talk to, as it sent it.
    /// - Throws: `unauthenticated` without valid credentials, `forbidden` if the role is too low or a server without keys is called by
    ///   another site's page.
    func caller(_ headers: HTTPFields, authority: String?, access: EndpointAccess) throws(RAGError) -> Caller? {
        guard let keyring else { return try localCaller(headers, authority: authority, access: access) }
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

    /// Without keys, a page of another site must not reach the server through its reader's browser: not under a name of its own that
    /// leads here (DNS rebinding), and not by a request across sites, which a browser marks with the page's origin.
    private func localCaller(_ headers: HTTPFields, authority: String?, access: EndpointAccess) throws(RAGError) -> Caller? {
        let isLocal = LoopbackName.isLoopback(authority: authority) && (headers[.origin].map(LoopbackName.isLoopback(origin:)) ?? true)
        if isLocal { return .singleTenant }
        guard case .role = access else { return nil }
        throw RAGError(
            .forbidden,
            "without API keys the server answers only to 127.0.0.1, [::1] and localhost, and to pages from there; see Host and Origin"
        )
    }

    private static func bearer(_ header: String) -> String? {
        let parts = header.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
