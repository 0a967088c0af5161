// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// One reply of a server that speaks RESP2 or RESP3.
package enum RESPValue: Sendable, Hashable {
    /// A status such as `OK`.
    case simple(String)
    /// An error the server reports; its first word is its code.
    case error(String)
    case integer(Int64)
    case double(Double)
    case boolean(Bool)
    /// A string of bytes; verbatim strings come without their format.
    case bulk([UInt8])
    /// Nothing is stored there; RESP2's null bulk and null array too.
    case null
    /// Arrays and sets.
    case array([RESPValue])
    /// Keys and values in turn.
    case map([RESPValue])
    /// Something the server says unasked; it answers no command.
    case push([RESPValue])

    /// Whether it is a whole number.
    package var isInteger: Bool { if case .integer = self { true } else { false } }

    /// How many bytes of content this holds, the frames not counted.
    package var contentBytes: Int {
        switch self {
        case .simple(let text), .error(let text): text.utf8.count
        case .bulk(let bytes): bytes.count
        case .array(let items), .map(let items), .push(let items): items.reduce(0) { $0 + $1.contentBytes }
        case .integer, .double, .boolean, .null: 0
        }
    }
}

/// What a server sent cannot be read; nothing after it on that connection can be trusted.
package struct RESPError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, without the bytes themselves.
    package let description: String

    init(_ description: String) { self.description = description }
}
