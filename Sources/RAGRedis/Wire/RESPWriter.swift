// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Writes commands as a server reads them: arrays of byte strings, one after the other.
package struct RESPWriter: Sendable {
    /// What is to be sent.
    package private(set) var bytes: [UInt8] = []
    /// How many commands `bytes` holds, which is how many replies there will be.
    package private(set) var commands = 0

    package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// Begins a command of this many words, its name among them; as many calls of `word` must follow.
    package mutating func command(words: Int) {
        commands += 1
        header(0x2A, words)
    }

    /// A word of the command that was begun.
    package mutating func word(_ text: String) {
        header(0x24, text.utf8.count)
        bytes.append(contentsOf: text.utf8)
        endLine()
    }

    /// A word of the command that was begun.
    package mutating func word(_ content: [UInt8]) {
        header(0x24, content.count)
        bytes.append(contentsOf: content)
        endLine()
    }

    /// A whole command of short words.
    package mutating func command(_ words: [String]) {
        command(words: words.count)
        for text in words { word(text) }
    }

    private mutating func header(_ type: UInt8, _ count: Int) {
        bytes.append(type)
        bytes.append(contentsOf: String(count).utf8)
        endLine()
    }

    private mutating func endLine() {
        bytes.append(0x0D)
        bytes.append(0x0A)
    }
}
