// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
import RAGCore
import RAGHTTP
import RAGPipeline
import RAGRedis

/// Where tenants' quotas are counted: in Redis where there is one, else, and while it is away, in this process.
struct RateLimits {
    /// What the routes ask; nil where nothing is limited.
    let limiting: RateLimiting?
    private let redis: RedisRateLimiter?

    /// - Throws: `invalidConfiguration` where the settings cannot be used.
    init(_ settings: Settings, health: RedisHealth, logger: Logger) throws(RAGError) {
        let limits = settings.limits
        let local = LocalRateLimiter(replicas: limits.replicas)
        guard limits.isOn, let address = settings.caching.redis, let secret = settings.caching.secret else {
            redis = nil
            limiting = RateLimiting(local, queriesPerMinute: limits.queries, documentsPerMinute: limits.documents)
            return
        }
        let url = try RedisURL(address, setting: SettingKey.redisURL.name)
        let keys = try CacheKeyMaker(secret: Array(secret.utf8))
        let redis = try RedisRateLimiter(
            settings: RedisSettings(url: url, certificateAuthority: settings.caching.redisAuthority),
            logger: logger,
            name: { quota, scope in keys.key(for: "limit", [quota.name, scope.tenant]).rawValue },
            onHealth: { health.report(.limits, $0, $1) }
        )
        self.redis = redis
        limiting = RateLimiting(
            SharedRateLimiter(redis, whileAway: local),
            queriesPerMinute: limits.queries,
            documentsPerMinute: limits.documents
        )
    }

    /// Begins to connect; returns at once.
    func start() { redis?.start() }

    /// Closes the connection; what is limited is limited here from now on.
    func stop() { redis?.stop() }
}
