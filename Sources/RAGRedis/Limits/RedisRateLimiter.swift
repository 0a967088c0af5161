// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import Logging
import Metrics
package import RAGCore
import Synchronization

/// Counts in Redis or Valkey, for all servers that share it: one round trip a call, and a connection of its own.
///
/// Whoever can write to that Redis can give quotas back; nobody can make them larger than they are, nor keep a tenant out for longer than a
/// full bucket drains.
package final class RedisRateLimiter: RateLimiter {
    private static let prefix = "grounded:"

    private let settings: RedisSettings
    private let connection: RedisConnection
    private let name: @Sendable (RateQuota, TenantScope) -> String
    private let errors: [RedisFailure.Reason: Counter]
    private let duration = Timer(label: "rag_rate_limit_duration_seconds")

    /// Makes a limiter that is away until `start` has connected it.
    /// - Parameters:
    ///   - name: What a tenant's count is called in Redis, behind `grounded:`; the same on all servers, and telling nothing of the tenant.
    ///   - onHealth: Called, on any thread, whenever Redis goes away (`degraded`, with the reason) or comes back (`ok`).
    /// - Throws: `invalidConfiguration` when the authorities' file cannot be read.
    package init(
        settings: RedisSettings,
        logger: Logger,
        name: @escaping @Sendable (RateQuota, TenantScope) -> String,
        onHealth: @escaping @Sendable (DependencyHealth.Status, String?) -> Void = { _, _ in }
    ) throws(RAGError) {
        self.settings = settings
        self.name = name
        let health = LimiterHealth(logger: logger, onHealth: onHealth)
        connection = try RedisConnection(settings: settings, onChange: { health.note($0) })
        errors = Dictionary(
            uniqueKeysWithValues: RedisFailure.Reason.allCases.map { reason in
                (reason, Counter(label: "rag_rate_limit_errors_total", dimensions: [("reason", reason.rawValue)]))
            }
        )
    }

    /// Begins to connect, and goes on doing so whenever the server is away; returns at once.
    package func start() { connection.start() }

    /// Closes the connection for good.
    package func stop() { connection.stop() }

    /// Whether a call would be sent now.
    package var isAvailable: Bool { connection.isAvailable }

    package func take(_ cost: Int, owed: Int, of quota: RateQuota, in scope: TenantScope) async -> RateVerdict? {
        guard connection.isAvailable else {
            errors[.away]?.increment()
            return nil
        }
        let start = ContinuousClock.now
        let command = RateScript.command(cost, owed: owed, of: quota, key: Self.prefix + name(quota, scope))
        switch await connection.call(command, expecting: .integers(RateScript.numbers), patience: settings.commandTimeout) {
        case .failure(let failure):
            errors[failure.reason]?.increment()
            return nil
        case .success(let replies):
            if case .error(let text) = replies.first {
                errors[RedisFailure(reply: text).reason]?.increment()
                return nil
            }
            guard let verdict = RateScript.verdict(replies.first, of: quota) else {
                errors[.protocol]?.increment()
                return nil
            }
            duration.record(duration: start.duration(to: .now))
            return verdict
        }
    }
}

/// Tells operators when the shared counts go away and come back: once each, however many calls notice it.
private final class LimiterHealth: Sendable {
    private let reported = Mutex<String??>(nil)
    private let logger: Logger
    private let onHealth: @Sendable (DependencyHealth.Status, String?) -> Void

    init(logger: Logger, onHealth: @escaping @Sendable (DependencyHealth.Status, String?) -> Void) {
        self.logger = logger
        self.onHealth = onHealth
    }

    func note(_ failure: RedisFailure?) {
        let detail = failure.map { "\($0) (each server limits its own share)" }
        reported.withLock { reported in
            guard reported != .some(detail) else { return }
            let wasAway = reported.flatMap { $0 } != nil
            reported = .some(detail)
            // Within the lock, so that what is reported last is what holds.
            if let detail {
                if !wasAway { logger.warning("the shared rate limits are away", metadata: ["reason": "\(detail)"]) }
                onHealth(.degraded, detail)
            } else {
                logger.info("the shared rate limits serve")
                onHealth(.ok, nil)
            }
        }
    }
}
