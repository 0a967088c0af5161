// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// The names by which only programs on this machine reach a server.
enum LoopbackName {
    private static let names: Set<Substring> = ["127.0.0.1", "[::1]", "localhost"]

    /// Whether a `Host` names this machine; any port will do.
    static func isLoopback(authority: String?) -> Bool {
        guard let authority else { return false }
        return isLoopback(authority.lowercased()[...])
    }

    /// Whether an `Origin` is a page from this machine; `null` is none.
    static func isLoopback(origin: String) -> Bool {
        let origin = origin.lowercased()
        for scheme in ["http://", "https://"] where origin.hasPrefix(scheme) {
            return isLoopback(origin.dropFirst(scheme.count))
        }
        return false
    }

    private static func isLoopback(_ authority: Substring) -> Bool {
        let nameEnd =
            authority.hasPrefix("[") ? authority.firstIndex(of: "]").map { authority.index(after: $0) } : authority.firstIndex(of: ":")
        let end = nameEnd ?? authority.endIndex
        let port = authority[end...]
        let isPort = port.isEmpty || (port.first == ":" && port.dropFirst().allSatisfy { $0.isASCII && $0.isWholeNumber })
        return isPort && names.contains(authority[..<end])
    }
}
