// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Where a Redis or Valkey server is and how to be let in. Printing it shows no password.
package struct RedisURL: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Whether the connection is encrypted and the server's certificate checked (`rediss`).
    package let isEncrypted: Bool
    /// The user, or nil for the server's default user.
    package let user: String?
    /// The password, decoded; nil for none.
    package let password: String?
    /// A name or an address, an IPv6 address without its brackets.
    package let host: String
    package let port: Int
    /// The number of the database.
    package let database: Int

    /// Reads `redis://[[user]:password@]host[:port][/database]`, or `rediss://…` for TLS.
    /// - Throws: `invalidConfiguration`, naming `setting` but not the value, which may hold a password.
    package init(_ text: String, setting: String = "REDIS_URL") throws(RAGError) {
        func invalid(_ why: String) -> RAGError {
            let form = "redis://[[user]:password@]host[:port][/database], rediss:// for TLS"
            return RAGError(.invalidConfiguration, "\(setting) \(why); write it as \(form)", field: setting)
        }
        guard text.utf8.count <= 2_048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw invalid("has a space or a character that is not ASCII (write those of a password as %XX), or is over 2048 bytes long")
        }
        let lowered = text.prefix(9).lowercased()
        if lowered.hasPrefix("rediss://") {
            isEncrypted = true
        } else if lowered.hasPrefix("redis://") {
            isEncrypted = false
        } else {
            throw invalid("has a scheme other than redis and rediss")
        }
        let rest = text.dropFirst(isEncrypted ? 9 : 8)
        guard !rest.contains("?"), !rest.contains("#") else {
            throw invalid("has a query or a fragment (a ? or # of a password is written as %3F or %23)")
        }
        let authority = rest.prefix { $0 != "/" }
        guard let path = Self.database(rest.dropFirst(authority.count)) else { throw invalid("has a path that is not a database's number") }
        database = path
        var address = authority
        if let at = authority.lastIndex(of: "@") {
            guard let (user, password) = Self.credentials(authority[..<at]) else {
                throw invalid("has credentials that are not user:password with other characters written as %XX")
            }
            self.user = user
            self.password = password
            address = authority[authority.index(after: at)...]
        } else {
            user = nil
            password = nil
        }
        guard let (host, port) = Self.hostAndPort(address) else { throw invalid("has no valid host and port") }
        self.host = host
        self.port = port
    }

    /// The number after the slash; 0 without one.
    private static func database(_ path: Substring) -> Int? {
        let digits = path.dropFirst()
        if digits.isEmpty { return 0 }
        guard digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int(digits), number <= 65_535 else { return nil }
        return number
    }

    private static func credentials(_ text: Substring) -> (user: String?, password: String)? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        guard let user = decoded(text[..<colon]), let password = decoded(text[text.index(after: colon)...]), !password.isEmpty else {
            return nil
        }
        return (user.isEmpty ? nil : user, password)
    }

    /// Resolves `%XX`; nil where one is malformed or the bytes are not UTF-8.
    private static func decoded(_ text: Substring) -> String? {
        func digit(_ byte: UInt8) -> UInt8? {
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x41...0x46: byte - 0x41 + 10
            case 0x61...0x66: byte - 0x61 + 10
            default: nil
            }
        }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte != UInt8(ascii: "%") {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hostAndPort(_ address: Substring) -> (String, Int)? {
        var host = address
        var port = 6_379
        let afterBracket = address.lastIndex(of: "]") ?? address.startIndex
        if let colon = address[afterBracket...].lastIndex(of: ":") {
            let digits = address[address.index(after: colon)...]
            guard digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int(digits), (1...65_535).contains(number) else {
                return nil
            }
            port = number
            host = address[..<colon]
        }
        let isAddress = host.hasPrefix("[") && host.hasSuffix("]")
        if isAddress { host = host.dropFirst().dropLast() }
        let allowed: (UInt8) -> Bool = { byte in
            (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
                || byte == 0x2D || byte == 0x2E || byte == 0x5F || (isAddress && byte == 0x3A)
        }
        guard !host.isEmpty, host.utf8.allSatisfy(allowed) else { return nil }
        return (host.lowercased(), port)
    }

    /// The URL with `***` for the password.
    package var description: String {
        let credentials = password.map { _ in "\(user ?? ""):***@" } ?? ""
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(isEncrypted ? "rediss" : "redis")://\(credentials)\(name):\(port)/\(database)"
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}
