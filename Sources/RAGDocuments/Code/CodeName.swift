// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// What a definition is called: the line that opens it, without what opens its body.
enum CodeName {
    private static let maximumBytes = 120

    static func name(in line: ArraySlice<UInt8>) -> String {
        var text = line.drop { $0 == 0x20 || $0 == 0x09 }
        if text.count > maximumBytes {
            text = text.prefix(maximumBytes)
            // Not inside a character.
            while let last = text.last, last & 0xC0 == 0x80 { text.removeLast() }
            if let last = text.last, last >= 0xC0 { text.removeLast() }
        }
        while let last = text.last, "{:(=> \t,".utf8.contains(last) { text.removeLast() }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether a definition ends on its first line.
    static func isWhole(_ line: ArraySlice<UInt8>) -> Bool {
        guard let last = line.last(where: { $0 > 0x20 }) else { return false }
        return last == UInt8(ascii: "}") || last == UInt8(ascii: ";")
    }
}
