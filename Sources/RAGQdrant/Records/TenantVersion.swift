// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// A tenant's version: a random number that every change replaces, which all replicas see.
///
/// Writing it needs no order among writers: whatever it was read as before a change, it is something else once the change is acknowledged.
extension QdrantStore {
    private static func versionID(of scope: TenantScope) -> PointID { PointID("version", scope.tenant) }

    package func sequence(in scope: TenantScope) async throws(RAGError) -> UInt64 {
        let points = try await records.retrieve([Self.versionID(of: scope)], deadline: settings.readDeadline)
        guard let point = points.first else { return 0 }
        try isolation.requireOwn(point, in: scope)
        guard let number = UInt64(try point.requiredString("version")) else { throw point.damaged("version") }
        return number
    }

    /// Gives the tenant a version that it never had; after every change, before it is acknowledged.
    func bumpVersion(of scope: TenantScope) async throws(RAGError) {
        let payload: [String: JSONValue] = [
            Field.kind: .string(RecordKind.version.rawValue), Field.tenant: .string(scope.tenant),
            "version": .string(String(UInt64.random(in: 1...UInt64.max))),
        ]
        try await records.upsert([PointWrite(Self.versionID(of: scope), payload)])
    }
}
