// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import grounded

@Suite("Settings") struct SettingsTests {
    private func settings(_ environment: [String: String], flags: [String: String] = [:], file: String? = nil) async throws -> Settings {
        var reader = try await SettingsReader(flags: flags, environment: environment, file: file)
        return try Settings(from: &reader)
    }

    private func mistakes(_ environment: [String: String], file: String? = nil) async throws -> [SettingMistake] {
        let error = await #expect(throws: SettingMistakes.self) { _ = try await settings(environment, file: file) }
        return error?.mistakes ?? []
    }

    private func temporary(_ text: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func defaultsAreInForceWhereNothingIsSet() async throws {
        let settings = try await settings([:])
        #expect(settings.host == "127.0.0.1" && settings.port == 8080 && settings.caching.size == 10_000)
        #expect(
            settings.indexMemory == 4 << 30 && settings.denseWeight == nil && "\(settings.fusion)" == "absolute" && settings.keyring == nil
        )
    }

    @Test func allMistakesAreReportedAtOnceWithTheirRemedies() async throws {
        let found = try await mistakes([
            "SERVER_PORT": "eighty", "CACHE_SIZE": "-1", "DENSE_WEIGHT": "2", "FUSION": "sum", "INDEX_MEMORY": "lots",
            "EMBEDDING_BACKEND": "rust", "OPENAI_BASE_URL": "ftp://x", "REDIS_URL": "http://x", "LOG_LEVEL": "loud",
            "CACHE_SECRET": "short", "PYTHON_WORKERS": "many", "RERANK_WEIGHT": "-1", "RESULT_CACHE_MEMORY": "some",
        ])
        let keys = Set(found.map(\.key))
        let expected: Set<String> = [
            "SERVER_PORT", "CACHE_SIZE", "DENSE_WEIGHT", "FUSION", "INDEX_MEMORY", "EMBEDDING_BACKEND", "OPENAI_BASE_URL", "REDIS_URL",
            "LOG_LEVEL", "CACHE_SECRET", "PYTHON_WORKERS", "RERANK_WEIGHT", "RESULT_CACHE_MEMORY",
        ]
        #expect(keys.isSuperset(of: expected))
        #expect(found.allSatisfy { !$0.remedy.isEmpty })
    }

    @Test func withoutKeysOnlyLoopbackIsAllowed() async throws {
        let found = try await mistakes(["SERVER_HOST": "0.0.0.0"])
        #expect(found.count == 1 && found[0].key == "SERVER_HOST" && found[0].remedy.contains("API_KEYS"))
        let open = try await settings(["SERVER_HOST": "0.0.0.0", "API_KEYS": "acme:admin:a-long-random-key-0123"])
        #expect(open.host == "0.0.0.0")
    }

    @Test func wrongKeysAreNotReadAsNoKeysAndNeverShown() async throws {
        let found = try await mistakes(["API_KEYS": "acme:owner:secret-secret-secret"])
        #expect(found.contains { $0.key == "API_KEYS" })
        #expect(!"\(SettingMistakes(mistakes: found))".contains("secret-secret"))
    }

    @Test func flagsGoBeforeTheEnvironmentAndThatBeforeTheFile() async throws {
        let file = try temporary("server_port: 1001\ncache_size: 7\nfusion: rrf\n")
        defer { try? FileManager.default.removeItem(atPath: file) }
        let settings = try await settings(["SERVER_PORT": "1002", "CACHE_SIZE": "8"], flags: ["SERVER_PORT": "1003"], file: file)
        #expect(settings.port == 1003 && settings.caching.size == 8 && "\(settings.fusion)" == "reciprocalRank(k: 60.0)")
    }

    @Test func unknownNamesInTheFileAreMistakes() async throws {
        let file = try temporary("server_prot: 1001\n")
        defer { try? FileManager.default.removeItem(atPath: file) }
        let found = try await mistakes([:], file: file)
        #expect(found.map(\.key) == ["server_prot"])
    }

    @Test func aLanguageModelNeedsAServer() async throws {
        #expect(try await mistakes(["LM_MODEL": "m"]).map(\.key) == ["LM_MODEL"])
        #expect(try await mistakes(["OPENAI_API_KEY": "k"]).map(\.key) == ["LM_MODEL"])
    }

    @Test func modelsBehindServersNeedTheirAddresses() async throws {
        #expect(try await mistakes(["EMBEDDING_BACKEND": "openai"]).map(\.key) == ["EMBEDDING_URL"])
        #expect(try await mistakes(["EMBEDDING_URL": "http://127.0.0.1:1"]).map(\.key) == ["EMBEDDING_URL"])
        #expect(try await mistakes(["RERANKER": "tei"]).map(\.key) == ["RERANKER_URL"])
        #expect(try await mistakes(["RERANKER": "cohere", "RERANKER_URL": "http://127.0.0.1:1"]).map(\.key) == ["RERANKER_MODEL"])
        #expect(try await mistakes(["RERANK": "on"]).map(\.key) == ["RERANKER"])
        let settings = try await settings([
            "EMBEDDING_BACKEND": "python:my_module:MyEmbedder", "RERANKER": "late-interaction", "LM_BACKEND": "xllamacpp",
            "LM_MODEL": "model.gguf",
        ])
        #expect(settings.embedding.backend == .python("my_module:MyEmbedder"))
        #expect(settings.reranking.backend == .lateInteraction && settings.generation.backend == .xllamacpp)
    }

    @Test func thePasswordOfTheCacheIsNeverShown() async throws {
        var reader = try await SettingsReader(
            flags: [:],
            environment: ["REDIS_URL": "redis://me:secret-secret@127.0.0.1", "CACHE_SECRET": "secret-secret-secret"],
            file: nil
        )
        let settings = try Settings(from: &reader)
        #expect(settings.caching.redis != nil && settings.caching.secret != nil)
        #expect(!reader.entries.contains { $0.shown.contains("secret") })
    }
}
