// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import RAGDocuments

/// The files below some paths, each with a stable id: its path relative to the folder it was found in.
struct FolderScan: Sendable {
    struct File: Sendable {
        let id: String
        let path: String
        /// The folder it was found in, absolute; nil for a file that was named itself.
        let root: String?
    }

    /// What is sent; the server may still refuse it, with the reason.
    static let extensions = FileNames.readable

    private(set) var files: [File] = []
    /// The folders, absolute.
    private(set) var roots: [String] = []
    /// Files that were passed over because their type cannot be read.
    private(set) var skipped: [String] = []

    /// Walks `paths`; hidden files and folders are left out.
    /// - Throws: `notFound` if a path does not exist, `unavailable` if a folder cannot be read, `invalidField` if two files would get the same id.
    init(_ paths: [String], prefix: String) throws(RAGError) {
        var owners: [String: String] = [:]
        for path in paths {
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
                throw RAGError(.notFound, "there is no file or folder \(path)")
            }
            let root = isDirectory.boolValue ? URL(fileURLWithPath: path).resolvingSymlinksInPath().path : nil
            if let root { roots.append(root) }
            let names = isDirectory.boolValue ? try Self.names(below: path) : [(path as NSString).lastPathComponent]
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
                files.append(File(id: id, path: file, root: root))
            }
        }
        files.sort { $0.id < $1.id }
    }

    /// Regular files by their path inside `folder`; what cannot be read is an error, or a missing mount would look like deleted files.
    private static func names(below folder: String) throws(RAGError) -> [String] {
        var names: [String] = []
        var folders = [""]
        while let inside = folders.popLast() {
            let place = inside.isEmpty ? folder : (folder as NSString).appendingPathComponent(inside)
            let entries: [String]
            do {
                entries = try FileManager.default.contentsOfDirectory(atPath: place)
            } catch {
                throw RAGError(.unavailable, "the folder \(place) cannot be read", cause: error)
            }
            for entry in entries where !entry.hasPrefix(".") {
                let name = inside.isEmpty ? entry : "\(inside)/\(entry)"
                let attributes = try? FileManager.default.attributesOfItem(atPath: (place as NSString).appendingPathComponent(entry))
                switch attributes?[.type] as? FileAttributeType {
                case .typeDirectory?: folders.append(name)
                case .typeRegular?: names.append(name)
                default: break
                }
            }
        }
        return names
    }
}
