// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Where the pages of a canonical text end: at each form feed (U+000C). Slides are pages, too.
public struct PageBreaks: Sendable, Hashable {
    /// The bytes of the form feeds, ascending.
    private let breaks: [Int]

    /// Nil for a text without pages.
    public init?(in text: String) {
        breaks = text.utf8.enumerated().compactMap { $1 == Self.byte ? $0 : nil }
        if breaks.isEmpty { return nil }
    }

    /// The page that holds a byte of the text, from 1.
    public func page(at offset: Int) -> Int {
        var (low, high) = (0, breaks.count)
        while low < high {
            let middle = (low + high) / 2
            if breaks[middle] < offset { low = middle + 1 } else { high = middle }
        }
        return low + 1
    }

    /// How many pages end within the first `length` bytes of a part of a text.
    public static func count(in text: String, upTo length: Int) -> Int { text.utf8.prefix(length).count { $0 == byte } }

    private static let byte: UInt8 = 0x0C
}
