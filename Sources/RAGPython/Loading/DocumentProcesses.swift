// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
package import Logging
package import RAGCore
import Synchronization

/// Reads documents of many formats in processes of their own, one process for each document, so that a file that makes its parser
/// crash, hang or eat memory costs itself alone.
///
/// The processes are those of `python/grounded_loaders`. They are limited in time, memory, processor time and output, have a lower
/// priority, get none of the server's keys, and end with the server.
package final class DocumentProcesses: Sendable {
    private let command: LoadingCommand
    private let logger: Logger
    private let running = Mutex<(threads: PythonThreads?, lanes: [LoadingLane], isStopped: Bool)>((nil, [], false))

    /// What a document may take.
    package let limits: LoadingLimits

    /// Finds an interpreter and the loaders; starts nothing. Blocks for about 100 ms.
    /// - Throws: `unavailable` or `invalidConfiguration` where there is no Python or it lacks the loaders, saying what to do.
    package convenience init(
        _ places: PythonPlaces = PythonPlaces(),
        limits: LoadingLimits = LoadingLimits(),
        logger: Logger
    ) throws(RAGError) {
        let interpreter = try PythonInterpreter.find(places)
        let folders = places.importPaths + [interpreter.sitePackages]
        guard folders.contains(where: { FileManager.default.fileExists(atPath: "\($0)/grounded_loaders/process.py") }) else {
            throw RAGError(
                .unavailable,
                "the Python package grounded_loaders was not found; keep the folder python beside the program, or name its place in PYTHONPATH"
            )
        }
        self.init(interpreter: interpreter, importPaths: places.importPaths, limits: limits, logger: logger)
    }

    init(interpreter: PythonInterpreter, importPaths: [String], limits: LoadingLimits, logger: Logger) {
        command = LoadingCommand(executable: interpreter.executable, importPaths: importPaths)
        self.limits = limits
        self.logger = logger
    }

    deinit { stop() }

    /// Starts one process per place ahead, so that the first document does not wait for it; returns at once.
    package func start() { _ = threads() }

    /// Ends all processes; what waits or runs fails.
    package func stop() {
        let threads = running.withLock { running in
            running.isStopped = true
            defer { running.threads = nil }
            return running.threads
        }
        threads?.stop()
    }

    /// Process numbers of those that wait or read now.
    package var processes: [Int32] { running.withLock { $0.lanes }.flatMap(\.processes) }

    /// The text of a file, as its loader returned it. Waits for a free process.
    /// - Throws: `unsupportedMediaType`, `unreadableDocument`, `tooLarge` naming the limit; `unavailable` where no process can be
    ///   started, `overloaded` on shutdown, `deadlineExceeded`, `cancelled`. Whatever it throws, the process has been ended.
    package func read(
        _ file: [UInt8],
        name: String,
        mediaType: String?,
        deadline: Deadline
    ) async throws(RAGError) -> LoadedDocument {
        guard let (threads, lanes) = threads() else { throw RAGError(.overloaded, "the loaders are shutting down") }
        let request = LoadingRequest(file, name: name, mediaType: mediaType, limits: limits)
        let ticket = LoadingTicket()
        // The lane's own limit comes first and knows what to say.
        let allowance = PythonAllowance(callTime: limits.time + .seconds(10), overrun: .seconds(30))
        do throws(RAGError) {
            let documents = try await threads.run(priority: .ingest, deadline: deadline, allowance: allowance, step: "loading") {
                turn throws(RAGError) in
                try lanes[turn.thread].read(request, for: ticket)
            }
            guard let document = documents.first else { throw RAGError(.internal, "a loader returned nothing") }
            return document
        } catch {
            ticket.cancel()
            throw Self.worded(error)
        }
    }

    private func threads() -> (threads: PythonThreads, lanes: [LoadingLane])? {
        running.withLock { running in
            guard !running.isStopped else { return nil }
            if let threads = running.threads { return (threads, running.lanes) }
            let lanes = (0..<limits.processes).map { _ in LoadingLane(command: command, limits: limits, logger: logger) }
            let threads = PythonThreads(lanes: lanes, limits: PythonThreads.Limits(waitingCalls: 4096), onHang: {})
            running.threads = threads
            running.lanes = lanes
            return (threads, lanes)
        }
    }

    /// The threads speak of models; this is about documents.
    private static func worded(_ error: RAGError) -> RAGError {
        switch error.code {
        case .deadlineExceeded: RAGError(.deadlineExceeded, "the deadline passed while the document waited for a loader or was read")
        case .unavailable:
            RAGError(.unavailable, "no loader process can be started; the log says why", retryAfter: error.retryAfter, cause: error)
        case .overloaded: RAGError(.overloaded, "the loaders are busy or shutting down; retry later", retryAfter: error.retryAfter)
        default: error
        }
    }
}
