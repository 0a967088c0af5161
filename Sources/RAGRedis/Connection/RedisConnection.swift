// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import NIOCore
import NIOPosix
import NIOSSL
package import RAGCore
import Synchronization

/// Whether asking a server makes sense now; read from anywhere.
final class Availability: Sendable {
    private let flag = Atomic(false)

    var isAvailable: Bool { flag.load(ordering: .acquiring) }

    func set(_ isAvailable: Bool) { flag.store(isAvailable, ordering: .releasing) }
}

/// A connection to a Redis server that keeps itself alive, for callers anywhere.
///
/// Calls are pipelined and never retried. While the server is away they fail at once, without a hop to the event loop.
package final class RedisConnection: Sendable {
    let eventLoop: any EventLoop
    private let link: NIOLoopBoundBox<RedisLink>
    private let availability = Availability()

    /// - Throws: `invalidConfiguration` when the authorities' file cannot be read.
    package convenience init(settings: RedisSettings) throws(RAGError) { try self.init(settings: settings, onChange: { _ in }) }

    /// - Parameters:
    ///   - onChange: Told nil when the server serves and the reason when it does not, on the event loop.
    ///   - onReady: Called on the event loop each time a connection is ready.
    init(
        settings: RedisSettings,
        onChange: @escaping @Sendable (RedisFailure?) -> Void,
        onReady: @escaping @Sendable (RedisLink) -> Void = { _ in }
    ) throws(RAGError) {
        eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let made = RedisLink(
            eventLoop: eventLoop,
            settings: settings,
            encryption: try Self.encryption(settings),
            availability: availability,
            observers: RedisLink.Observers(onChange: onChange, onReady: onReady)
        )
        link = NIOLoopBoundBox.makeBoxSendingValue(made, eventLoop: eventLoop)
    }

    private static func encryption(_ settings: RedisSettings) throws(RAGError) -> NIOSSLContext? {
        guard settings.url.isEncrypted else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let file = settings.certificateAuthority { configuration.trustRoots = .file(file) }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            let file = settings.certificateAuthority ?? "the system's store"
            throw RAGError(
                .invalidConfiguration,
                "the certificate authorities for Redis cannot be read from \(file); name a PEM file",
                cause: error
            )
        }
    }

    package var isAvailable: Bool { availability.isAvailable }

    /// Begins to connect, in the background.
    package func start() { onLoop { $0.start() } }

    /// Closes the connection for good.
    package func stop() { onLoop { $0.stop() } }

    /// The replies to commands, in their order, errors among them.
    ///
    /// Returns within the command timeout or `patience`, whichever is shorter, and at once while the server is away.
    package func call(
        _ commands: RESPWriter,
        expecting shape: RedisReplyShape = .any,
        patience: Duration
    ) async -> Result<[RESPValue], RedisFailure> {
        guard isAvailable else { return .failure(.notConnected) }
        let buffer = ByteBuffer(bytes: commands.bytes)
        let until = NIODeadline.now() + TimeAmount(patience)
        return await withCheckedContinuation { continuation in
            onLoop { link in
                link.call(buffer, count: commands.commands, shape: shape, patience: until) { continuation.resume(returning: $0) }
            }
        }
    }

    /// Runs something on the event loop, where the link may be used.
    func onLoop(_ body: @escaping @Sendable (RedisLink) -> Void) {
        eventLoop.execute { [link] in body(link.value) }
    }
}
