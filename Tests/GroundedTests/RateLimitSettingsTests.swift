// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Testing

@testable import grounded

@Suite struct RateLimitSettingsTests {
    private func settings(_ environment: [String: String]) async throws -> Settings {
        var reader = try await SettingsReader(flags: [:], environment: environment, file: nil)
        return try Settings(from: &reader)
    }

    @Test func nothingIsLimitedUnlessItIsSet() async throws {
        let limits = try await settings(["REDIS_URL": "redis://127.0.0.1"]).limits
        #expect(!limits.isOn && limits.replicas == 1)
    }

    @Test func figuresOutOfRangeAreMistakes() async throws {
        let environment = ["RATE_LIMIT_QUERIES": "-1", "RATE_LIMIT_DOCUMENTS": "1000001", "RATE_LIMIT_REPLICAS": "0"]
        let error = await #expect(throws: SettingMistakes.self) { _ = try await settings(environment) }
        #expect(Set(error?.mistakes.map(\.key) ?? []) == Set(environment.keys))
    }

    @Test func serversThatCountTogetherNeedTheSameSecret() async throws {
        var environment = ["RATE_LIMIT_QUERIES": "60", "REDIS_URL": "redis://127.0.0.1"]
        let error = await #expect(throws: SettingMistakes.self) { _ = try await settings(environment) }
        #expect(error?.mistakes.map(\.key) == ["CACHE_SECRET"])
        environment["CACHE_SECRET"] = "0123456789abcdef"
        #expect(try await settings(environment).limits.isOn)
        environment["REDIS_URL"] = nil
        environment["CACHE_SECRET"] = nil
        #expect(try await settings(environment).limits.queries == 60)
    }
}
