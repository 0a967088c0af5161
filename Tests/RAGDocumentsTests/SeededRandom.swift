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

    /// Up to `count` of `pieces` in a row.
    mutating func joined(_ pieces: [String], count: Int = 40) -> String {
        (0..<Int.random(in: 0...count, using: &self)).map { _ in pieces.randomElement(using: &self) ?? "" }.joined()
    }

    /// `text` with bytes changed, doubled and removed.
    mutating func mutated(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 0...6, using: &self) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &self)
            switch Int.random(in: 0...2, using: &self) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &self)
            case 1: bytes.remove(at: index)
            default: bytes.insert(contentsOf: Array(bytes[index...].prefix(8)), at: index)
            }
        }
        return bytes
    }

    static let markdown: [String] = [
        "# ", "## ", "###### ", "Title", "\n", "\n", "\n\n", "\n\n", "- ", "* ", "+ ", "1. ", "99) ", "  ", "    ", "\t", "```", "~~~",
        "```swift", "> ",
        ">", "| a | b |", "|---|---|", "| - |", "---", "===", "***", "text", "word word", "[x]: http://a", "[a](b)", "![i](j)", "<div>",
        "</div>",
        "<!-- ", "-->", "<pre>", "</pre>", "&amp;", "\\", "`c`", "**b**", "_i_", "é", "日本語", "👍", "\u{3000}", "\u{A0}", "title: T",
        "- [ ] ",
        "\r\n", "\r", "\u{FEFF}", "[^1]", "www.a.b", "~~s~~", "\u{2028}",
    ]

    static let html: [String] = [
        "<p>", "</p>", "<div>", "</div>", "<ul>", "</ul>", "<ol start=3>", "</ol>", "<li>", "<table>", "</table>", "<tr>", "<td>", "<th>",
        "</tr>",
        "<pre>", "</pre>", "<blockquote>", "</blockquote>", "<h1>", "</h1>", "<h2>", "</h2>", "<b>", "</b>", "<a href='x>y'>", "</a>",
        "<br>",
        "<script>", "</script>", "<style>", "<!-- ", "-->", "<!doctype html>", "<img alt=\"pic\">", "<main>", "</main>", "<nav>", "</nav>",
        "<svg>",
        "</svg>", "<title>", "</title>", "<template>", "</template>", "<select>", "<option>", "<math>", "<mi>", "text", "a|b", "&lt;",
        "&nbsp;", "&#0;",
        "日本", "\u{A0}", "\n", " ", "<", ">", "</", "<p", "```", "# x", "<form>", "</form>", "<frameset>", "<body>", "</body>",
        "<sup>2</sup>", "9",
        "<textarea>", "<plaintext>", "<dl><dt>", "<dd>", "<caption>", "<col>", "\"", "'", "=",
    ]
}
