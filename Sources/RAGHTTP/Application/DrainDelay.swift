// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGPipeline
import ServiceLifecycle

/// Turns readiness off when shutdown begins and keeps the server running for a while, so that load balancers stop sending first.
///
/// Give it to the service group after the server: services stop in reverse order.
package struct DrainDelay: Service {
    private let health: HealthRegistry
    private let delay: Duration

    package init(health: HealthRegistry, delay: Duration) {
        self.health = health
        self.delay = delay
    }

    package func run() async throws {
        try? await gracefulShutdown()
        health.beginDraining()
        // A second, harder stop cancels the wait.
        try? await Task.sleep(for: delay)
    }
}
