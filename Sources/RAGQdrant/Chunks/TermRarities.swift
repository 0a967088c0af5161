// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Synchronization

/// How rare terms are, remembered for a while: what a question's coverage and ceiling are made of.
final class TermRarities: Sendable {
    private struct Key: Hashable {
        var tenant: String
        var term: UInt32
    }

    private struct State {
        var rarities: [Key: Float] = [:]
        var chunkCounts: [String: Int] = [:]
        var forgetAt = ContinuousClock.now
    }

    private static let lifetime = Duration.seconds(30)
    private static let capacity = 100_000
    private let state = Mutex(State())

    /// The terms of which nothing is known, and what is known of the others.
    func known(_ terms: [UInt32], in scope: TenantScope) -> (unknown: [UInt32], rarities: [UInt32: Float]) {
        state.withLock { state in
            if state.forgetAt <= .now || state.rarities.count > Self.capacity {
                state = State(forgetAt: .now.advanced(by: Self.lifetime))
            }
            var unknown: [UInt32] = []
            var rarities: [UInt32: Float] = [:]
            for term in terms {
                if let rarity = state.rarities[Key(tenant: scope.tenant, term: term)] {
                    rarities[term] = rarity
                } else {
                    unknown.append(term)
                }
            }
            return (unknown, rarities)
        }
    }

    /// How many chunks the tenant had a short while ago; nil where that is not known.
    func chunkCount(in scope: TenantScope) -> Int? { state.withLock { $0.chunkCounts[scope.tenant] } }

    func remember(chunkCount: Int, in scope: TenantScope) { state.withLock { $0.chunkCounts[scope.tenant] = chunkCount } }

    func remember(_ rarities: [UInt32: Float], in scope: TenantScope) {
        state.withLock { state in
            for (term, rarity) in rarities { state.rarities[Key(tenant: scope.tenant, term: term)] = rarity }
        }
    }
}
