// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation

/// Where an interpreter and the product's Python modules are looked for.
package struct PythonPlaces: Sendable {
    /// The setting `PYTHON`: a path, or a name on the search path.
    package var named: String?
    /// The environment variables; `VIRTUAL_ENV` and `PATH` are read.
    package var environment: [String: String]
    package var workingDirectory: String
    /// The folder of this program.
    package var programDirectory: String
    /// Folders of the operator's own modules.
    package var modulePaths: [String]

    package init(
        named: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        workingDirectory: String = FileManager.default.currentDirectoryPath,
        programDirectory: String = Bundle.main.executableURL?.deletingLastPathComponent().path ?? "/",
        modulePaths: [String] = []
    ) {
        self.named = named
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.programDirectory = programDirectory
        self.modulePaths = modulePaths
    }

    /// Interpreters that exist, best first: the active virtual environment, `.venv` at hand, `python3` on the search path.
    var candidates: [String] {
        var paths = environment["VIRTUAL_ENV"].map { ["\($0)/bin/python"] } ?? []
        paths += foldersAtHand.map { "\($0)/.venv/bin/python" }
        paths += searchPath.map { "\($0)/python3" }
        return paths.filter { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// What is added to `sys.path`: the folder of `grounded_models`, the operator's folders, the working directory.
    var importPaths: [String] {
        let own = foldersAtHand.map { "\($0)/python" }
            .first { FileManager.default.fileExists(atPath: "\($0)/grounded_models/__init__.py") }
        return [own].compactMap { $0 } + modulePaths + [workingDirectory]
    }

    /// The executable file that `name` means, if there is one.
    func resolve(_ name: String) -> String? {
        let paths: [String]
        if name.contains("/") {
            paths = [name.hasPrefix("/") ? name : "\(workingDirectory)/\(name)"]
        } else {
            paths = searchPath.map { "\($0)/\(name)" }
        }
        return paths.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private var searchPath: [String] { (environment["PATH"] ?? "").split(separator: ":").map(String.init) }

    /// The working directory, then the program's folder and those above it.
    private var foldersAtHand: [String] {
        var folders = [workingDirectory]
        var folder = programDirectory
        while !folder.isEmpty, folder != "/" {
            folders.append(folder)
            guard let slash = folder.lastIndex(of: "/") else { break }
            folder = String(folder[..<slash])
        }
        return folders
    }
}
