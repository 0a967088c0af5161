// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

@testable import RAGPython

@Suite(.enabled(if: PythonFixture.hasPython))
struct PythonEmbeddingProviderTests {
    @Test func aThousandExceptionsAreErrorsOfTheirOwnRequests() async throws {
        let model = try await PythonFixture.faulty(threads: PythonFixture.threads(2))
        for _ in 0..<1_000 {
            let error = await #expect(throws: RAGError.self) {
                try await model.embed(["fine", "raise"], as: .query, deadline: .after(.seconds(10)))
            }
            #expect(error?.code == .unavailable)
            #expect((error?.cause as? PythonError)?.type == "ValueError")
            let other = try await model.embed(["fine"], as: .query, deadline: .after(.seconds(10)))
            #expect(other.count == 1)
        }
        let fine = try await model.embed(["fine"], as: .query, deadline: .after(.seconds(10)))
        #expect(fine.values == [0.5, 0.5, 0.5, 0.5])
    }

    @Test(arguments: ["wide", "nan", "none", "double", "exit"])
    func aWrongResultIsAnUnavailableModel(_ command: String) async throws {
        let model = try await PythonFixture.faulty(threads: PythonFixture.threads())
        let error = await #expect(throws: RAGError.self) {
            try await model.embed([command], as: .passage, deadline: .after(.seconds(10)))
        }
        #expect(error?.code == .unavailable)
    }

    @Test(arguments: ["raise", "outside", "wide"])
    func wrongSpansAreAnUnavailableTokenizer(_ text: String) async throws {
        let model = try await PythonFixture.faulty(threads: PythonFixture.threads())
        let error = await #expect(throws: RAGError.self) {
            try await model.tokenSpans(of: ["fine", text], deadline: .after(.seconds(10)))
        }
        #expect(error?.code == .unavailable)
    }

    @Test func readsTheSpaceFromTheModelAndRefusesOneWithoutMethods() async throws {
        let threads = try PythonFixture.threads()
        let model = try await PythonFixture.faulty(threads: threads, dimension: 7)
        #expect(model.space.dimension == 7)
        let error = await #expect(throws: RAGError.self) {
            _ = try await PythonEmbeddingProvider.load(
                "fault_injection:Unfinished",
                options: .object([:]),
                runtime: PythonFixture.runtime(),
                threads: threads,
                deadline: .after(.seconds(10))
            )
        }
        #expect(error?.code == .invalidConfiguration)
        let negative = await #expect(throws: RAGError.self) { try await PythonFixture.faulty(threads: threads, dimension: -1) }
        #expect(negative?.code == .invalidConfiguration)
    }
}
