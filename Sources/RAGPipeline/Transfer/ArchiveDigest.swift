// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Crypto
package import RAGCore

/// A SHA-256 that says what a document, or a whole store, holds: equal digests, equal content.
package struct ArchiveDigest: Sendable, Hashable, CustomStringConvertible {
    /// 32 bytes.
    package let bytes: [UInt8]

    /// Of one document: over its canonical bytes.
    package init(of archive: DocumentArchive) { self.init(SHA256.hash(data: archive.canonicalBytes)) }

    fileprivate init(_ digest: SHA256.Digest) { bytes = Array(digest) }

    /// `sha256:` and 64 lower-case hexadecimal digits.
    package var description: String { ContentHash(digest: bytes).rawValue }
}

/// The digest of a store, put together document by document.
///
/// SHA-256 over the text `grounded.store.1`, the generation's identifier, then for every tenant with a document, by name, the byte 1 and
/// its name, and for every document, by the bytes of its id, the byte 2, the id and the 32 bytes of the document's digest; at the end
/// the byte 0. A text is its number of UTF-8 bytes as 8 bytes, little-endian, then these bytes.
package struct StoreDigest {
    private var hash = SHA256()

    package init(generation: String) {
        append("grounded.store.1")
        append(generation)
    }

    /// Begins a tenant; its documents follow.
    package mutating func begin(_ scope: TenantScope) {
        hash.update(data: [1])
        append(scope.tenant)
    }

    package mutating func append(_ digest: ArchiveDigest, of document: DocumentID) {
        hash.update(data: [2])
        append(document.rawValue)
        hash.update(data: digest.bytes)
    }

    package consuming func finish() -> ArchiveDigest {
        hash.update(data: [0])
        return ArchiveDigest(hash.finalize())
    }

    private mutating func append(_ text: String) {
        withUnsafeBytes(of: Int64(text.utf8.count).littleEndian) { hash.update(bufferPointer: $0) }
        hash.update(data: Array(text.utf8))
    }
}
