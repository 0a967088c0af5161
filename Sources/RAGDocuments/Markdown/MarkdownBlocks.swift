// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import CMarkGFM
import RAGCore

/// The structure of a Markdown text: headings, paragraphs, list items of the outermost lists, code, tables and quotes.
///
/// Blocks are full lines. Each line that is not blank belongs to the block that started last, so whatever the parser leaves out is
/// part of its neighbour and nothing but white space is ever uncovered.
enum MarkdownBlocks {
    static func blocks(of text: String) -> [TextBlock] {
        let lines = TextLines(text)
        let frontMatter = FrontMatter.lineCount(in: lines)
        var starts = parse(lines, from: frontMatter)
        if starts.first?.line != frontMatter { starts.insert(BlockStart(line: frontMatter, kind: .paragraph), at: 0) }
        var outline = HeadingOutline()
        var blocks: [TextBlock] = []
        if let range = lines.trimmed(0..<frontMatter) {
            blocks.append(TextBlock(kind: .paragraph, range: lines.range(range)))
        }
        for (index, start) in starts.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1].line : lines.count
            guard start.line < end, let range = lines.trimmed(start.line..<end) else { continue }
            append(start.kind, lines: range, of: lines, to: &blocks, &outline)
        }
        return blocks
    }

    private struct BlockStart {
        var line: Int
        var kind: TextBlock.Kind
    }

    private static func append(
        _ kind: TextBlock.Kind,
        lines range: Range<Int>,
        of lines: TextLines,
        to blocks: inout [TextBlock],
        _ outline: inout HeadingOutline
    ) {
        if case .heading(let level) = kind { outline.enter(HeadingText.text(of: range, in: lines), level: level) }
        func add(_ kind: TextBlock.Kind, _ range: Range<Int>, under path: [String]) {
            guard let range = lines.trimmed(range) else { return }
            blocks.append(TextBlock(kind: kind, range: lines.range(range), headingPath: path))
        }
        let path = outline.path
        if kind == .paragraph, let table = TableLines.firstLine(in: range, of: lines) {
            add(.paragraph, range.lowerBound..<table, under: path)
            let columns = TableLines.columns(of: lines[table])
            for rows in TableLines.parts(of: table..<range.upperBound, in: lines) {
                // A part that does not begin with the header stands under the names of its columns.
                add(.table, rows, under: rows.lowerBound == table ? path : path + [columns])
            }
        } else {
            add(kind, range, under: path)
        }
    }

    /// Where blocks start, in order, from line `first` on.
    private static func parse(_ lines: TextLines, from first: Int) -> [BlockStart] {
        var masked: [UInt8] = []
        masked.reserveCapacity(lines.bytes.count)
        for index in first..<max(first, lines.count) {
            // A page break ends a paragraph; the parser would take it for text.
            if !lines.isPageBreak(index) { MarkdownMask.append(lines[index], to: &masked) }
            masked.append(0x0A)
        }
        let root = masked.withUnsafeBytes { buffer in
            cmark_parse_document(buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count, CMARK_OPT_DEFAULT)
        }
        guard let root else { return [] }
        defer { cmark_node_free(root) }
        var starts: [BlockStart] = []
        func add(_ node: OpaquePointer, _ kind: TextBlock.Kind) {
            let line = first + Int(cmark_node_get_start_line(node)) - 1
            guard line >= first, line < lines.count, line > starts.last?.line ?? -1 else { return }
            starts.append(BlockStart(line: line, kind: kind))
        }
        var next = cmark_node_first_child(root)
        while let node = next {
            next = cmark_node_next(node)
            switch cmark_node_get_type(node) {
            case CMARK_NODE_HEADING: add(node, .heading(level: Int(cmark_node_get_heading_level(node))))
            case CMARK_NODE_CODE_BLOCK: add(node, .code)
            case CMARK_NODE_BLOCK_QUOTE: add(node, .quote)
            case CMARK_NODE_LIST:
                var item = cmark_node_first_child(node)
                while let current = item {
                    add(current, .listItem)
                    item = cmark_node_next(current)
                }
            default: add(node, .paragraph)
            }
        }
        return starts
    }
}
