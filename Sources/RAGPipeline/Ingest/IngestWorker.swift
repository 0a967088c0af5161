// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
import Metrics
import RAGCore
import ServiceLifecycle

/// Works the ingest log off in the background.
///
/// On graceful shutdown no new work is begun; what is running may finish within the drain time, then its lease is given back.
package final class IngestWorker: Service {
    /// How the worker goes about it.
    package struct Settings: Sendable, Hashable {
        /// Documents worked on at a time, beside those that are being loaded.
        package var concurrency: Int
        /// Documents that may be loaded beside those that are worked on, so that slow loading holds up nobody else.
        package var loading: Int
        /// How long work is held; asked for again every third of it while the work goes on.
        package var leaseDuration: Duration
        /// Longest time before the log is looked at again.
        package var pollInterval: Duration
        /// How long running work may take to finish on shutdown.
        package var drain: Duration
        /// First and longest pause while a dependency is away; doubled each time.
        package var backoff: ClosedRange<Duration>

        package init(
            concurrency: Int = 2,
            loading: Int = 6,
            leaseDuration: Duration = .seconds(60),
            pollInterval: Duration = .seconds(1),
            drain: Duration = .seconds(20),
            backoff: ClosedRange<Duration> = .seconds(1)...(.seconds(30))
        ) {
            self.concurrency = max(1, concurrency)
            self.loading = max(0, loading)
            self.leaseDuration = leaseDuration
            self.pollInterval = pollInterval
            self.drain = drain
            self.backoff = backoff
        }
    }

    /// How often a spare lane looks whether it is needed.
    private static let spareInterval = Duration.milliseconds(500)

    private let pipeline: IngestPipeline
    private let settings: Settings
    private let stopping = WakeSignal()
    private let depth = Gauge(label: "rag_ingest_log_depth")

    package init(_ pipeline: IngestPipeline, settings: Settings = Settings()) {
        self.pipeline = pipeline
        self.settings = settings
    }

    /// Works until shutdown.
    package func run() async {
        pipeline.health?.report("ingest", .ok)
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                for lane in 0..<settings.concurrency {
                    group.addTask { await self.runLane(reportingDepth: lane == 0) }
                }
                for spare in 0..<settings.loading {
                    group.addTask { await self.runLane(whileLoading: spare + 1) }
                }
            }
        } onGracefulShutdown: {
            self.stop()
        }
    }

    /// Begins no new work; `run` returns when what is running has ended.
    package func stop() {
        stopping.notify()
        pipeline.accepted.notify()
    }

    private var isStopping: Bool { stopping.version > 0 || Task.isCancelled }

    /// - Parameter count: Works only while at least so many documents are being loaded.
    private func runLane(reportingDepth: Bool = false, whileLoading count: Int = 0) async {
        var pause = settings.backoff.lowerBound
        while !isStopping {
            guard pipeline.loading.value >= count else {
                await stopping.wait(after: 0, until: .after(Self.spareInterval))
                continue
            }
            let version = pipeline.accepted.version
            do throws(RAGError) {
                if reportingDepth { depth.record(try await pipeline.log.depth()) }
                guard let work = try await pipeline.log.lease(1, for: settings.leaseDuration).first else {
                    guard !isStopping else { return }
                    await pipeline.accepted.wait(after: version, until: .after(settings.pollInterval))
                    continue
                }
                switch await perform(work) {
                case .finished:
                    pause = settings.backoff.lowerBound
                    pipeline.health?.report("ingest", .ok)
                case .deferred(let error):
                    await rest(after: error, pause: &pause)
                }
            } catch {
                await rest(after: error, pause: &pause)
            }
        }
    }

    /// What the parts of `perform` come to.
    private enum Ending: Sendable {
        case attempted(IngestAttempt)
        /// Shutdown, and the work did not finish in time.
        case drained
        /// Another worker has the lease.
        case lost(RAGError)
    }

    /// Processes `work` under a lease that is renewed meanwhile; on shutdown only the work is cancelled, so that its lease can still be
    /// given back.
    private func perform(_ work: LeasedWork) async -> IngestSettlement {
        let outcome = await withTaskGroup(of: Ending?.self) { group -> IngestAttempt? in
            group.addTask { .attempted(await self.pipeline.attempt(work)) }
            group.addTask {
                await self.stopping.wait(after: 0, until: .never)
                try? await Task.sleep(for: self.settings.drain)
                return .drained
            }
            group.addTask { await self.keep(work.lease).map { .lost($0) } }
            var attempt: IngestAttempt?
            var lost: RAGError?
            for await ended in group {
                switch ended {
                case .attempted(let ended): attempt = ended
                case .lost(let error): lost = error
                case .drained, nil: break
                }
                group.cancelAll()
            }
            if let lost, attempt?.outcome.isSuccess != true {
                return IngestAttempt(document: work.source.id, outcome: .failure(lost))
            }
            return attempt
        }
        let cancelled = IngestAttempt(
            document: work.source.id,
            outcome: .failure(RAGError(.cancelled, "the server is shutting down"))
        )
        return await pipeline.settle(outcome ?? cancelled, of: work)
    }

    /// Renews a lease until the task is cancelled, or returns why it is lost. A log that is away is asked again a third later.
    private func keep(_ lease: IngestLease) async -> RAGError? {
        while !Task.isCancelled {
            do { try await Task.sleep(for: settings.leaseDuration / 3) } catch { return nil }
            do throws(RAGError) {
                try await pipeline.log.renew(lease, for: settings.leaseDuration)
            } catch {
                // The publish that this work came to may have ended the lease while it was being renewed.
                if error.code == .conflict { return Task.isCancelled ? nil : error }
                pipeline.logger.warning("ingest lease not renewed", metadata: ["rag.job": "\(lease.job)", "error": "\(error)"])
            }
        }
        return nil
    }

    /// Waits while a dependency is away, twice as long each time.
    private func rest(after error: RAGError, pause: inout Duration) async {
        guard !isStopping else { return }
        pipeline.health?.report("ingest", .degraded, detail: error.message)
        pipeline.logger.warning("ingest paused", metadata: ["rag.pause": "\(pause)", "error": "\(error)"])
        await stopping.wait(after: 0, until: .after(pause))
        pause = min(pause * 2, settings.backoff.upperBound)
    }
}

extension Result {
    fileprivate var isSuccess: Bool {
        if case .success = self { true } else { false }
    }
}
