// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline

/// How much of the server a tenant may use.
struct RateLimitSettings: Sendable {
    /// Queries a minute; 0 for any number.
    var queries: Int
    /// Documents a minute; 0 for any number.
    var documents: Int
    /// Servers that hand out the same quotas while they cannot count together.
    var replicas: Int

    /// Whether anything is limited.
    var isOn: Bool { queries > 0 || documents > 0 }

    init(from reader: inout SettingsReader) {
        let most = RateQuota.range.upperBound
        queries = reader.value(.rateLimitQueries, expecting: "queries a minute, 0 (off) to \(most)", fallback: 0) {
            Settings.integer($0, 0...most)
        }
        documents = reader.value(.rateLimitDocuments, expecting: "documents a minute, 0 (off) to \(most)", fallback: 0) {
            Settings.integer($0, 0...most)
        }
        replicas = reader.value(.rateLimitReplicas, expecting: "a whole number, 1 to 1000", fallback: 1) {
            Settings.integer($0, RateBucket.Share.range)
        }
    }
}
