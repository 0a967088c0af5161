// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
import RAGCore
import RAGPipeline
import RAGRedis

/// What a server remembers between queries, and the Redis that it may share.
struct Caches {
    private let settings: CachingSettings
    private let redis: RedisCache?
    private let shared: SharedVectorTier?

    /// - Throws: `invalidConfiguration` where the settings cannot be used.
    init(_ settings: CachingSettings, health: RedisHealth, logger: Logger) throws(RAGError) {
        self.settings = settings
        guard let address = settings.redis else {
            redis = nil
            shared = nil
            return
        }
        let url = try RedisURL(address, setting: SettingKey.redisURL.name)
        let redis = try RedisCache(settings: RedisSettings(url: url, certificateAuthority: settings.redisAuthority), logger: logger) {
            status,
            detail in
            health.report(.cache, status, detail)
        }
        if settings.secret == nil {
            logger.warning("CACHE_SECRET is not set: no other server, nor this one after a restart, can use what is put into Redis")
        }
        let secret = settings.secret.map { Array($0.utf8) } ?? (0..<32).map { _ in UInt8.random(in: .min ... .max) }
        self.redis = redis
        shared = SharedVectorTier(redis, keys: try CacheKeyMaker(secret: secret), timeToLive: settings.timeToLive)
    }

    /// Puts the tiers before a provider.
    func before(_ provider: any EmbeddingProvider) -> CachedEmbeddingProvider {
        CachedEmbeddingProvider(provider, capacity: settings.size, timeToLive: settings.timeToLive, l2: shared)
    }

    /// Puts the memory for replies before a pipeline; nil where it is off.
    /// - Parameter decides: Everything but the documents and the request that decides an answer.
    func before(_ pipeline: AnswerPipeline, store: any KnowledgeStore, decides: String) -> CachedAnswers? {
        guard settings.resultMemory > 0 else { return nil }
        return CachedAnswers(
            pipeline,
            store: store,
            settings: decides,
            capacity: settings.resultMemory,
            timeToLive: settings.resultTimeToLive
        )
    }

    /// Begins to connect; returns at once.
    func start() { redis?.start() }

    /// Writes what waits and closes the connections.
    func shutdown() async { await redis?.shutdown() }
}
