// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Crypto
package import RAGCore

/// What a caller may do; each role may do what the ones before it may.
package enum APIRole: String, Sendable, CaseIterable, Comparable {
    /// Ask, list and read.
    case read
    /// Also index and withdraw.
    case write
    /// Also read the metrics.
    case admin

    private var rank: Int {
        switch self {
        case .read: 0
        case .write: 1
        case .admin: 2
        }
    }

    package static func < (lhs: APIRole, rhs: APIRole) -> Bool { lhs.rank < rhs.rank }
}

/// The keys that are accepted, held as SHA-256.
package struct APIKeyring: Sendable {
    /// One key: whose it is and what it allows.
    package struct APIKey: Sendable {
        package let scope: TenantScope
        package let role: APIRole
        /// SHA-256 of the key's UTF-8.
        let digest: [UInt8]
    }

    /// Everything that is wrong with a list of keys; no sentence holds a key.
    package struct Mistakes: Error, Sendable, CustomStringConvertible {
        package let sentences: [String]
        package var description: String { sentences.joined(separator: "; ") }
    }

    /// Keys shorter than this can be guessed.
    package static let recommendedKeyLength = 16

    package private(set) var keys: [APIKey] = []
    /// What is allowed but unwise, for the log at start.
    package private(set) var warnings: [String] = []

    /// Reads `tenant:role:key`, comma-separated, as in `API_KEYS`; white space around an entry does not count.
    /// - Throws: every mistake at once.
    package init(parsing text: String) throws(Mistakes) {
        var mistakes: [String] = []
        var seen: Set<[UInt8]> = []
        for (index, entry) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            let position = "entry \(index + 1)"
            let parts = Self.trimmed(entry).split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else {
                mistakes.append("\(position) is not tenant:role:key")
                continue
            }
            let tenant = String(parts[0])
            if !TenantScope.isValid(tenant) {
                mistakes.append("\(position): a tenant's name has 1 to 64 characters of a-z A-Z 0-9 _ -")
            }
            let role = APIRole(rawValue: String(parts[1]))
            if role == nil { mistakes.append("\(position): the role is read, write or admin") }
            let secret = Array(parts[2].utf8)
            if secret.isEmpty || !secret.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
                mistakes.append("\(position): a key is made of visible ASCII characters and is not empty")
            }
            let digest = Self.digest(of: secret)
            if !seen.insert(digest).inserted { mistakes.append("\(position): the same key stands in an entry before it") }
            if secret.count < Self.recommendedKeyLength {
                warnings.append("\(position): the key has fewer than \(Self.recommendedKeyLength) characters and can be guessed")
            }
            if let role { keys.append(APIKey(scope: TenantScope(authenticated: tenant), role: role, digest: digest)) }
        }
        guard mistakes.isEmpty else { throw Mistakes(sentences: mistakes) }
    }

    /// The entry of `secret`, or nil. Compares with every key, in a time that does not depend on what matches.
    func key(for secret: String) -> APIKey? {
        let digest = Self.digest(of: Array(secret.utf8))
        var match: Int?
        for (index, key) in keys.enumerated() {
            var difference: UInt8 = 0
            for (lhs, rhs) in zip(key.digest, digest) { difference |= lhs ^ rhs }
            if difference == 0 { match = index }
        }
        return match.map { keys[$0] }
    }

    private static func digest(of secret: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: secret)) }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
