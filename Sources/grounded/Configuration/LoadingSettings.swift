// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// How documents that are not text are read.
struct LoadingSettings: Sendable {
    /// Documents read at the same time; 0 where none are.
    var processes: Int
    /// Longest time for one document.
    var time: Duration
    /// Bytes for one document.
    var memory: Int
    /// Whether scanned pages are read.
    var recognisesCharacters: Bool

    private static let minimumMemory = 128 << 20

    init(from reader: inout SettingsReader, cores: Int) {
        let automatic = min(16, max(1, cores / 2))
        processes = reader.value(.loaderProcesses, expecting: "auto, or a whole number, 0 to 64", fallback: automatic) {
            $0 == "auto" ? automatic : Settings.integer($0, 0...64)
        }
        time = .seconds(
            reader.value(.loaderTimeout, expecting: "whole seconds, 1 to 3600", fallback: 60) { Settings.integer($0, 1...3_600) }
        )
        memory = reader.value(.loaderMemory, expecting: "a size such as 512MB or 2GB, at least 128MB", fallback: 512 << 20) {
            Settings.bytes($0).flatMap { $0 < Self.minimumMemory ? nil : $0 }
        }
        recognisesCharacters = reader.value(.loaderOCR, expecting: "true or false", fallback: false) {
            ["true": true, "on": true, "false": false, "off": false][$0.lowercased()]
        }
    }
}
