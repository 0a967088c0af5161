// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// The base URL of a server that this program talks to: http or https, a host, and nothing that could smuggle something else in.
///
/// Only a base URL that passes here is ever requested, redirects are not followed, and paths are appended by this program alone, so a
/// caller's text never decides where a request goes.
package struct UpstreamURL: Sendable, Hashable, CustomStringConvertible {
    /// `http` or `https`.
    package let scheme: String
    /// The host in lower case, an IPv6 address with its brackets.
    package let host: String
    /// The port, or nil for the scheme's own.
    package let port: Int?
    /// Begins with a slash and does not end with one; empty for the root.
    package let path: String

    /// Checks a base URL.
    /// - Throws: `invalidConfiguration`, naming `setting` but not the value, which may hold a secret.
    package init(_ text: String, setting: String) throws(RAGError) {
        func invalid(_ why: String) -> RAGError {
            RAGError(.invalidConfiguration, "\(setting) \(why); write it as https://host[:port][/path]", field: setting)
        }
        guard text.utf8.count <= 2_048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else {
            throw invalid("has a space, a backslash or a character that is not ASCII, or is longer than 2048 bytes")
        }
        guard let colon = text.firstRange(of: "://") else { throw invalid("has no scheme") }
        let scheme = text[..<colon.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { throw invalid("has a scheme other than http and https") }
        let rest = text[colon.upperBound...]
        guard !rest.contains("?"), !rest.contains("#") else { throw invalid("has a query or a fragment") }
        let authority = rest.prefix { $0 != "/" }
        guard !authority.contains("@") else { throw invalid("holds a user name or password") }
        guard let (host, port) = Self.hostAndPort(authority) else { throw invalid("has no valid host and port") }
        var path = rest[authority.endIndex...]
        while path.hasSuffix("/") { path = path.dropLast() }
        guard !path.split(separator: "/").contains("..") else { throw invalid("has a path that goes up") }
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = String(path)
    }

    private static func hostAndPort(_ authority: Substring) -> (String, Int?)? {
        var host = authority
        var port: Int?
        let afterAddress = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[afterAddress...].lastIndex(of: ":") {
            let digits = authority[authority.index(after: colon)...]
            guard digits.allSatisfy(\.isWholeNumber), let number = Int(digits), (1...65_535).contains(number) else { return nil }
            port = number
            host = authority[..<colon]
        }
        let isAddress = host.hasPrefix("[") && host.hasSuffix("]") && host.count > 2
        let inner = isAddress ? host.dropFirst().dropLast() : host
        let allowed: (UInt8) -> Bool = { byte in
            (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
                || byte == 0x2D || byte == 0x2E || byte == 0x5F || (isAddress && byte == 0x3A)
        }
        guard !inner.isEmpty, inner.utf8.allSatisfy(allowed) else { return nil }
        return (host.lowercased(), port)
    }

    /// The URL of a path below the base; `path` begins with a slash.
    package func appending(_ path: String) -> String { description + path }

    package var description: String { "\(scheme)://\(host)" + (port.map { ":\($0)" } ?? "") + path }
}
