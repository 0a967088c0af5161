// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore

/// Finds a local model by its name.
enum ModelDirectory {
    /// The directory that `name` means: itself if it is one, else `.deps/models/NAME` in the working directory or above the program.
    /// - Throws: `invalidConfiguration` with what to do.
    static func find(_ name: String, setting: SettingKey) throws(RAGError) -> String {
        var candidates = [name]
        var folders = [FileManager.default.currentDirectoryPath]
        var above = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        for _ in 0..<4 {
            guard let folder = above else { break }
            folders.append(folder.path)
            above = folder.deletingLastPathComponent()
        }
        candidates += folders.map { "\($0)/.deps/models/\(name)" }
        for candidate in candidates {
            var isDirectory: ObjCBool = false
            if FileManager.default.fileExists(atPath: candidate, isDirectory: &isDirectory), isDirectory.boolValue { return candidate }
        }
        throw RAGError(
            .invalidConfiguration,
            "\(setting.name)=\(name): there is no such model directory; run make setup, or give the path of a directory with model.onnx and tokenizer.json",
            field: setting.name
        )
    }
}
