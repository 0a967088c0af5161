// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A backup as a file. In order, integers little-endian:
///
/// | bytes | what |
/// |---|---|
/// | 16 | `GROUNDED-BACKUP\n` |
/// | 4 | version of this layout, 1 |
/// | 4 | length of the manifest |
/// | … | the manifest: JSON in UTF-8 |
/// | 8 | length of the database |
/// | … | the database: a SQLite file that needs no journal beside it |
/// | 32 | SHA-256 of everything before |
///
/// Nothing follows: a file that is longer or shorter is not a backup.
enum BackupFormat {
    static let magic = Array("GROUNDED-BACKUP\n".utf8)
    static let version: UInt32 = 1
    static let checksumLength = 32
    /// A longer manifest is damage.
    static let longestManifest = 1 << 20
    /// Bytes that are read and written at a time.
    static let blockLength = 1 << 20

    static func bytes(_ integer: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: integer.littleEndian) { Array($0) } }

    static func integer<Integer: FixedWidthInteger>(_ bytes: some Sequence<UInt8>, as: Integer.Type = Integer.self) -> Integer {
        bytes.reversed().reduce(0) { $0 << 8 | Integer(truncatingIfNeeded: $1) }
    }
}
