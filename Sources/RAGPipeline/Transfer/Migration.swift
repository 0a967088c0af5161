// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Carries every document of every tenant from one store to another, without embedding anything anew.
///
/// It can be stopped anywhere and run again: documents that agree already are not carried. While the source is written to, a run carries
/// what it meets, and the next one what has changed since; the last one must find the source at rest to prove that both sides agree.
package struct Migration: Sendable {
    /// How it goes about it.
    package struct Settings: Sendable, Hashable {
        /// Documents on their way at a time; each is held in memory, whole.
        package var concurrency: Int
        /// Whether what only the destination has is withdrawn there; otherwise it is a difference.
        package var mirrors: Bool
        /// Ids that are asked for at a time.
        package var pageSize: Int

        package init(concurrency: Int = 4, mirrors: Bool = false, pageSize: Int = 256) {
            self.concurrency = max(1, concurrency)
            self.mirrors = mirrors
            self.pageSize = max(1, min(pageSize, 1_000))
        }
    }

    /// How far it is.
    package struct Progress: Sendable, Hashable {
        package enum Phase: String, Sendable { case copying, verifying }
        package var phase: Phase
        /// Documents looked at in this phase.
        package var documents: Int
        /// Of these, carried over.
        package var copied: Int
        /// What only the destination had and was withdrawn.
        package var withdrawn: Int
    }

    /// What it came to.
    package struct Report: Sendable, Hashable {
        package var tenants: Int
        package var documents: Int
        package var copied: Int
        package var withdrawn: Int
        /// Of everything on either side; they are equal.
        package var source: ArchiveDigest
        package var destination: ArchiveDigest
    }

    let source: any DocumentArchives
    let destination: any TransferableStore
    let settings: Settings

    package init(from source: any DocumentArchives, to destination: any TransferableStore, settings: Settings = Settings()) {
        self.source = source
        self.destination = destination
        self.settings = settings
    }

    /// Carries, then compares every document on both sides.
    /// - Parameter progress: Called after every page of documents.
    /// - Throws: `conflict` that names what differs; `incompatible` if the destination holds documents of another generation; `notFound` if the
    ///   source has never held anything; what the stores throw.
    package func run(progress: @escaping @Sendable (Progress) -> Void = { _ in }) async throws(RAGError) -> Report {
        guard let generation = try await source.generation() else {
            throw RAGError(.notFound, "the source holds nothing: it was never prepared for a generation")
        }
        try await destination.prepare(generation)
        let copied = try await copy(progress)
        var report = try await compare(generation.identifier, copied, progress)
        report.copied = copied.copied
        report.withdrawn = copied.withdrawn
        return report
    }

    // MARK: - Copying

    private func copy(_ progress: @Sendable (Progress) -> Void) async throws(RAGError) -> Progress {
        var done = Progress(phase: .copying, documents: 0, copied: 0, withdrawn: 0)
        for scope in try await bothSidesTenants() {
            var walk = IDWalk(source, destination, scope: scope, pageSize: settings.pageSize)
            while true {
                let ids = try await walk.next()
                if ids.isEmpty { break }
                for step in try await each(ids, { id throws(RAGError) in try await carry(id, scope) }) {
                    done.documents += 1
                    if step == .copied { done.copied += 1 }
                    if step == .withdrawn { done.withdrawn += 1 }
                }
                progress(done)
            }
        }
        return done
    }

    private enum Step: Sendable { case copied, same, withdrawn, surplus }

    /// Makes the destination's document what the source's is.
    private func carry(_ id: DocumentID, _ scope: TenantScope) async throws(RAGError) -> Step {
        guard let archive = try await source.archive(of: id, in: scope) else {
            guard settings.mirrors else { return .surplus }
            return try await destination.withdraw(id, in: scope) == nil ? .same : .withdrawn
        }
        let held = try await destination.archive(of: id, in: scope)
        if let held, ArchiveDigest(of: held) == ArchiveDigest(of: archive) { return .same }
        try await destination.adopt(archive, in: scope)
        return .copied
    }

    // MARK: - Comparing

    /// Most differences that an error names.
    private static let namedDifferences = 5

    private func compare(
        _ generation: String,
        _ copied: Progress,
        _ progress: @Sendable (Progress) -> Void
    ) async throws(RAGError) -> Report {
        var digests = (source: StoreDigest(generation: generation), destination: StoreDigest(generation: generation))
        var done = Progress(phase: .verifying, documents: 0, copied: copied.copied, withdrawn: copied.withdrawn)
        var tenants = 0
        var differing: [String] = []
        var differences = 0
        for scope in try await bothSidesTenants() {
            var begun = (source: false, destination: false)
            var walk = IDWalk(source, destination, scope: scope, pageSize: settings.pageSize)
            while true {
                let ids = try await walk.next()
                if ids.isEmpty { break }
                for (id, pair) in zip(ids, try await each(ids, { id throws(RAGError) in try await pair(of: id, scope) })) {
                    done.documents += pair.source == nil ? 0 : 1
                    if pair.source != pair.destination {
                        differences += 1
                        if differing.count < Self.namedDifferences { differing.append("\(scope.tenant)/\(id) (\(pair.difference))") }
                    }
                    digests.source.append(pair.source, of: id, in: scope, &begun.source)
                    digests.destination.append(pair.destination, of: id, in: scope, &begun.destination)
                }
                progress(done)
            }
            if begun.source { tenants += 1 }
        }
        guard differences == 0 else {
            throw RAGError(
                .conflict,
                """
                \(differences) of \(done.documents) documents differ between source and destination: \(differing.joined(separator: ", "))\
                \(differences > differing.count ? ", …" : ""); run it again, with the source at rest
                """
            )
        }
        let (source, destination) = (digests.source.finish(), digests.destination.finish())
        guard source == destination else { throw RAGError(.internal, "the stores' digests differ, their documents' do not") }
        return Report(
            tenants: tenants,
            documents: done.documents,
            copied: 0,
            withdrawn: 0,
            source: source,
            destination: destination
        )
    }

    private struct Pair: Sendable {
        var source: ArchiveDigest?
        var destination: ArchiveDigest?

        var difference: String {
            destination == nil ? "missing in the destination" : source == nil ? "only in the destination" : "not the same"
        }
    }

    private func pair(of id: DocumentID, _ scope: TenantScope) async throws(RAGError) -> Pair {
        Pair(
            source: try await source.archive(of: id, in: scope).map { ArchiveDigest(of: $0) },
            destination: try await destination.archive(of: id, in: scope).map { ArchiveDigest(of: $0) }
        )
    }

    // MARK: - Walking

    private func bothSidesTenants() async throws(RAGError) -> [TenantScope] {
        let names = Set(try await source.tenants()).union(try await destination.tenants())
        return names.sorted { $0.tenant.utf8.lexicographicallyPrecedes($1.tenant.utf8) }
    }

    private func each<Value: Sendable>(
        _ ids: [DocumentID],
        _ body: @escaping @Sendable @concurrent (DocumentID) async throws(RAGError) -> Value
    ) async throws(RAGError) -> [Value] {
        do {
            return try await mapConcurrently(ids, width: settings.concurrency) { id in
                if Task.isCancelled { throw CancellationError() }
                return try await body(id)
            }
        } catch {
            throw RAGError.wrapping(error, "the migration failed")
        }
    }
}

extension StoreDigest {
    fileprivate mutating func append(_ digest: ArchiveDigest?, of id: DocumentID, in scope: TenantScope, _ hasBegun: inout Bool) {
        guard let digest else { return }
        if !hasBegun { begin(scope) }
        hasBegun = true
        append(digest, of: id)
    }
}
