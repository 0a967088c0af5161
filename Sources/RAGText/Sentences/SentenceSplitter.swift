// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Divides a text into sentences: what a citation quotes and what is checked against it.
///
/// Headings, list items, table rows and lines of code are sentences of their own; a blank line always ends one. When in doubt the
/// text stays together: a sentence too long is a worse quote, a sentence cut at `Dr.` is a wrong one.
package struct SentenceSplitter: Sendable {
    package init() {}

    /// Byte ranges in reading order, without white space at their ends. They do not overlap, never divide a character, and leave
    /// nothing but white space uncovered.
    package func sentences(in text: String) -> [Range<Int>] {
        var text = text
        return text.withUTF8 { bytes in
            var scanner = SentenceScanner(bytes)
            for segment in TextSegments.segments(in: bytes) { scanner.scan(segment) }
            return scanner.sentences
        }
    }
}
