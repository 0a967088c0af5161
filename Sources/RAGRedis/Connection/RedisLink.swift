// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import NIOCore
import NIOPosix
import NIOSSL

/// One connection that keeps itself alive: pipelined, first asked first answered. Not `Sendable`: it lives on its event loop.
///
/// A command that is not answered in time costs the connection, because a later reply could not be told from the next command's.
final class RedisLink {
    struct Observers: Sendable {
        /// Called with nil when the server serves and with the reason when it does not.
        var onChange: @Sendable (RedisFailure?) -> Void
        /// Called on the event loop each time a connection is ready.
        var onReady: @Sendable (RedisLink) -> Void
    }

    let eventLoop: any EventLoop
    let settings: RedisSettings
    private let encryption: NIOSSLContext?
    private let availability: Availability
    private let observers: Observers
    private var life: ConnectionLife
    /// Tells events of this connection from those of one that was given up.
    private var attempt: UInt64 = 0
    private var channel: (any Channel)?
    private var parser = RESPParser()
    private var pending = CircularBuffer<RedisCall>(initialCapacity: 64)
    private var timer: Scheduled<Void>?
    private var watch: Scheduled<Void>?
    private var lastFailure: RedisFailure?

    init(
        eventLoop: any EventLoop,
        settings: RedisSettings,
        encryption: NIOSSLContext?,
        availability: Availability,
        observers: Observers
    ) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.encryption = encryption
        self.availability = availability
        self.observers = observers
        life = ConnectionLife(settings: settings.life)
    }

    var isReady: Bool { life.state == .ready }

    /// Begins to connect, and does so again whenever the connection is lost.
    func start() {
        guard life.state == .idle else { return }
        connect()
    }

    /// Closes the connection for good; calls under way fail.
    func stop() {
        life.stop()
        discard(RedisFailure(.away, "the connection was shut down"))
    }

    /// Sends commands; the caller hears by `patience` at the latest, and at once while the server is away.
    func call(
        _ commands: ByteBuffer,
        count: Int,
        shape: RedisReplyShape = .any,
        patience: NIODeadline,
        completion: @escaping RedisCall.Completion
    ) {
        guard pending.count < settings.mostCalls else {
            completion(.failure(RedisFailure(.busy, "too many calls of Redis are under way")))
            return
        }
        guard life.admit() else {
            completion(.failure(lastFailure.map { RedisFailure(.away, $0.description) } ?? .notConnected))
            return
        }
        let deadline = NIODeadline.now() + TimeAmount(settings.commandTimeout)
        let call = RedisCall(commands: count, shape: shape, deadline: deadline, completion: completion)
        if patience < deadline {
            call.keep(
                eventLoop.assumeIsolated().scheduleTask(deadline: patience) {
                    call.finish(.failure(RedisFailure(.timeout, "the request had no time left to wait for Redis")))
                }
            )
        }
        send(commands, call)
    }

    // MARK: Connecting

    private func connect() {
        life.connect()
        attempt &+= 1
        let attempt = attempt
        timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(settings.connectTimeout)) { [self] in
            guard attempt == self.attempt, life.state == .connecting else { return }
            let limit = settings.connectTimeout
            fail(.connection, RedisFailure(.timeout, "no connection to \(settings.url) within \(limit)"))
        }
        let link = NIOLoopBound(self, eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(settings.connectTimeout))
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try link.value.prepare(channel, attempt: attempt) }
            }
            .connect(host: settings.url.host, port: settings.url.port)
            .assumeIsolated()
            .whenComplete { [self] in connected($0, attempt: attempt) }
    }

    private func prepare(_ channel: any Channel, attempt: UInt64) throws {
        let pipeline = channel.pipeline.syncOperations
        if let encryption {
            // An address has no name to ask for; its certificate is checked against the address itself.
            let host = settings.url.host
            let isAddress = (try? SocketAddress(ipAddress: host, port: settings.url.port)) != nil
            try pipeline.addHandler(NIOSSLClientHandler(context: encryption, serverHostname: isAddress ? nil : host))
        }
        try pipeline.addHandler(RedisReplyHandler(link: self, attempt: attempt))
    }

    private func connected(_ result: Result<any Channel, any Error>, attempt: UInt64) {
        guard attempt == self.attempt, life.state == .connecting else {
            if case .success(let channel) = result { channel.close(promise: nil) }
            return
        }
        switch result {
        case .failure(let error): fail(.connection, .connecting(error))
        case .success(let channel):
            self.channel = channel
            greet(.current)
        }
    }

    private func greet(_ greeting: RedisGreeting) {
        let commands = greeting.commands(for: settings.url)
        // The timer of the whole attempt watches it.
        let call = RedisCall(commands: commands.commands, deadline: nil) { [self] result in
            guard case .success(let replies) = result else { return }
            switch greeting.outcome(of: replies) {
            case .welcome: ready()
            case .tryLegacy: greet(.legacy)
            case .refused(let failure): fail(.connection, failure)
            }
        }
        send(ByteBuffer(bytes: commands.bytes), call)
    }

    private func ready() {
        timer?.cancel()
        timer = nil
        life.connected()
        availability.set(true)
        reportHealth()
        observers.onReady(self)
    }

    // MARK: Replies

    func received(_ bytes: ByteBuffer, attempt: UInt64, channel: any Channel) {
        guard isCurrent(attempt, channel) else { return }
        parser.append(bytes.readableBytesView)
        do {
            while attempt == self.attempt, let value = try parser.next() {
                if case .push = value { continue }
                deliver(value)
            }
        } catch {
            fail(failureKind, RedisFailure(.protocol, "Redis sent \(error)"))
        }
    }

    /// The connection of this attempt is no more.
    func lost(_ failure: RedisFailure, attempt: UInt64, channel: any Channel) {
        guard isCurrent(attempt, channel) else { return }
        // A server that closes may have said why.
        fail(failureKind, pending.first?.refusal ?? failure)
    }

    private func isCurrent(_ attempt: UInt64, _ channel: any Channel) -> Bool {
        attempt == self.attempt && (self.channel == nil || self.channel === channel)
    }

    /// Whether what fails now fails a call or only the connection.
    private var failureKind: ConnectionLife.Failure { life.state == .ready && !pending.isEmpty ? .call : .connection }

    private func deliver(_ value: RESPValue) {
        guard let call = pending.first else {
            let unasked = RedisFailure(.protocol, "Redis answered something that was not asked")
            if case .error(let text) = value { fail(.connection, RedisFailure(reply: text)) } else { fail(.connection, unasked) }
            return
        }
        call.add(value)
        guard call.contentBytes <= settings.mostReplyBytes else {
            fail(failureKind, RedisFailure(.protocol, "Redis sent more than was stored"))
            return
        }
        guard call.isWhole else { return }
        pending.removeFirst()
        let isGreeting = life.state == .connecting
        let refusal = isGreeting ? nil : call.refusal
        if !isGreeting, refusal == nil {
            let wasHealthy = life.isHealthy
            life.succeeded()
            if !wasHealthy { reportHealth() }
        }
        // Before the caller hears, so that it does not send the next call over a connection that ends.
        if let refusal { fail(.call, refusal) }
        // Where one reply answers something else, the others do too.
        if let refusal, refusal.reason == .protocol { call.finish(.failure(refusal)) } else { call.succeed() }
    }

    // MARK: Sending, and giving up

    private func send(_ commands: ByteBuffer, _ call: RedisCall) {
        pending.append(call)
        channel?.writeAndFlush(commands, promise: nil)
        watchFirst()
    }

    /// One timer watches the call that has waited longest.
    private func watchFirst() {
        guard watch == nil, let deadline = pending.first?.deadline else { return }
        watch = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            watch = nil
            guard let first = pending.first?.deadline, first <= .now() else { return watchFirst() }
            fail(.call, RedisFailure(.timeout, "Redis did not answer within \(settings.commandTimeout)"))
        }
    }

    private func fail(_ kind: ConnectionLife.Failure, _ failure: RedisFailure) {
        guard life.state == .connecting || life.state == .ready else { return }
        let pause = life.failed(kind, chance: Double.random(in: 0..<1))
        lastFailure = failure
        reportHealth()
        discard(failure)
        timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(pause)) { [self] in
            if life.state == .waiting { connect() }
        }
    }

    /// Closes the connection and tells everyone who waits for it.
    private func discard(_ failure: RedisFailure) {
        availability.set(false)
        attempt &+= 1
        timer?.cancel()
        timer = nil
        watch?.cancel()
        watch = nil
        channel?.close(promise: nil)
        channel = nil
        parser = RESPParser()
        let calls = pending
        pending = CircularBuffer(initialCapacity: 64)
        for call in calls { call.finish(.failure(failure)) }
    }

    private func reportHealth() {
        if life.isHealthy { lastFailure = nil }
        observers.onChange(life.isHealthy ? nil : lastFailure ?? .notConnected)
    }
}

extension RedisFailure {
    static let notConnected = RedisFailure(.away, "not connected to Redis yet")
}
