// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Synchronization
import Testing

@testable import RAGPython

extension OneAtATime {
    @Suite(.enabled(if: PythonFixture.hasPython))
    struct PythonGeneratorTests {
        static let isolations: [PythonHost.Isolation] = [.inProcess(threads: 2), .workers(2)]

        private func generator(_ isolation: PythonHost.Isolation) async throws -> PythonGenerator {
            try await PythonFixture.host(isolation)
                .generator("fault_injection:FaultyGenerator", options: .object([:]), deadline: .after(.seconds(60)))
        }

        private func answer(_ generator: PythonGenerator, _ user: String, within time: Duration = .seconds(30)) async throws
            -> [GenerationEvent]
        {
            let events = Mutex<[GenerationEvent]>([])
            try await generator.generate(Prompt(system: "S", user: user), options: GenerationOptions(deadline: .after(time))) { event in
                events.withLock { $0.append(event) }
            }
            return events.withLock { $0 }
        }

        private func text(_ events: [GenerationEvent]) -> String {
            events.map { if case .text(let text) = $0 { text } else { "" } }.joined()
        }

        @Test(arguments: isolations) func sendsTheTextInOrderAndThenTheEnd(_ isolation: PythonHost.Isolation) async throws {
            let generator = try await generator(isolation)
            #expect(generator.model == "faulty-generator")
            for user in ["one two 日本🎉", "slow start"] {
                let events = try await answer(generator, user)
                #expect(text(events) == "S " + user)
                let count = user.split(separator: " ").count
                #expect(events.last == .finished(reason: "length", promptTokens: 3, completionTokens: count))
            }
            let plain = try await answer(generator, "closed")
            #expect(plain.last == .finished(reason: "stop", promptTokens: nil, completionTokens: nil))
        }

        @Test(arguments: isolations) func handsTheOptionsOver(_ isolation: PythonHost.Isolation) async throws {
            let events = try await answer(try await generator(isolation), "options")
            let options = try JSONValue(parsing: Array(text(events).utf8))
            #expect(options["maximum_tokens"]?.integer == 512 && options["temperature"]?.number == 0)
            let time = try #require(options["timeout_seconds"]?.number)
            #expect(time > 20 && time <= 30)
        }

        @Test(arguments: isolations) func anExceptionOnTheWayIsAnError(_ isolation: PythonHost.Isolation) async throws {
            let generator = try await generator(isolation)
            for (user, type) in [("raise", "RuntimeError"), ("number", "TypeError")] {
                let error = await #expect(throws: RAGError.self) { try await answer(generator, user) }
                #expect(error?.code == .unavailable)
                #expect((error?.cause as? PythonError)?.type == type)
            }
            let fine = try await answer(generator, "fine")
            #expect(text(fine) == "S fine")
        }

        @Test(arguments: isolations) func cancellingAndThrowingEndTheGenerator(_ isolation: PythonHost.Isolation) async throws {
            let host = try PythonFixture.host(isolation == .workers(2) ? .workers(1) : isolation)
            let generator = try await host.generator(
                "fault_injection:FaultyGenerator",
                options: .object([:]),
                deadline: .after(.seconds(60))
            )
            func closed() async throws -> Int { Int(text(try await answer(generator, "closed"))) ?? -1 }
            let before = try await closed()
            struct Enough: Error {}
            await #expect(throws: Enough.self) {
                try await generator.generate(
                    Prompt(system: "", user: "forever"),
                    options: GenerationOptions(deadline: .after(.seconds(30)))
                ) {
                    _ in
                    throw Enough()
                }
            }
            let task = Task { try await answer(generator, "forever") }
            try await Task.sleep(for: .milliseconds(300))
            task.cancel()
            let error = await #expect(throws: RAGError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            let start = ContinuousClock.now
            var after = before
            while after < before + 2, start.duration(to: .now) < .seconds(5) {
                try await Task.sleep(for: .milliseconds(20))
                after = try await closed()
            }
            #expect(after == before + 2)
            #expect(start.duration(to: .now) < .seconds(1))
        }

        @Test(arguments: isolations) func theDeadlineEndsAGeneratorThatIsStuck(_ isolation: PythonHost.Isolation) async throws {
            let generator = try await generator(isolation)
            let start = ContinuousClock.now
            let error = await #expect(throws: RAGError.self) { try await answer(generator, "stuck", within: .milliseconds(500)) }
            #expect(error?.code == .deadlineExceeded)
            #expect(start.duration(to: .now) < .seconds(3))
            let fine = try await answer(generator, "fine")
            #expect(text(fine) == "S fine")
        }

        @Test func aWorkerThatDiesTakesItsStreamAlone() async throws {
            let generator = try await generator(.workers(2))
            let error = await #expect(throws: RAGError.self) { try await answer(generator, "die") }
            #expect(error?.code == .unavailable)
            for _ in 0..<4 {
                let fine = try await answer(generator, "fine")
                #expect(text(fine) == "S fine")
            }
        }
    }
}
