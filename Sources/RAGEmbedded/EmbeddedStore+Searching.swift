// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore
import RAGText

extension EmbeddedStore {
    package func search(_ request: SearchRequest, in scope: TenantScope) async throws(RAGError) -> SearchResponse {
        try request.deadline.check("the search")
        let indexes = try indexes()
        if let vector = request.vector, vector.count != indexes.generation.space.dimension {
            throw RAGError(
                .incompatible,
                "the query's vector has \(vector.count) dimensions, the store's have \(indexes.generation.space.dimension)"
            )
        }
        guard let tenant = try key(of: scope) else {
            return SearchResponse(termCoverage: request.text == nil ? nil : 0)
        }
        let index = try await indexes.index(of: tenant, deadline: request.deadline)
        try request.deadline.check("the search")
        let found = index.search(
            vector: request.vector,
            terms: request.text.map { indexes.extractor.questionTerms(of: $0) },
            question: request.text.map { indexes.extractor.terms(of: $0) },
            filter: request.filter,
            limit: max(0, request.limit)
        )
        return SearchResponse(hits: found.hits, termCoverage: found.termCoverage, lexicalCeiling: found.lexicalCeiling)
    }
}
