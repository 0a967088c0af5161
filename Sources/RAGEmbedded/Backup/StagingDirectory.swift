// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore

/// A directory beside a file that is being made, for what is not complete yet. It is gone when the work ends; one whose process was killed is
/// removed by the next.
final class StagingDirectory {
    let path: String
    private let owner: PlainFile

    private static let ownerName = "owner"

    /// Makes one for `name` in `parent`, after removing what killed processes left there for the same name.
    /// - Parameter purpose: A word that tells its directories from others'.
    init(for name: String, in parent: String, purpose: String) throws(RAGError) {
        let prefix = ".\(name).\(purpose)-"
        Self.removeLeftovers(prefix, in: parent)
        path = parent + "/" + prefix + UUID().uuidString.lowercased()
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw RAGError(.unavailable, "cannot make a folder in \(parent)", cause: error)
        }
        owner = try PlainFile(creating: path + "/" + Self.ownerName)
        guard owner.lock() else { throw RAGError(.unavailable, "cannot lock a file in \(parent)") }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Removes the file that says who works here, before the directory itself is given its final name.
    func disown() { try? FileManager.default.removeItem(atPath: path + "/" + Self.ownerName) }

    /// Whether a name is that of a directory for this purpose.
    static func isStaging(_ entry: String, for name: String, purpose: String) -> Bool { entry.hasPrefix(".\(name).\(purpose)-") }

    private static func removeLeftovers(_ prefix: String, in parent: String) {
        let files = FileManager.default
        for entry in (try? files.contentsOfDirectory(atPath: parent)) ?? [] where entry.hasPrefix(prefix) {
            let folder = parent + "/" + entry
            // A live process holds its lock; one that has not come to lock yet loses its folder, and says so.
            if let file = try? PlainFile(reading: folder + "/" + ownerName), !file.lock() { continue }
            try? files.removeItem(atPath: folder)
        }
    }
}
