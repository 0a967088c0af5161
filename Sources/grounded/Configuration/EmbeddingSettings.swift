// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Which model embeds, and where it runs.
struct EmbeddingSettings: Sendable {
    enum Backend: Sendable, Hashable {
        case onnx
        case sentenceTransformers
        case openAI
        case tei
        /// `module:Class`.
        case python(String)
    }

    var backend: Backend
    /// A model's name or directory.
    var model: String
    /// `int8` or `fp32`.
    var precision: String
    /// `cpu`, `cuda` or `mps`.
    var device: String
    var url: String?
    var key: String?
    var queryPrefix: String
    var passagePrefix: String
    var maximumTokens: Int?
    /// Texts embedded at the same time.
    var threads: Int

    init(from reader: inout SettingsReader, cores: Int) {
        backend = reader.value(
            .embeddingBackend,
            expecting: "onnx, sentence-transformers, openai, tei, or python:module:Class",
            fallback: .onnx,
            Self.backend
        )
        model = reader.text(.embeddingModel) ?? "all-MiniLM-L6-v2"
        precision = reader.value(.embeddingPrecision, expecting: "int8 or fp32", fallback: "int8") {
            ["int8", "fp32"].contains($0) ? $0 : nil
        }
        device = reader.value(.embeddingDevice, expecting: "cpu, cuda or mps", fallback: "cpu") {
            ["cpu", "cuda", "mps"].contains($0) ? $0 : nil
        }
        url = ModelBackend.url(.embeddingURL, from: &reader)
        key = reader.text(.embeddingKey)
        queryPrefix = reader.text(.embeddingQueryPrefix) ?? ""
        passagePrefix = reader.text(.embeddingPassagePrefix) ?? ""
        maximumTokens = reader.value(.embeddingMaximumTokens, expecting: "a whole number, 32 to 1000000", fallback: nil) {
            Settings.integer($0, 32...1_000_000).map(Optional.some)
        }
        // One more than there are cores: while one hands its result over, the others keep the cores busy.
        threads = reader.value(.embeddingThreads, expecting: "auto, or a whole number, 1 to 256", fallback: cores + 1) {
            $0 == "auto" ? cores + 1 : Settings.integer($0, 1...256)
        }
        let isRemote = backend == .openAI || backend == .tei
        if isRemote, url == nil, reader.isUnset(.embeddingURL) {
            reader.note(.embeddingURL, "set it to the server that EMBEDDING_BACKEND names")
        }
        if !isRemote, url != nil { reader.note(.embeddingURL, "is for EMBEDDING_BACKEND=openai or tei; unset it") }
    }

    private static func backend(_ text: String) -> Backend? {
        switch text {
        case "onnx": .onnx
        case "sentence-transformers": .sentenceTransformers
        case "openai": .openAI
        case "tei": .tei
        default: ModelBackend.pythonClass(text).map(Backend.python)
        }
    }
}
