// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// The structure of plain text: paragraphs divided by blank lines.
enum PlainTextBlocks {
    static func blocks(of text: String) -> [TextBlock] {
        let lines = TextLines(text)
        var blocks: [TextBlock] = []
        var first: Int?
        for index in 0..<lines.count {
            if lines.isBlank(index) {
                if let start = first { blocks.append(TextBlock(kind: .paragraph, range: lines.range(start..<index))) }
                first = nil
            } else if first == nil {
                first = index
            }
        }
        if let start = first { blocks.append(TextBlock(kind: .paragraph, range: lines.range(start..<lines.count))) }
        return blocks
    }
}
