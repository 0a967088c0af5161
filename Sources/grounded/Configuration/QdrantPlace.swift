// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGQdrant
import RAGTransport

/// Where Qdrant is and how collections are laid out there.
struct QdrantPlace: Sendable, Hashable {
    var url: UpstreamURL
    var apiKey: String?
    /// A PEM file.
    var certificateAuthority: String?
    var settings: QdrantSettings

    init(url: UpstreamURL, apiKey: String?, certificateAuthority: String? = nil, settings: QdrantSettings) {
        self.url = url
        self.apiKey = apiKey
        self.certificateAuthority = certificateAuthority
        self.settings = settings
    }

    /// Nil where no server is set.
    init?(from reader: inout SettingsReader) {
        let address = reader.text(.qdrantURL)
        apiKey = reader.text(.qdrantKey)
        var settings = QdrantSettings()
        settings.collection = reader.value(
            .qdrantCollection,
            expecting: "1 to 64 characters of a-z A-Z 0-9 _ -",
            fallback: settings.collection
        ) { QdrantSettings.isValid(collection: $0) ? $0 : nil }
        certificateAuthority = reader.text(.qdrantAuthority)
        settings.replicationFactor = reader.value(.qdrantReplication, expecting: "a whole number, 1 to 100", fallback: 1) {
            Settings.integer($0, 1...100)
        }
        settings.writeConsistencyFactor = reader.value(.qdrantConsistency, expecting: "a whole number, 1 to 100", fallback: 1) {
            Settings.integer($0, 1...100)
        }
        settings.shards = reader.value(.qdrantShards, expecting: "a whole number, 1 to 1000", fallback: nil) {
            Settings.integer($0, 1...1_000).map(Optional.some)
        }
        settings.isQuantized = reader.value(.qdrantQuantization, expecting: "off or int8", fallback: false) {
            ["off": false, "int8": true][$0]
        }
        self.settings = settings
        guard let address else { return nil }
        do {
            url = try UpstreamURL(address, setting: SettingKey.qdrantURL.name)
        } catch {
            reader.note(.qdrantURL, error.message)
            return nil
        }
        if settings.writeConsistencyFactor > settings.replicationFactor {
            reader.note(.qdrantConsistency, "is more than QDRANT_REPLICATION_FACTOR: no write could ever count")
        }
    }
}
