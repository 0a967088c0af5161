// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// What a Markdown text is called.
enum MarkdownTitle {
    /// The front matter's `title`, otherwise the first heading of level 1.
    static func title(of text: String) -> String? {
        if let title = FrontMatter.title(in: TextLines(text)) { return title }
        for block in MarkdownBlocks.blocks(of: text) where block.kind == .heading(level: 1) {
            if let title = block.headingPath.last { return title }
        }
        return nil
    }

    static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
