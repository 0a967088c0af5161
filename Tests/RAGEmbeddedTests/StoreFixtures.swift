// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import RAGCore
import RAGEmbedded
import RAGTestKit

/// A directory that is gone after the test.
final class ScratchDirectory: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/grounded-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A store in this directory that serves the conformance documents' generation.
    func store(_ change: (inout EmbeddedStore.Settings) -> Void = { _ in }) async throws -> EmbeddedStore {
        let store = try bareStore(change)
        try await store.prepare(ConformanceDocument.generation)
        return store
    }

    func bareStore(_ change: (inout EmbeddedStore.Settings) -> Void = { _ in }) throws -> EmbeddedStore {
        var settings = EmbeddedStore.Settings(directory: path)
        change(&settings)
        return try EmbeddedStore(settings, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// A copy as it would be found after the power failed now: without the lock, which belongs to this process.
    func copy() throws -> ScratchDirectory {
        let copy = try ScratchDirectory()
        for name in try FileManager.default.contentsOfDirectory(atPath: path) where name != "lock" && !name.hasSuffix("-shm") {
            try FileManager.default.copyItem(atPath: path + "/" + name, toPath: copy.path + "/" + name)
        }
        return copy
    }

    /// Paths below the directory that end in `suffix`.
    func files(_ suffix: String) -> [String] {
        (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(suffix) }
            .map { path + "/" + $0 }
    }

    /// Whether any file here holds these bytes.
    func holds(_ text: String) throws -> Bool {
        let needle = Data(text.utf8)
        for name in files("") {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), !isFolder.boolValue else { continue }
            if try Data(contentsOf: URL(fileURLWithPath: name)).range(of: needle) != nil { return true }
        }
        return false
    }
}

extension TenantScope {
    static let alpha = TenantScope(authenticated: "alpha")
    static let beta = TenantScope(authenticated: "beta")
}

extension EmbeddedStore {
    @discardableResult
    func put(_ document: ConformanceDocument, in scope: TenantScope = .alpha) async throws -> PublishOutcome {
        try await publish(try document.publication(), completing: nil, in: scope)
    }

    /// Ids of the documents that the question finds by its words.
    func find(_ question: String, in scope: TenantScope = .alpha) async throws -> [String] {
        try await search(ConformanceDocument.lexicalRequest(question, limit: 1_000), in: scope).hits
            .map(\.chunk.document.rawValue).sorted()
    }

    /// Hits with their scores in one order, for comparing.
    func scored(_ question: String, in scope: TenantScope = .alpha) async throws -> [Hit] {
        try await search(ConformanceDocument.request(question, limit: 1_000), in: scope).hits.sorted {
            ($0.chunk.document.rawValue, $0.chunk.ordinal) < ($1.chunk.document.rawValue, $1.chunk.ordinal)
        }
    }
}
