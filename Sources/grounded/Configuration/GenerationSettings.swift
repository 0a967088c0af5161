// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Which language model writes answers, and where it runs.
struct GenerationSettings: Sendable {
    enum Backend: Sendable, Hashable {
        /// Our own client of an OpenAI-compatible server.
        case openAI
        /// The `openai` package for Python.
        case pythonOpenAI
        case xllamacpp
        /// `module:Class`.
        case python(String)

        /// Whether it asks a server.
        var isRemote: Bool { self == .openAI || self == .pythonOpenAI }
    }

    var backend: Backend
    /// The model's name, or the file of a local one; nil leaves answers to be extracted.
    var model: String?
    var key: String?
    var baseURL: String?

    init(from reader: inout SettingsReader) {
        model = reader.text(.languageModel)
        backend = reader.value(
            .languageBackend,
            expecting: "openai, python-openai, xllamacpp or python:module:Class",
            fallback: .openAI,
            Self.backend
        )
        key = reader.text(.openAIKey)
        baseURL = ModelBackend.url(.openAIBaseURL, from: &reader)
        if model == nil {
            if key != nil || baseURL != nil {
                reader.note(.languageModel, "set LM_MODEL to the model that shall answer, or unset OPENAI_API_KEY and OPENAI_BASE_URL")
            } else if backend != .openAI {
                reader.note(.languageModel, "set LM_MODEL to the model that shall answer, or unset LM_BACKEND")
            }
        } else if backend.isRemote, key == nil, baseURL == nil {
            reader.note(.languageModel, "set OPENAI_BASE_URL or OPENAI_API_KEY too, so that there is a server to ask")
        }
    }

    private static func backend(_ text: String) -> Backend? {
        switch text {
        case "openai": .openAI
        case "python-openai": .pythonOpenAI
        case "xllamacpp": .xllamacpp
        default: ModelBackend.pythonClass(text).map(Backend.python)
        }
    }
}
