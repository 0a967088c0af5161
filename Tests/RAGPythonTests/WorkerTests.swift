// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import Testing

@testable import RAGPython

/// What only worker processes can do: end badly, without harm.
@Suite(.enabled(if: PythonFixture.hasPython))
struct WorkerTests {
    private let soon = Deadline.after(.seconds(120))

    /// Waits until the host has `count` workers that are none of `old`.
    private func newWorkers(of host: PythonHost, count: Int, without old: [Int32], within time: Duration) async throws -> [Int32] {
        let end = ContinuousClock.now.advanced(by: time)
        while ContinuousClock.now < end {
            let now = host.workers
            if now.count == count, Set(now).isDisjoint(with: old) { return now }
            try await Task.sleep(for: .milliseconds(20))
        }
        return []
    }

    @Test(arguments: ["segfault", "die", "blurt", "announce"])
    func aWorkerThatEndsOrBreaksTheProtocolCostsOneRequest(_ command: String) async throws {
        let host = try PythonFixture.host(.workers(1))
        let model = try await PythonFixture.faulty(host)
        let before = host.workers
        let error = await #expect(throws: RAGError.self) { try await model.embed([command], as: .query, deadline: soon) }
        #expect(error?.code == .unavailable)
        let fine = try await model.embed(["fine"], as: .query, deadline: .after(.seconds(5)))
        #expect(fine.count == 1)
        #expect(Set(host.workers).isDisjoint(with: before))
    }

    @Test func twentyHangsAndTwentySegfaultsCostFortyRequests() async throws {
        let host = try PythonFixture.host(.workers(2), limits: PythonThreads.Limits(killGrace: .milliseconds(100)))
        let model = try await PythonFixture.faulty(host)
        let outcomes = await withTaskGroup(of: (command: String, code: RAGError.Code?).self) { group in
            // Clients that ask one request after the other; every fifth is bad.
            for client in 0..<4 {
                group.addTask {
                    for round in 0..<10 {
                        let bad = (client + round) % 2 == 0 ? "loop" : "segfault"
                        let deadline = bad == "loop" ? Deadline.after(.seconds(2)) : .after(.seconds(60))
                        let start = ContinuousClock.now
                        // A hang is known by its deadline, a crash at once; the breaker never opens.
                        let code = await failure { try await model.embed([bad], as: .query, deadline: deadline) }
                        guard code == (bad == "loop" ? .deadlineExceeded : .unavailable) else { return (bad, code) }
                        for _ in 0..<4 {
                            let other = await failure { try await model.embed(["fine"], as: .query, deadline: .after(.seconds(60))) }
                            if let other { return ("fine after \(bad), \(start.duration(to: .now))", other) }
                        }
                    }
                    return ("all", nil)
                }
            }
            var all: [(command: String, code: RAGError.Code?)] = []
            for await outcome in group { all.append(outcome) }
            return all
        }
        #expect(outcomes.allSatisfy { $0.command == "all" }, "\(outcomes)")
        #expect(!host.isHung)
    }

    @Test func workersAreBackWithinFiveSecondsAndLeakNothing() async throws {
        let host = try PythonFixture.host(.workers(2))
        let model = try await PythonFixture.faulty(host)
        let descriptors = Self.openDescriptors()
        for _ in 0..<5 {
            let before = host.workers
            for process in before { kill(process, SIGKILL) }
            let after = try await newWorkers(of: host, count: 2, without: before, within: .seconds(5))
            #expect(after.count == 2)
            let fine = try await model.embed(["fine", "fine", "fine", "fine"], as: .passage, deadline: .after(.seconds(5)))
            #expect(fine.count == 4)
        }
        // Other suites run beside this one, so the count may differ a little, but not by one per worker.
        if let descriptors, let now = Self.openDescriptors() { #expect(now <= descriptors + 8) }
    }

    #if os(Linux)
        @Test func aWorkerHasItsSocketAndNothingElse() async throws {
            let secret = open("/etc/hostname", O_RDONLY)
            defer { close(secret) }
            let host = try PythonFixture.host(.workers(1))
            _ = try await PythonFixture.faulty(host)
            let process = try #require(host.workers.first)
            let folder = "/proc/\(process)/fd"
            let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(files == ["0", "1", "2", "3"])
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/0") == "/dev/null")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/3").hasPrefix("socket:"))
            let group = getpgid(process)
            #expect(group == process)
        }
    #endif

    @Test func workersEndWithTheirHost() async throws {
        var host: PythonHost? = try PythonFixture.host(.workers(2))
        var model: PythonEmbeddingProvider? = try await PythonFixture.faulty(try #require(host))
        let processes = host?.workers ?? []
        #expect(processes.count == 2 && model != nil)
        model = nil
        host = nil
        let end = ContinuousClock.now.advanced(by: .seconds(5))
        while processes.contains(where: { kill($0, 0) == 0 }), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
        #expect(processes.allSatisfy { kill($0, 0) != 0 })
    }

    @Test func aStopFailsWhatRunsAtOnce() async throws {
        let host = try PythonFixture.host(.workers(1))
        let model = try await PythonFixture.faulty(host)
        let task = Task { try await model.embed(["loop"], as: .query, deadline: .after(.seconds(60))) }
        try await Task.sleep(for: .milliseconds(300))
        let start = ContinuousClock.now
        host.stop()
        let error = await #expect(throws: RAGError.self) { try await task.value }
        #expect(error?.code == .overloaded)
        #expect(start.duration(to: .now) < .seconds(2))
    }

    @Test func workersThatCannotStartAreACleanError() async throws {
        let places = PythonPlaces(named: PythonFixture.interpreter, workingDirectory: "/nonexistent", programDirectory: "/nonexistent/bin")
        let host = try PythonHost(places, isolation: .workers(2), logger: PythonFixture.silent)
        let start = ContinuousClock.now
        let error = await #expect(throws: RAGError.self) {
            try await host.embedder("fault_injection:FaultyEmbedder", options: .object([:]), deadline: .after(.seconds(60)))
        }
        #expect(error?.code == .unavailable)
        #expect(start.duration(to: .now) < .seconds(20))
    }

    @Test func aSlowCallIsNotKilledForItsCallersDeadline() async throws {
        let host = try PythonFixture.host(.workers(1))
        let model = try await PythonFixture.faulty(host)
        let before = host.workers
        let error = await #expect(throws: RAGError.self) {
            try await model.embed(["sleep 0.5"], as: .query, deadline: .after(.milliseconds(100)))
        }
        #expect(error?.code == .deadlineExceeded)
        let fine = try await model.embed(["noise"], as: .query, deadline: soon)
        #expect(fine.count == 1 && host.workers == before)
    }

    @Test func saysWhatWasFound() throws {
        let report = try PythonHost.find(PythonFixture.places, isolation: .workers(3))
        #expect(report.executable == PythonFixture.interpreter && report.library == nil)
        #expect(report.description.contains("3 worker processes"))
        let inside = try PythonHost.find(PythonFixture.places, isolation: .inProcess(threads: 2))
        #expect(inside.library != nil && inside.description.contains("2 threads"))
    }

    private static func openDescriptors() -> Int? {
        try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }

    /// What a call throws, nil if it succeeds.
    private func failure(_ body: () async throws -> EmbeddingMatrix) async -> RAGError.Code? {
        do {
            _ = try await body()
            return nil
        } catch {
            return (error as? RAGError)?.code ?? .internal
        }
    }
}
