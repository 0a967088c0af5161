// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// The bytes that a format begins with, which a file's name cannot change.
enum FileSignature {
    private static let signatures: [[UInt8]] = [
        Array("%PDF-".utf8), Array("{\\rtf".utf8),
        // ZIP, and all that is packed in it: Office, OpenDocument, EPUB.
        [0x50, 0x4B, 0x03, 0x04], [0x50, 0x4B, 0x05, 0x06],
        // Microsoft's compound file: old Office formats, messages, encrypted documents.
        [0xD0, 0xCF, 0x11, 0xE0],
        // gzip, 7-Zip, RAR, xz, Zstandard
        [0x1F, 0x8B], [0x37, 0x7A, 0xBC, 0xAF], Array("Rar!\u{1A}".utf8), [0xFD, 0x37, 0x7A, 0x58], [0x28, 0xB5, 0x2F, 0xFD],
        // PNG, JPEG, GIF, TIFF
        [0x89, 0x50, 0x4E, 0x47], [0xFF, 0xD8, 0xFF], Array("GIF8".utf8), [0x49, 0x49, 0x2A, 0x00], [0x4D, 0x4D, 0x00, 0x2A],
        // ELF
        [0x7F, 0x45, 0x4C, 0x46],
    ]

    /// Whether these are the bytes of a format that is not text.
    static func isForeign(_ bytes: [UInt8]) -> Bool { signatures.contains { bytes.starts(with: $0) } }
}
