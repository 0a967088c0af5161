// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGTestKit

/// A model's tokenizer in little: a run of up to four ASCII letters or digits is a token, any other scalar but white space is one.
enum PieceTokens {
    static func spans(of text: String) -> TokenSpans {
        var spans = TokenSpans(starts: [], ends: [])
        var position = 0
        var run = 0
        for scalar in text.unicodeScalars {
            let width = UTF8.width(scalar)
            defer { position += width }
            let isWord = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            if isWord, run > 0, run < 4, let last = spans.ends.last, last == position {
                spans.ends[spans.ends.count - 1] = position + width
                run += 1
            } else if !scalar.properties.isWhitespace {
                spans.starts.append(position)
                spans.ends.append(position + width)
                run = isWord ? 1 : 0
            } else {
                run = 0
            }
        }
        return spans
    }

    static func count(_ text: String) -> Int { spans(of: text).count }
}

/// Markdown in little: `#` headings, `- ` items, fenced code, `|` tables, paragraphs between blank lines.
enum LittleMarkdown {
    static func blocks(of text: String) -> [TextBlock] {
        var blocks: [TextBlock] = []
        var path: [(level: Int, text: String)] = []
        var position = 0
        var open: (kind: TextBlock.Kind, start: Int)?
        var isFenced = false
        func close(at end: Int) {
            guard let started = open else { return }
            blocks.append(TextBlock(kind: started.kind, range: started.start..<end, headingPath: path.map(\.text)))
            open = nil
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let start = position
            let end = start + line.utf8.count
            position = end + 1
            if isFenced {
                if line == "```" {
                    close(at: end)
                    isFenced = false
                }
                continue
            }
            let hashes = line.prefix { $0 == "#" }.count
            if line == "```" {
                close(at: start)
                open = (.code, start)
                isFenced = true
            } else if line.allSatisfy(\.isWhitespace) {
                close(at: start)
            } else if (1...6).contains(hashes), line.dropFirst(hashes).first == " " {
                close(at: start)
                path.removeAll { $0.level >= hashes }
                path.append((hashes, String(line.dropFirst(hashes + 1))))
                blocks.append(TextBlock(kind: .heading(level: hashes), range: start..<end, headingPath: path.map(\.text)))
            } else if line.hasPrefix("- ") {
                close(at: start)
                open = (.listItem, start)
            } else if line.hasPrefix("|"), open?.kind != .table {
                close(at: start)
                open = (.table, start)
            } else if open == nil {
                open = (.paragraph, start)
            }
        }
        close(at: text.utf8.count)
        return blocks
    }
}

/// Texts of random blocks in many scripts.
struct RandomText {
    private static let alphabets: [[String]] = [
        ["lorem", "ipsum", "dolor", "a", "of", "retrieval", "antidisestablishmentarianism", "x1", "3.14"],
        ["日本語", "文書", "検索", "を", "試験", "する"],
        ["приём", "данных", "и", "поиск"],
        ["👩‍👩‍👧‍👦", "🇩🇪", "e\u{301}", "👍🏽", "क्षि", "\u{FFFD}"],
        ["ข้อความ", "ไทย", "النص", "العربي"],
    ]
    private static let spaces = [" ", "  ", "\t", "\u{A0}", "\u{3000}", " \u{2003}"]
    private static let ends = [". ", "! ", "? ", "。", ", ", " — ", "; "]

    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func words(_ count: Int) -> String {
        var text = ""
        let words = Self.alphabets.randomElement(using: &random) ?? []
        for _ in 0..<count {
            text += words.randomElement(using: &random) ?? ""
            if Int.random(in: 0..<6, using: &random) == 0 {
                text += Self.ends.randomElement(using: &random) ?? ""
            } else if Int.random(in: 0..<12, using: &random) > 0 {
                text += Self.spaces.randomElement(using: &random) ?? ""
            }
        }
        return text
    }

    mutating func document(blocks: Int) -> String {
        var text = ""
        for _ in 0..<blocks {
            let size = Int.random(in: 1...60, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0: text += String(repeating: "#", count: Int.random(in: 1...4, using: &random)) + " " + words(3)
            case 1: text += "```\n" + (0..<size).map { "let x = f(\($0))" }.joined(separator: "\n") + "\n```"
            case 2: for _ in 0..<4 { text += "- " + words(size / 4 + 1) + "\n" }
            case 3: for _ in 0..<size { text += "| a | " + words(2) + " |\n" }
            case 4: text += String(repeating: "a1Z", count: size * 10)
            case 5: text += words(size * 10)
            default: text += words(size)
            }
            text += Bool.random(using: &random) ? "\n\n" : "\n \u{2028}\n"
        }
        return text
    }
}
