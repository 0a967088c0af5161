// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Holds documents and finds them again. One seam, because consistency between text, vectors and terms is the store's promise.
///
/// What a call acknowledges is durable and searchable by the next call, by anyone in the same tenant. No call ever returns, counts
/// or reveals anything of another tenant.
public protocol KnowledgeStore: Sendable {
    /// Checks that the store can serve `generation`, or records it if the store is empty.
    /// - Throws: `incompatible` if it holds another one, naming the command that changes it.
    func prepare(_ generation: Generation) async throws(RAGError)

    /// The document's current revision and, if asked for, its history; nil if there is no such document.
    func document(_ id: DocumentID, history: Bool, in scope: TenantScope) async throws(RAGError) -> DocumentRecord?

    /// The canonical text of a revision, the current one if `revision` is nil; nil if there is no such thing.
    func text(of id: DocumentID, revision: Int?, in scope: TenantScope) async throws(RAGError) -> (revision: Revision, text: String)?

    /// A page of documents by id, `prefix` leaving out those whose ids begin otherwise.
    func documents(
        after: DocumentID?,
        prefix: String?,
        limit: Int,
        in scope: TenantScope
    ) async throws(RAGError) -> DocumentPage

    /// Makes a revision visible, all of it at once, in place of the one before, and completes `lease` in the same transaction.
    /// - Throws: `conflict` if the lease is lost, `incompatible` if the generation is not the store's.
    func publish(
        _ publication: Publication,
        completing lease: IngestLease?,
        in scope: TenantScope
    ) async throws(RAGError) -> PublishOutcome

    /// A new revision with the same text, chunks and vectors but other url and metadata; completes `lease` like `publish`.
    func update(
        _ id: DocumentID,
        url: String?,
        metadata: Metadata,
        completing lease: IngestLease?,
        in scope: TenantScope
    ) async throws(RAGError) -> PublishOutcome

    /// Deletes the document everywhere and proves it by reading back; nil if there is no such document.
    func withdraw(_ id: DocumentID, in scope: TenantScope) async throws(RAGError) -> Withdrawal?

    /// The best chunks by vector, by terms, or both.
    func search(_ request: SearchRequest, in scope: TenantScope) async throws(RAGError) -> SearchResponse

    /// The texts of chunks in the order asked; those that are gone are left out.
    func passages(_ chunks: [ChunkReference], in scope: TenantScope) async throws(RAGError) -> [PassageText]

    /// A number that has changed whenever anything has that a search or a read in this tenant could return.
    ///
    /// It changes after the change can be seen and before it is acknowledged: what was found under one number is what a search finds for
    /// as long as the number stays. Comes from memory. It means nothing to another process or after a restart.
    func sequence(in scope: TenantScope) async throws(RAGError) -> UInt64

    /// What the store holds: of one tenant, or of all for operators.
    func statistics(in scope: TenantScope?) async throws(RAGError) -> StoreStatistics

    /// Compares derived indexes with the truth; reads everything.
    func verify() async throws(RAGError) -> VerificationReport
}
