// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

@testable import RAGDocuments

struct MarkdownBlocksTests {
    private let loader = StandardDocumentLoader()

    private func described(_ text: String, _ format: TextFormat = .markdown) -> [String] {
        loader.blocks(of: text, format: format).map { block in
            let path = block.headingPath.joined(separator: " > ")
            return "\(block.kind)|\(path)|\(text.bytes(in: block.range).map(String.init) ?? "?")"
        }
    }

    @Test func rowsOfALongTableStandUnderTheNamesOfItsColumns() {
        let rows = (1...60).map { "| item \($0) | \($0) € |" }
        let text = "# Prices\n\n| *Name* | Price \\| net |\n|---|--:|\n" + rows.joined(separator: "\n") + "\n\nEnd"
        let blocks = described(text)
        #expect(blocks.count == 62)
        #expect(blocks[1] == "table|Prices|| *Name* | Price \\| net |\n|---|--:|\n| item 1 | 1 € |")
        #expect(blocks[2] == "table|Prices > *Name*, Price | net|| item 2 | 2 € |")
        #expect(blocks[60] == "table|Prices > *Name*, Price | net|| item 60 | 60 € |")
        #expect(blocks[61] == "paragraph|Prices|End")
        let short = described("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |")
        #expect(short == ["table||| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |"])
    }

    @Test func findsEachKindOfBlockWithItsHeadings() {
        let text = """
            Intro
            line two.

            # One

            - item a
              more

              - nested
            - item b

            ## *Two* and `code` [link](http://x)
            > quote
            lazy

            ```swift
            # not a heading

            let x = 1
            ```
            Before
            | a | b |
            |---|---|
            | 1 | 2 |

            Setext
            ------
            <div>
            html
            </div>

            # Three #
            1. first
            2. second
            """
        #expect(
            described(text) == [
                "paragraph||Intro\nline two.",
                "heading(level: 1)|One|# One",
                "listItem|One|- item a\n  more\n\n  - nested",
                "listItem|One|- item b",
                "heading(level: 2)|One > Two and code link|## *Two* and `code` [link](http://x)",
                "quote|One > Two and code link|> quote\nlazy",
                "code|One > Two and code link|```swift\n# not a heading\n\nlet x = 1\n```",
                "paragraph|One > Two and code link|Before",
                "table|One > Two and code link|| a | b |\n|---|---|\n| 1 | 2 |",
                "heading(level: 2)|One > Setext|Setext\n------",
                "paragraph|One > Setext|<div>\nhtml\n</div>",
                "heading(level: 1)|Three|# Three #",
                "listItem|Three|1. first",
                "listItem|Three|2. second",
            ]
        )
    }

    @Test func frontMatterIsOneBlockAndNamesTheDocument() {
        let text = "---\ntitle: \"My: Title\"\ntags:\n  - a\n---\n# Heading\nBody"
        #expect(
            described(text) == [
                "paragraph||---\ntitle: \"My: Title\"\ntags:\n  - a\n---", "heading(level: 1)|Heading|# Heading", "paragraph|Heading|Body",
            ]
        )
        #expect(MarkdownTitle.title(of: text) == "My: Title")
        #expect(MarkdownTitle.title(of: "text\n\n# First *one*\n# Second") == "First one")
        #expect(MarkdownTitle.title(of: "## No title") == nil)
    }

    @Test func textThatTheParserSkipsIsStillInABlock() {
        #expect(
            described("[a]: http://example.com \"t\"\n\n---\n\nend") == [
                "paragraph||[a]: http://example.com \"t\"", "paragraph||---", "paragraph||end",
            ]
        )
        #expect(described("#\n\ntext") == ["heading(level: 0)||#", "paragraph||text"].map { $0.replacing("level: 0", with: "level: 1") })
    }

    @Test func plainTextIsDividedAtBlankLines() {
        #expect(described("\n a\nb\n \t\nc\n\n", .plain) == ["paragraph|| a\nb", "paragraph||c"])
        #expect(described("# not a heading", .plain) == ["paragraph||# not a heading"])
        #expect(described(" \n", .plain).isEmpty)
    }

    @Test func anyTextIsCoveredInOrderByFullLines() {
        var random = SeededRandom()
        for round in 0..<3_000 {
            let pieces = random.joined(SeededRandom.markdown)
            let text = round % 3 == 0 ? String(decoding: random.mutated(pieces), as: UTF8.self) : pieces
            let utf8 = Array(text.utf8)
            for format in TextFormat.allCases {
                var covered = 0
                for block in loader.blocks(of: text, format: format) {
                    #expect(text.bytes(in: block.range) != nil, "\(random.note): \(text.debugDescription)")
                    #expect(block.range.lowerBound >= covered && !block.range.isEmpty, "\(random.note): \(text.debugDescription)")
                    guard block.range.lowerBound >= covered else { return }
                    #expect(isWhite(utf8[covered..<block.range.lowerBound]), "\(random.note): \(text.debugDescription)")
                    #expect(!isWhite(utf8[block.range]), "\(random.note): \(text.debugDescription)")
                    #expect(block.range.lowerBound == 0 || utf8[block.range.lowerBound - 1] == 0x0A, "\(random.note)")
                    #expect(block.range.upperBound == utf8.count || utf8[block.range.upperBound] == 0x0A, "\(random.note)")
                    covered = block.range.upperBound
                }
                #expect(isWhite(utf8[covered...]), "\(random.note): \(text.debugDescription)")
            }
        }
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "[", "![", "*a_ ", "> ", "- ", "`", "<!--", "<a<", "&", "]", "|", "\n|", "- \n", "# ", "[a]: b\n", "\\", "*a *", "a](",
            "    - \n\n", "1. ",
        ]
    )
    func timeIsLinearInHostileText(piece: String) {
        let text = String(repeating: piece, count: 200_000 / piece.utf8.count)
        let duration = ContinuousClock().measure { _ = loader.blocks(of: text, format: .markdown) }
        #expect(duration < .seconds(3), "\(piece.debugDescription) took \(duration)")
        let nested =
            String(repeating: piece, count: 5_000) + "\n" + String(repeating: "|---", count: 5_000)
            + String(repeating: "\n\n", count: 50_000)
        let second = ContinuousClock().measure { _ = loader.blocks(of: nested, format: .markdown) }
        #expect(second < .seconds(3), "\(piece.debugDescription) took \(second)")
    }

    private func isWhite(_ bytes: ArraySlice<UInt8>) -> Bool {
        String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy(\.properties.isWhitespace)
    }
}
