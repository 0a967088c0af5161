// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Names of fields in error messages.
enum FieldPath {
    /// `base.name`, or `name` at the top.
    static func join(_ base: String, _ name: String) -> String { base.isEmpty ? shortened(name) : "\(base).\(shortened(name))" }

    /// A caller's own name cut to 64 characters, without control characters: it goes back into a reply and into the log.
    static func shortened(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.prefix(64).map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 }))
    }
}
