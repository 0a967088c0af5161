// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// How collections are laid out and how long requests may take.
package struct QdrantSettings: Sendable, Hashable {
    /// What the names of all collections begin with: 1 to 64 characters of `a-z A-Z 0-9 _ -`.
    package var collection: String
    /// How many nodes hold each shard, and how many of them must have a write before it counts.
    package var replicationFactor: Int
    package var writeConsistencyFactor: Int
    /// Shards per collection; nil leaves it to the server.
    package var shards: Int?
    /// Whether the graph is walked over int8 codes, with exact vectors deciding.
    package var isQuantized: Bool
    /// Most time for a reading and for a writing request.
    package var readLimit: Duration
    package var writeLimit: Duration
    /// Most documents that may wait, of one tenant and of all.
    package var tenantQueue: Int
    package var globalQueue: Int
    /// What no document refers to is removed when it is older than this; longer than any publish takes.
    package var grace: Duration
    /// How long ended jobs are remembered.
    package var jobRetention: Duration
    /// How often each replica looks for what to remove.
    package var reconcileInterval: Duration

    package init(
        collection: String = "documents",
        replicationFactor: Int = 1,
        writeConsistencyFactor: Int = 1,
        shards: Int? = nil,
        isQuantized: Bool = false,
        readLimit: Duration = .seconds(2),
        writeLimit: Duration = .seconds(10),
        tenantQueue: Int = 10_000,
        globalQueue: Int = 100_000,
        grace: Duration = .seconds(3_600),
        jobRetention: Duration = .seconds(7 * 24 * 3_600),
        reconcileInterval: Duration = .seconds(900)
    ) {
        self.collection = collection
        self.replicationFactor = replicationFactor
        self.writeConsistencyFactor = writeConsistencyFactor
        self.shards = shards
        self.isQuantized = isQuantized
        self.readLimit = readLimit
        self.writeLimit = writeLimit
        self.tenantQueue = tenantQueue
        self.globalQueue = globalQueue
        self.grace = grace
        self.jobRetention = jobRetention
        self.reconcileInterval = reconcileInterval
    }

    /// For what reads once or twice and was given no deadline: later than the limit of one request, so that a server that does not answer
    /// is what is reported and what the circuit breaker counts, not a deadline that passed.
    var readDeadline: Deadline { .after(readLimit * 2) }

    /// Whether a collection may have this name.
    package static func isValid(collection name: String) -> Bool { TenantScope.isValid(name) }
}
