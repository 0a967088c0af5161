// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import NIOCore
import RAGCore
import Synchronization

/// Writes to the cache after the caller has gone on: in batches, one batch under way at a time, oldest first.
final class WriteBehind: Sendable {
    private struct State {
        var queue: WriteQueue
        /// A turn of the event loop is arranged.
        var isScheduled = false
        var isWriting = false
        var isStopped = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    /// Small enough that a slow network carries one within a command's time.
    private static let batchWrites = 64
    private static let batchBytes = 256 << 10
    /// How long a write waits for others to go with.
    private static let gathering = TimeAmount.milliseconds(1)

    private let metrics: CacheMetrics
    private let state: Mutex<State>

    init(settings: RedisSettings, metrics: CacheMetrics) {
        self.metrics = metrics
        state = Mutex(State(queue: WriteQueue(mostWrites: settings.mostWaitingWrites, mostBytes: settings.mostWaitingBytes)))
    }

    /// Takes a write and returns at once.
    func append(_ write: CacheWrite, to connection: RedisConnection) {
        let (dropped, isStopped) = state.withLock { state in
            state.isStopped ? (1, true) : (state.queue.append(write), false)
        }
        metrics.dropped(dropped, isStopped ? .shutdown : .queue)
        // While the server is away nothing is arranged: the next connection begins with what waits.
        guard !isStopped, connection.isAvailable else { return }
        let mustSchedule = state.withLock { state in
            guard !state.isScheduled, !state.isWriting else { return false }
            state.isScheduled = true
            return true
        }
        guard mustSchedule else { return }
        connection.eventLoop.scheduleTask(in: Self.gathering) { connection.onLoop { self.write(over: $0) } }
    }

    /// Sends the next batch, and after its replies the next, until nothing waits.
    func write(over link: RedisLink) {
        let batch = state.withLock { state in
            state.isScheduled = false
            guard !state.isWriting, link.isReady else { return [CacheWrite]() }
            let batch = state.queue.batch(mostWrites: Self.batchWrites, mostBytes: Self.batchBytes)
            state.isWriting = !batch.isEmpty
            return batch
        }
        guard !batch.isEmpty else { return link.isReady ? finishIfDone() : finish() }
        let commands = commands(for: batch)
        guard commands.commands > 0 else {
            state.withLock { $0.isWriting = false }
            return link.eventLoop.assumeIsolated().execute { self.write(over: link) }
        }
        link.call(ByteBuffer(bytes: commands.bytes), count: commands.commands, patience: .distantFuture) { result in
            self.record(result, of: commands.commands)
            self.state.withLock { $0.isWriting = false }
            // After a failure the next connection goes on with what waits.
            self.write(over: link)
        }
    }

    private func commands(for batch: [CacheWrite]) -> RESPWriter {
        let now = ContinuousClock.now
        var writer = RESPWriter(capacity: batch.reduce(0) { $0 + $1.size })
        for write in batch {
            switch write.operation {
            case .remove:
                writer.command(["UNLINK", write.key])
            case .set(let value, let expires):
                let milliseconds = now.duration(to: expires).milliseconds.rounded(.up)
                guard milliseconds >= 1 else {
                    metrics.dropped(1, .expired)
                    continue
                }
                writer.command(words: 5)
                writer.word("SET")
                writer.word(write.key)
                writer.word(value)
                writer.word("PX")
                writer.word(String(Int64(milliseconds)))
            }
        }
        return writer
    }

    private func record(_ result: Result<[RESPValue], RedisFailure>, of commands: Int) {
        switch result {
        case .success(let replies):
            for case .error(let text) in replies {
                metrics.failed(RedisFailure(reply: text).reason)
                metrics.dropped(1, .failed)
            }
        case .failure(let failure):
            metrics.failed(failure.reason)
            metrics.dropped(commands, .failed)
        }
    }

    // MARK: Shutting down

    /// Takes nothing more, and returns when all that waits is written, or after `limit`, or when the server is away.
    func flush(over connection: RedisConnection, within limit: Duration) async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                state.isStopped = true
                state.waiter = continuation
            }
            connection.eventLoop.scheduleTask(in: TimeAmount(limit)) { self.finish() }
            connection.onLoop { link in
                if connection.isAvailable { self.write(over: link) } else { self.finish() }
            }
        }
        let left = state.withLock { $0.queue.count }
        metrics.dropped(left, .shutdown)
    }

    private func finishIfDone() {
        let isDone = state.withLock { $0.isStopped && $0.queue.count == 0 && !$0.isWriting }
        if isDone { finish() }
    }

    private func finish() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
