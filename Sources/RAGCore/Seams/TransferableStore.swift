// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Documents that can be carried out of a store, whole: with their history, texts, chunks and vectors. Reading changes nothing.
public protocol DocumentArchives: Sendable {
    /// The generation that the store serves, or nil while it is empty.
    func generation() async throws(RAGError) -> Generation?

    /// Every tenant that has a document, by name.
    func tenants() async throws(RAGError) -> [TenantScope]

    /// A page of ids in the order of their bytes, those after `after`; fewer than `limit` only at the end.
    func documentIDs(after: DocumentID?, limit: Int, in scope: TenantScope) async throws(RAGError) -> [DocumentID]

    /// A document as it stands, everything of one moment; nil if there is no such document.
    func archive(of id: DocumentID, in scope: TenantScope) async throws(RAGError) -> DocumentArchive?
}

/// A store that documents can be carried out of and into.
public protocol TransferableStore: KnowledgeStore, DocumentArchives {
    /// Makes a document exactly what the archive says, all of it at once, whatever it was before. The same again changes nothing.
    ///
    /// Work on the document that was accepted and waits is left alone.
    /// - Throws: `incompatible` if the archive's chunks are of another generation than the store's, `corrupt` if its parts do not fit
    ///   together.
    func adopt(_ archive: DocumentArchive, in scope: TenantScope) async throws(RAGError)
}

extension TransferableStore {
    public func documentIDs(after: DocumentID?, limit: Int, in scope: TenantScope) async throws(RAGError) -> [DocumentID] {
        try await documents(after: after, prefix: nil, limit: limit, in: scope).documents.map(\.current.document)
    }
}
