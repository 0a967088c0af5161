// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore

/// The files below some paths, each with a stable id: its path relative to the folder it was found in.
struct FolderScan: Sendable {
    struct File: Sendable {
        let id: String
        let path: String
    }

    static let extensions: Set<String> = ["txt", "text", "md", "markdown", "html", "htm"]

    private(set) var files: [File] = []
    /// Files that were passed over because their type cannot be read.
    private(set) var skipped: [String] = []

    /// Walks `paths`; hidden files and folders are left out.
    /// - Throws: `notFound` if a path does not exist, `invalidField` if two files would get the same id.
    init(_ paths: [String], prefix: String) throws(RAGError) {
        var owners: [String: String] = [:]
        for path in paths {
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
                throw RAGError(.notFound, "there is no file or folder \(path)")
            }
            let names = isDirectory.boolValue ? Self.names(below: path) : [(path as NSString).lastPathComponent]
            for name in names {
                let file = isDirectory.boolValue ? (path as NSString).appendingPathComponent(name) : path
                guard Self.extensions.contains((name as NSString).pathExtension.lowercased()) else {
                    skipped.append(file)
                    continue
                }
                let id = prefix + name
                if let other = owners.updateValue(file, forKey: id) {
                    throw RAGError(.invalidField, "\(file) and \(other) would both be \(id); index them apart with --prefix", field: "id")
                }
                files.append(File(id: id, path: file))
            }
        }
        files.sort { $0.id < $1.id }
    }

    private static func names(below folder: String) -> [String] {
        guard let enumerator = FileManager.default.enumerator(atPath: folder) else { return [] }
        var names: [String] = []
        while let name = enumerator.nextObject() as? String {
            if (name as NSString).lastPathComponent.hasPrefix(".") {
                enumerator.skipDescendants()
            } else if enumerator.fileAttributes?[.type] as? FileAttributeType == .typeRegular {
                names.append(name)
            }
        }
        return names
    }
}
