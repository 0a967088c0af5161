// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// SplitMix64 with a seed that a failing test prints.
struct SeededRandom: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    init(seed: UInt64 = UInt64.random(in: 0...UInt64.max)) {
        self.seed = seed
        state = seed
    }

    var note: String { "seed \(seed)" }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    private static let pieces: [String] = [
        "the", "Dr.", "e.g.", "word", "RUNNING", "3.11", "1,000", "50%", "'s", "’", ".", "!", "?", "…", "。", "！", " ", "  ", "\n", "\n\n",
        "\t", "# ", "- ", "* ", "1. ", "| a | b |", "|---|", "```", "> ", "\"", "”", ")", "[1]", "东京", "タワー", "ภาษาไทย", "한국어",
        "Привет", "हिन्दी", "عربي", "é", "e\u{301}", "👩‍👩‍👧", "\u{200D}", "\u{FEFF}", "\u{3000}", "\u{A0}", "\0", "\r\n", "_", "-", "A", "i",
        "ﬁ", "ß", "µ", "²", "Ⅳ", "\u{1F3FD}", "\u{E000}", "ພາສາລາວ", "ភាសាខ្មែរ", "မြန်မာ။", "\u{306}", "и",
    ]

    /// A text of up to 30 pieces.
    mutating func text() -> String {
        (0..<Int.random(in: 0...30, using: &self)).map { _ in Self.pieces.randomElement(using: &self) ?? "" }.joined()
    }

    /// A text with random scalars put in and bytes changed, repaired to valid UTF-8.
    mutating func mutatedText() -> String {
        var bytes = Array(text().utf8)
        for _ in 0..<Int.random(in: 0...6, using: &self) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &self)
            switch Int.random(in: 0...3, using: &self) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &self)
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(contentsOf: bytes[index...].prefix(4), at: index)
            default:
                let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &self)) ?? "x"
                bytes.insert(contentsOf: Array(String(scalar).utf8), at: index)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
