// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// The caller's name for a document, unique within a tenant: 1 to 512 bytes of UTF-8 without control characters.
///
/// Ids are the same, and ordered, by their bytes: two spellings that Unicode calls equivalent are two documents.
public struct DocumentID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let rawValue: String

    /// The longest id in bytes.
    public static let maximumLength = 512

    /// Checks `rawValue` and throws `invalidField`, naming `field`, if it cannot be an id.
    public init(_ rawValue: String, field: String = "id") throws(RAGError) {
        guard !rawValue.isEmpty, rawValue.utf8.count <= Self.maximumLength else {
            throw RAGError(.invalidField, "a document id has 1 to \(Self.maximumLength) bytes", field: field)
        }
        guard !rawValue.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw RAGError(.invalidField, "a document id has no control characters", field: field)
        }
        self.rawValue = rawValue
    }

    /// An id that a store reads back and that was checked when it came in.
    package init(stored rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }

    public static func == (lhs: DocumentID, rhs: DocumentID) -> Bool { lhs.rawValue.utf8.elementsEqual(rhs.rawValue.utf8) }

    public static func < (lhs: DocumentID, rhs: DocumentID) -> Bool {
        lhs.rawValue.utf8.lexicographicallyPrecedes(rhs.rawValue.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        var text = rawValue
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        // Ends the id: no UTF-8 holds this byte.
        hasher.combine(0xFF as UInt8)
    }
}

/// The SHA-256 of a revision's canonical text.
public struct ContentHash: Hashable, Sendable, CustomStringConvertible {
    /// `sha256:` and 64 lower-case hexadecimal digits.
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }
}

/// A value of a document's metadata: what a filter can compare.
public enum MetadataValue: Hashable, Sendable {
    case string(String)
    case number(Double)
    case boolean(Bool)
    /// A list of strings, numbers and booleans; a filter matches if any element does.
    case list([MetadataValue])
}

/// A document's metadata: field name to value.
public typealias Metadata = [String: MetadataValue]

/// How a canonical text is structured.
public enum TextFormat: String, Sendable, Hashable, CaseIterable {
    /// Paragraphs divided by blank lines.
    case plain
    /// CommonMark with GitHub's tables; also what HTML is turned into.
    case markdown
    /// Source code, verbatim: divided by definition.
    case code
}

/// A document as a caller hands it over.
public struct DocumentSource: Sendable, Hashable {
    /// What the document is made of.
    public enum Content: Sendable, Hashable {
        /// Text that is already decoded; `format` nil means plain text.
        case text(String, format: TextFormat?)
        /// A file's bytes, its name and, where known, its media type.
        case file([UInt8], name: String, mediaType: String?)
    }

    public var id: DocumentID
    public var title: String?
    public var url: String?
    public var metadata: Metadata
    public var content: Content

    public init(id: DocumentID, title: String? = nil, url: String? = nil, metadata: Metadata = [:], content: Content) {
        self.id = id
        self.title = title
        self.url = url
        self.metadata = metadata
        self.content = content
    }
}

/// What loading made of a source: the canonical text that every offset refers to.
public struct LoadedDocument: Sendable, Hashable {
    /// Canonical text: valid UTF-8, line ends are `\n`, not only white space.
    public var text: String
    public var format: TextFormat
    /// The title found in the content, if any; the caller's own title goes before it.
    public var title: String?
    /// What the text lacks of the document, each a sentence for the uploader.
    public var warnings: [String]

    public init(text: String, format: TextFormat, title: String? = nil, warnings: [String] = []) {
        self.text = text
        self.format = format
        self.title = title
        self.warnings = warnings
    }
}

/// An immutable state of a document.
public struct Revision: Sendable, Hashable {
    public var document: DocumentID
    /// 1 for the first, then counting up.
    public var number: Int
    public var hash: ContentHash
    /// Seconds since 1970, UTC.
    public var createdAt: Double
    public var title: String?
    public var url: String?
    public var metadata: Metadata
    public var format: TextFormat
    /// Length of the canonical text in bytes.
    public var length: Int

    public init(
        document: DocumentID,
        number: Int,
        hash: ContentHash,
        createdAt: Double,
        title: String?,
        url: String?,
        metadata: Metadata,
        format: TextFormat,
        length: Int
    ) {
        self.document = document
        self.number = number
        self.hash = hash
        self.createdAt = createdAt
        self.title = title
        self.url = url
        self.metadata = metadata
        self.format = format
        self.length = length
    }
}

/// A document as it stands: its current revision, how many chunks it has, and its history.
public struct DocumentRecord: Sendable, Hashable {
    public var current: Revision
    /// Chunks of the current revision in the active generation.
    public var chunks: Int
    /// The generation that the chunks belong to.
    public var generation: String
    /// All revisions, oldest first, the current one last; empty where only the head was asked for.
    public var revisions: [Revision]

    public init(current: Revision, chunks: Int, generation: String, revisions: [Revision] = []) {
        self.current = current
        self.chunks = chunks
        self.generation = generation
        self.revisions = revisions
    }
}
