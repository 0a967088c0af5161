// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGTransport

/// Parts that the settings of all models share.
enum ModelBackend {
    /// `module:Class` of a setting `python:module:Class`; nil if `text` is none.
    static func pythonClass(_ text: String) -> String? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0] == "python" && !parts[1].isEmpty && !parts[2].isEmpty ? "\(parts[1]):\(parts[2])" : nil
    }

    /// An address that may be asked; a mistake where it is none.
    static func url(_ key: SettingKey, from reader: inout SettingsReader) -> String? {
        reader.value(key, expecting: "an http:// or https:// address without user, password or query", fallback: nil) { text in
            (try? UpstreamURL(text, setting: key.name)) == nil ? nil : .some(text)
        }
    }
}
