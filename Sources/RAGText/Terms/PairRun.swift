// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A run of characters of one script that is written without spaces, given out as overlapping pairs.
///
/// No text is kept: FNV-1a over a pair is FNV-1a over its second character, started from the state after its first.
struct PairRun {
    private(set) var script = CharacterClass.separator
    private var characters = 0
    private var alone = TermHash.basis
    private var paired = TermHash.basis

    var isActive: Bool { characters > 0 }

    /// Starts the next character; returns the pair that is complete now.
    mutating func begin(_ script: CharacterClass) -> UInt64? {
        let pair = characters >= 2 ? TermHash.finished(paired) : nil
        self.script = script
        paired = characters >= 1 ? alone : TermHash.basis
        alone = TermHash.basis
        characters += 1
        return pair
    }

    /// Adds a byte to the current character.
    mutating func add(_ byte: UInt8) {
        alone = TermHash.adding(byte, to: alone)
        paired = TermHash.adding(byte, to: paired)
    }

    /// Ends the run; returns its last pair, or its only character.
    mutating func end() -> UInt64? {
        defer { characters = 0 }
        return switch characters {
        case 0: nil
        case 1: TermHash.finished(alone)
        default: TermHash.finished(paired)
        }
    }
}
