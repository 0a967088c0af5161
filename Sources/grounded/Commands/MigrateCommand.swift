// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import Logging
import RAGCore
import RAGEmbedded
import RAGPipeline
import RAGQdrant
import RAGTransport

/// `grounded migrate`: every document from one store to another, without embedding anything anew.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Copy every document of every tenant to another store and prove it. Resumable; the source may be served meanwhile.",
        discussion: """
            A store is a data directory or the URL of a Qdrant server; QDRANT_API_KEY is read from the environment. Run it again until the source \
            is at rest: then both digests are printed and equal. Exit 1: something differs or waits; run it again.
            """
    )

    @Option(name: .customLong("from"), help: "Data directory or http(s):// URL to copy from; it is only read.")
    var source: String

    @Option(name: .customLong("to"), help: "Data directory or http(s):// URL to copy to; no server may be using the directory.")
    var destination: String

    @Option(help: "Qdrant collection, on whichever side is a URL.")
    var collection = "documents"

    @Flag(help: "Withdraw from the destination what the source does not have.")
    var mirror = false

    func run() async throws {
        let logger = Telemetry.bootstrap(level: .warning)
        let key = ProcessInfo.processInfo.environment["QDRANT_API_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        let places = (
            from: try StoreAddress(source, collection: collection, apiKey: key),
            to: try StoreAddress(destination, collection: collection, apiKey: key)
        )
        guard places.from != places.to else { throw ValidationError("--from and --to name the same store") }
        let from = try await MigrationStore.reading(places.from, logger: logger)
        do {
            let to = try await MigrationStore.open(places.to, logger: logger)
            do {
                try await migrate(from, to)
            } catch {
                try? await to.close()
                throw error
            }
            try await to.close()
        } catch {
            try? await from.close()
            throw error
        }
        try await from.close()
    }

    private func migrate(_ from: MigrationStore, _ to: MigrationStore) async throws {
        guard let target = to.store else { throw RAGError(.internal, "the destination was opened for reading") }
        let start = ContinuousClock.now
        let migration = Migration(from: from.archives, to: target, settings: .init(mirrors: mirror))
        let report = try await migration.run { progress in
            let line = "\(progress.phase.rawValue): \(progress.documents) documents, \(progress.copied) copied\n"
            FileHandle.standardError.write(Data(line.utf8))
        }
        let seconds = String(format: "%.1f", start.duration(to: .now).inSeconds)
        print(
            """
            \(report.documents) documents of \(report.tenants) tenants; \(report.copied) copied, \(report.withdrawn) withdrawn, \(seconds) s
            source      \(report.source)
            destination \(report.destination)
            """
        )
        let waiting = try await from.depth()
        guard waiting == 0 else {
            print("not complete: \(waiting) documents are accepted by the source and not indexed yet; run it again when they are")
            throw ExitCode(1)
        }
        print("complete")
    }
}

/// Where a store is.
enum StoreAddress: Hashable, Sendable {
    case directory(String)
    case qdrant(url: String, collection: String, apiKey: String?)

    init(_ text: String, collection: String, apiKey: String?) throws(RAGError) {
        if text.lowercased().hasPrefix("http://") || text.lowercased().hasPrefix("https://") {
            guard URL(string: text)?.host != nil else { throw RAGError(.invalidConfiguration, "\(text) is not a URL with a host") }
            self = .qdrant(url: text, collection: collection, apiKey: apiKey)
        } else {
            guard !text.isEmpty, !text.contains("://") else {
                throw RAGError(.invalidConfiguration, "\(text) is neither a directory nor an http(s):// URL")
            }
            self = .directory(URL(fileURLWithPath: text).standardizedFileURL.path)
        }
    }
}

/// A store that is open for a migration.
struct MigrationStore {
    let archives: any DocumentArchives
    /// Nil where it was opened for reading.
    let store: (any TransferableStore)?
    /// Documents that were accepted and are not indexed yet.
    let depth: () async throws -> Int
    let close: () async throws -> Void

    /// Opens a store to copy from.
    static func reading(_ address: StoreAddress, logger: Logger) async throws -> MigrationStore {
        guard case .directory(let directory) = address else { return try await open(address, logger: logger) }
        let archive = try EmbeddedArchive(reading: directory)
        return MigrationStore(archives: archive, store: nil, depth: { try await archive.depth() }, close: { try archive.close() })
    }

    /// Opens a store to copy to.
    static func open(_ address: StoreAddress, logger: Logger) async throws -> MigrationStore {
        switch address {
        case .directory(let directory):
            let store = try EmbeddedStore(.init(directory: directory), logger: logger)
            return MigrationStore(archives: store, store: store, depth: { try await store.depth() }, close: { try await store.close() })
        case .qdrant(let url, let collection, let apiKey):
            guard QdrantSettings.isValid(collection: collection) else {
                throw RAGError(.invalidConfiguration, "--collection wants 1 to 64 characters of a-z A-Z 0-9 _ -")
            }
            let place = QdrantPlace(
                url: try UpstreamURL(url, setting: "the URL"),
                apiKey: apiKey,
                settings: QdrantSettings(collection: collection)
            )
            let serving = ServingStore.qdrant(place, logger: logger)
            let store = serving.store
            do {
                // A collection is read in the generation that it serves; one that is new is prepared for the source's.
                if let generation = try await store.generation() { try await store.prepare(generation) }
            } catch {
                try? await serving.close()
                throw error
            }
            return MigrationStore(archives: store, store: store, depth: { try await store.depth() }, close: { try await serving.close() })
        }
    }
}
