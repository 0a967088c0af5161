// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import RAGCore
import RAGHTTP
import RAGPipeline

/// Everything that is configurable, validated.
struct Settings: Sendable {
    var host: String
    var port: Int
    var dataDirectory: String
    /// The Qdrant server that holds everything; nil means the data directory does.
    var qdrant: QdrantPlace?
    var keyring: APIKeyring?
    var maximumConnections: Int
    var caching: CachingSettings
    /// Bytes.
    var indexMemory: Int
    var embedding: EmbeddingSettings
    var python: String?
    /// Worker processes for Python; 0 means in this process.
    var pythonWorkers: Int
    var loading: LoadingSettings
    var reranking: RerankingSettings
    var chunkTokens: Int
    var fusion: Fusion.Method
    /// Nil means the usual one of the method.
    var denseWeight: Float?
    var contextNeighbours: Int
    var generation: GenerationSettings
    var queryPermits: Int
    var limits: RateLimitSettings
    var drain: Duration
    var shutdown: Duration
    var logLevel: Logger.Level

    /// Reads and checks everything.
    /// - Throws: `SettingMistakes` with every mistake there is.
    init(from reader: inout SettingsReader) throws {
        let cores = max(1, ProcessInfo.processInfo.activeProcessorCount)
        host = reader.text(.serverHost) ?? "127.0.0.1"
        port = reader.value(.serverPort, expecting: "a port number, 0 to 65535", fallback: 8080) { Self.integer($0, 0...65_535) }
        dataDirectory = reader.text(.dataDirectory) ?? "./data"
        keyring = Self.keyring(from: &reader)
        maximumConnections = reader.value(.maximumConnections, expecting: "a whole number, 1 to 1000000", fallback: 10_000) {
            Self.integer($0, 1...1_000_000)
        }
        caching = CachingSettings(from: &reader)
        indexMemory = reader.value(.indexMemory, expecting: "a size such as 512MB or 4GB, at least 1MB", fallback: 4 << 30, Self.bytes)
        embedding = EmbeddingSettings(from: &reader, cores: cores)
        python = reader.text(.python)
        pythonWorkers = reader.value(.pythonWorkers, expecting: "a whole number, 0 to 64", fallback: 0) { Self.integer($0, 0...64) }
        loading = LoadingSettings(from: &reader, cores: cores)
        reranking = RerankingSettings(from: &reader)
        chunkTokens = reader.value(.chunkTokens, expecting: "a whole number, 32 to 100000", fallback: 254) {
            Self.integer($0, 32...100_000)
        }
        fusion = reader.value(.fusion, expecting: "absolute, minmax or rrf", fallback: .absolute) {
            ["absolute": .absolute, "minmax": .minMax, "rrf": .reciprocalRank(k: 60)][$0]
        }
        denseWeight = reader.value(.denseWeight, expecting: "auto, or a number from 0 to 1", fallback: nil) { text -> Float?? in
            text == "auto" ? .some(nil) : Float(text).flatMap { (0...1).contains($0) ? .some($0) : nil }
        }
        contextNeighbours = reader.value(.contextNeighbours, expecting: "a whole number, 0 to 8", fallback: 1) {
            Self.integer($0, 0...8)
        }
        generation = GenerationSettings(from: &reader)
        queryPermits = reader.value(.queryPermits, expecting: "auto, or a whole number, 1 to 512", fallback: min(512, 4 * cores)) {
            $0 == "auto" ? min(512, 4 * cores) : Self.integer($0, 1...512)
        }
        limits = RateLimitSettings(from: &reader)
        drain = .seconds(reader.value(.drainSeconds, expecting: "whole seconds, 0 to 600", fallback: 0) { Self.integer($0, 0...600) })
        shutdown = .seconds(
            reader.value(.shutdownSeconds, expecting: "whole seconds, 1 to 3600", fallback: 30) { Self.integer($0, 1...3_600) }
        )
        logLevel = reader.value(.logLevel, expecting: Logger.Level.allCases.map(\.rawValue).joined(separator: ", "), fallback: .info) {
            Logger.Level(rawValue: $0)
        }
        qdrant = QdrantPlace(from: &reader)
        Self.checkTogether(self, &reader)
        if !reader.mistakes.isEmpty { throw SettingMistakes(mistakes: reader.mistakes) }
    }

    private static func checkTogether(_ settings: Settings, _ reader: inout SettingsReader) {
        if settings.keyring == nil, reader.isUnset(.apiKeys), !["127.0.0.1", "::1", "localhost"].contains(settings.host) {
            reader.note(.serverHost, "without API_KEYS only 127.0.0.1, ::1 or localhost is allowed; set API_KEYS to listen elsewhere")
        }
        if settings.limits.isOn, settings.caching.redis != nil, reader.isUnset(.cacheSecret) {
            let why = "servers that count tenants' requests in Redis name them with it"
            reader.note(.cacheSecret, "\(why); set at least 16 characters, the same for all")
        }
    }

    private static func keyring(from reader: inout SettingsReader) -> APIKeyring? {
        guard let text = reader.text(.apiKeys) else { return nil }
        do throws(APIKeyring.Mistakes) {
            return try APIKeyring(parsing: text)
        } catch {
            // The mistakes stop the start: keys that were meant but are wrong must not read as "no keys".
            for sentence in error.sentences { reader.note(.apiKeys, sentence) }
            return nil
        }
    }

    static func integer(_ text: String, _ range: ClosedRange<Int>) -> Int? {
        Int(text).flatMap { range.contains($0) ? $0 : nil }
    }

    /// A size with its unit, at least 1 MB.
    static func bytes(_ text: String) -> Int? {
        let units: [(String, Int)] = [("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10), ("", 1)]
        for (suffix, factor) in units where text.uppercased().hasSuffix(suffix) {
            guard let number = Int(text.dropLast(suffix.count)), number > 0 else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: factor)
            return overflow || product < 1 << 20 ? nil : product
        }
        return nil
    }
}
