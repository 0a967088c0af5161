// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import Hummingbird
package import Logging
import NIOCore
package import ServiceLifecycle

/// The server as a service of the process.
package func makeHTTPServer(
    _ services: HTTPServices,
    settings: HTTPSettings,
    logger: Logger,
    onServerRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
) -> any Service {
    buildApplication(services, settings: settings, logger: logger, onServerRunning: onServerRunning)
}

/// The server as Hummingbird's application, for tests.
/// - Parameter onServerRunning: Called with the port that the server listens on.
package func buildApplication(
    _ services: HTTPServices,
    settings: HTTPSettings,
    logger: Logger,
    onServerRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
) -> Application<APIResponder> {
    let stall = TimeAmount(settings.writeStall)
    return Application(
        responder: makeResponder(services, settings: settings),
        server: .http1(
            configuration: .init(
                additionalChannelHandlers: [WriteStallHandler(limit: stall), BodyPaceHandler(limits: settings.bodies)],
                idleTimeout: TimeAmount(settings.idleTimeout),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16 * 1_024,
                    maxHeaderListSize: 64 * 1_024,
                    maxHeaderFieldCount: 100
                )
            )
        ),
        configuration: ApplicationConfiguration(
            address: .hostname(settings.host, port: settings.port),
            backlog: 1_024,
            availableConnectionsDelegate: .maximum(settings.maximumConnections, logger: logger)
        ),
        onServerRunning: { channel in await onServerRunning(channel.localAddress?.port ?? settings.port) },
        logger: logger
    )
}

/// Every endpoint, behind authentication.
func makeResponder(_ services: HTTPServices, settings: HTTPSettings) -> APIResponder {
    let bodies = BodyReader(limits: settings.bodies)
    let query = QueryRoutes(
        answering: services.answering,
        bodies: bodies,
        limits: services.limits,
        heartbeat: settings.heartbeat
    )
    let index = IndexRoutes(
        ingesting: services.ingesting,
        log: services.log,
        bodies: bodies,
        limits: services.limits,
        deadline: settings.ingestDeadline
    )
    let documents = DocumentRoutes(store: services.store)
    let operations = OperationRoutes(
        health: services.health,
        refreshHealth: services.refreshHealth,
        metrics: services.metrics,
        version: settings.version
    )
    return APIResponder(
        table: RouteTable(query.endpoints + index.endpoints + documents.endpoints + operations.endpoints + PageRoutes().endpoints),
        authentication: Authentication(keyring: services.keyring)
    )
}
