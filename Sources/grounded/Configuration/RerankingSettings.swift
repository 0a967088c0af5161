// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Which model reranks, where it runs, and how much it counts.
struct RerankingSettings: Sendable {
    enum Backend: Sendable, Hashable {
        case lateInteraction
        case onnx
        case sentenceTransformers
        case tei
        case cohere
        case jina
        /// `module:Class`.
        case python(String)

        var isRemote: Bool { [.tei, .cohere, .jina].contains(self) }
    }

    /// nil means that nothing is reranked.
    var backend: Backend?
    var model: String?
    var url: String?
    var key: String?
    /// Whether queries that do not say are reranked.
    var isDefault: Bool
    /// Passages per query.
    var candidates: Int
    /// 0 to 1.
    var weight: Float
    var limit: Duration

    init(from reader: inout SettingsReader) {
        backend = reader.value(
            .reranker,
            expecting: "late-interaction, onnx, sentence-transformers, tei, cohere, jina or python:module:Class",
            fallback: nil
        ) { Self.backend($0).map(Optional.some) }
        model = reader.text(.rerankerModel)
        url = ModelBackend.url(.rerankerURL, from: &reader)
        key = reader.text(.rerankerKey)
        isDefault = reader.value(.rerank, expecting: "on or off", fallback: false) { ["on": true, "off": false][$0] }
        candidates = reader.value(.rerankCandidates, expecting: "a whole number, 1 to 200", fallback: 20) { Settings.integer($0, 1...200) }
        weight = reader.value(.rerankWeight, expecting: "a number from 0 to 1", fallback: 0.2) {
            Float($0).flatMap { (0...1).contains($0) ? $0 : nil }
        }
        limit = .milliseconds(
            reader.value(.rerankMilliseconds, expecting: "milliseconds, 10 to 60000", fallback: 1_000) { Settings.integer($0, 10...60_000) }
        )
        check(&reader)
    }

    private func check(_ reader: inout SettingsReader) {
        guard let backend else {
            if isDefault, reader.isUnset(.reranker) { reader.note(.reranker, "RERANK=on needs a reranker; set RERANKER, or RERANK=off") }
            return
        }
        if backend.isRemote, url == nil, reader.isUnset(.rerankerURL) {
            reader.note(.rerankerURL, "set it to the server that RERANKER names")
        }
        if !backend.isRemote, url != nil { reader.note(.rerankerURL, "is for RERANKER=tei, cohere or jina; unset it") }
        if [.onnx, .sentenceTransformers, .cohere, .jina].contains(backend), model == nil {
            reader.note(.rerankerModel, "set it to the model that RERANKER shall use")
        }
    }

    private static func backend(_ text: String) -> Backend? {
        switch text {
        case "late-interaction": .lateInteraction
        case "onnx": .onnx
        case "sentence-transformers": .sentenceTransformers
        case "tei": .tei
        case "cohere": .cohere
        case "jina": .jina
        default: ModelBackend.pythonClass(text).map(Backend.python)
        }
    }
}
