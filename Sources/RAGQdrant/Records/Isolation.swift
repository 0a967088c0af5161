// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
import Metrics
import RAGCore
import Synchronization

/// Lets through what belongs to the tenant that asked, and makes a noise about everything else.
///
/// Every request carries the tenant, so nothing foreign ever comes back from a server that works; this is for one that does not.
final class Isolation: Sendable {
    private let logger: Logger
    private let violations = Counter(label: "rag_isolation_violations_total")
    private let count = Mutex(0)

    init(logger: Logger) { self.logger = logger }

    /// How many foreign points came back since the start.
    var violationCount: Int { count.withLock { $0 } }

    /// The points of this tenant.
    func own(_ points: [Point], in scope: TenantScope) -> [Point] {
        let own = points.filter { $0.string(Field.tenant) == scope.tenant }
        let foreign = points.count - own.count
        if foreign > 0 { report(foreign, tenant: scope.tenant) }
        return own
    }

    /// Counts points of another tenant than this one, which asked.
    func report(_ foreign: Int, tenant: String) {
        count.withLock { $0 += foreign }
        violations.increment(by: Int64(foreign))
        logger.critical(
            "qdrant returned points of another tenant; they were dropped",
            metadata: ["count": "\(foreign)", "rag.tenant": "\(tenant)"]
        )
    }

    /// For a point that was asked for by its id: without it nobody can say whether there is a document.
    func requireOwn(_ point: Point, in scope: TenantScope) throws(RAGError) {
        guard own([point], in: scope).isEmpty else { return }
        throw RAGError(.unavailable, "qdrant returned another tenant's data, which was dropped")
    }
}
