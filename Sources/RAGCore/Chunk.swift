// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A part of a canonical text that is found and cited as one: a byte range, and the headings above it.
public struct Chunk: Sendable, Hashable {
    /// Position among the revision's chunks, from 0.
    public var ordinal: Int
    /// Bytes of the canonical text.
    public var range: Range<Int>
    /// The headings above the chunk, outermost first; embedded and indexed with the text but not part of a quote.
    public var headingPath: [String]
    /// The page on which the chunk begins, from 1; nil in a text without pages.
    public var page: Int?

    public init(ordinal: Int, range: Range<Int>, headingPath: [String] = [], page: Int? = nil) {
        self.ordinal = ordinal
        self.range = range
        self.headingPath = headingPath
        self.page = page
    }

    /// What the model and the lexical index see: title, heading path and the chunk's own text, each on a line of its own.
    public func indexedText(title: String?, body: String) -> String {
        var context: [String] = []
        if let title, !title.isEmpty { context.append(title) }
        for heading in headingPath where heading != context.last { context.append(heading) }
        return context.isEmpty ? body : context.joined(separator: " > ") + "\n" + body
    }
}

/// Names a chunk of a stored revision, for ever: revisions and their chunks are immutable.
public struct ChunkReference: Hashable, Sendable {
    public var document: DocumentID
    public var revision: Int
    public var ordinal: Int

    public init(document: DocumentID, revision: Int, ordinal: Int) {
        self.document = document
        self.revision = revision
        self.ordinal = ordinal
    }
}

/// A piece of a canonical text's structure, in reading order; blocks do not overlap.
public struct TextBlock: Sendable, Hashable {
    /// What kind of piece it is.
    public enum Kind: Sendable, Hashable {
        case heading(level: Int)
        case paragraph
        case listItem
        case code
        case table
        case quote
    }

    public var kind: Kind
    /// Bytes of the canonical text.
    public var range: Range<Int>
    /// The headings above the block, outermost first. A heading's own path ends with itself.
    public var headingPath: [String]

    public init(kind: Kind, range: Range<Int>, headingPath: [String] = []) {
        self.kind = kind
        self.range = range
        self.headingPath = headingPath
    }
}

extension String {
    /// The text at a byte range of this string's UTF-8, or nil if the range is outside it or splits a character.
    public func bytes(in range: Range<Int>) -> Substring? {
        guard range.lowerBound >= 0, range.upperBound <= utf8.count else { return nil }
        let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
        let end = utf8.index(utf8.startIndex, offsetBy: range.upperBound)
        guard let first = start.samePosition(in: unicodeScalars), let last = end.samePosition(in: unicodeScalars) else { return nil }
        return self[first..<last]
    }
}
