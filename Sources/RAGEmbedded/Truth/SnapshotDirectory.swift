// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGText

/// Where indexes are saved: `index/<tenant>/<generation>.<version of the terms>/`.
struct SnapshotDirectory: Sendable {
    let root: String
    let generation: Int64

    /// The tenant's snapshot, or nil if there is none.
    func existing(_ tenant: Int64) -> String? {
        let path = path(tenant)
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    /// The directory for the tenant's snapshot, which is made if need be.
    func made(_ tenant: Int64) throws -> String {
        let path = path(tenant)
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        return path
    }

    /// Removes a tenant's snapshot; it is rebuilt from the truth.
    func remove(_ tenant: Int64) {
        try? FileManager.default.removeItem(atPath: path(tenant))
    }

    /// Removes what other generations left behind.
    func removeOtherGenerations() {
        let files = FileManager.default
        for tenant in (try? files.contentsOfDirectory(atPath: root)) ?? [] {
            for generation in (try? files.contentsOfDirectory(atPath: "\(root)/\(tenant)")) ?? []
            where generation != name {
                try? files.removeItem(atPath: "\(root)/\(tenant)/\(generation)")
            }
        }
    }

    private var name: String { "\(generation).\(TermExtractor.version)" }

    private func path(_ tenant: Int64) -> String { "\(root)/\(tenant)/\(name)" }
}
