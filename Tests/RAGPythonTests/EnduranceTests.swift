// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import Testing

@testable import RAGPython

extension OneAtATime {
    /// Nothing grows with the number of calls. `GROUNDED_CALLS=100000 swift test --filter EnduranceTests` for more than the usual.
    @Suite(.serialized, .enabled(if: PythonFixture.hasPython))
    struct EnduranceTests {
        private static let calls = ProcessInfo.processInfo.environment["GROUNDED_CALLS"].flatMap { Int($0) } ?? 20_000

        #if os(Linux)
            @Test(arguments: [PythonHost.Isolation.inProcess(threads: 2), .workers(2)])
            func memoryAndThreadsStayFlat(_ isolation: PythonHost.Isolation) async throws {
                let host = try PythonFixture.host(isolation)
                let model = try await PythonFixture.faulty(host)
                let reranker = try await host.reranker("fault_injection:FaultyReranker", options: .object([:]), deadline: .never)
                try await run(Self.calls / 5, model, reranker)
                let processes = [getpid()] + host.workers
                let before = try processes.map { try Self.usage(of: $0) }
                try await run(Self.calls, model, reranker)
                #expect(host.workers == Array(processes.dropFirst()))
                for (process, before) in zip(processes, before) {
                    let after = try Self.usage(of: process)
                    print(
                        "\(isolation), process \(process): \(before.kilobytes) kB then \(after.kilobytes) kB, threads \(before.threads), \(after.threads)"
                    )
                    // Suites run side by side in this process; in a worker nothing else does.
                    let slack = process == getpid() ? 64 << 10 : 2 << 10
                    #expect(after.kilobytes <= before.kilobytes + slack)
                    #expect(after.threads <= before.threads + (process == getpid() ? 40 : 0))
                }
            }
        #endif

        /// Four clients; one call in ten fails.
        private func run(_ count: Int, _ model: PythonEmbeddingProvider, _ reranker: PythonReranker) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<4 {
                    group.addTask {
                        for call in 0..<count / 4 {
                            switch (call + client) % 10 {
                            case 0: _ = try? await model.embed(["raise"], as: .query, deadline: .never)
                            case 1: _ = try await reranker.rerank("a b", passages: ["a", "b c"], deadline: .never)
                            case 2: _ = try await model.tokenSpans(of: ["some words"], deadline: .never)
                            default: _ = try await model.embed(["some words"], as: .query, deadline: .never)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }

        private static func usage(of process: Int32) throws -> (kilobytes: Int, threads: Int) {
            let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
            func number(_ key: String) -> Int {
                let line = status.split(separator: "\n").first { $0.hasPrefix(key) } ?? ""
                return Int(line.filter(\.isNumber)) ?? 0
            }
            return (number("VmRSS:"), number("Threads:"))
        }
    }
}
