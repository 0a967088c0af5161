// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
import RAGCore
import RAGModels
import RAGPipeline
import RAGPython
import RAGTransport

/// The models of a server, wherever they run: the only place that knows which settings mean which.
struct Models {
    let embedder: any EmbeddingProvider
    /// Texts that the embedding model likes to get at once.
    let textsPerGroup: Int
    let reranker: (any Reranker)?
    let generator: (any Generator)?
    private let hosts: [PythonHost]

    /// Loads or connects everything that the settings ask for.
    /// - Parameter stored: The fingerprint of the model whose vectors the store holds; nil for a new store.
    /// - Throws: `RAGError` with what to do.
    init(
        _ settings: Settings,
        stored: String?,
        transport: HTTPTransport,
        health: HealthRegistry,
        logger: Logger
    ) async throws {
        let python = PythonModels(settings, health: health, logger: logger)
        do {
            let embedder = try await Self.embedder(settings.embedding, stored: stored, python, transport)
            // Servers gain from batches; a model in Python says what it gains from.
            textsPerGroup = (embedder as? PythonEmbeddingProvider)?.batchSize ?? 32
            self.embedder = ObservedEmbeddingProvider(embedder, health: health)
            reranker = try await Self.reranker(settings, python, transport).map { ObservedReranker($0, health: health) }
            generator = try await Self.generator(settings.generation, python, transport).map { ObservedGenerator($0, health: health) }
        } catch {
            for host in python.started { host.stop() }
            throw error
        }
        hosts = python.started
    }

    /// Ends what was started for them.
    func stop() { for host in hosts { host.stop() } }

    private static func embedder(
        _ settings: EmbeddingSettings,
        stored: String?,
        _ python: PythonModels,
        _ transport: HTTPTransport
    ) async throws -> any EmbeddingProvider {
        switch settings.backend {
        case .onnx:
            let directory = try ModelDirectory.find(settings.model, setting: .embeddingModel)
            return try await python.embedder(
                "grounded_models.onnx_embedder:OnnxEmbedder",
                options: .object(["model_dir": .string(directory), "precision": .string(settings.precision)])
            )
        case .sentenceTransformers:
            return try await python.embedder(
                "grounded_models.sentence_transformers_embedder:SentenceTransformersEmbedder",
                options: .object(["model": .string(settings.model), "device": .string(settings.device)])
            )
        case .python(let name):
            return try await python.embedder(name, options: .object([:]))
        case .openAI:
            return try await OpenAIEmbeddingProvider.connect(
                to: try embeddingServer(settings, transport),
                settings: remote(settings, stored: stored),
                deadline: .after(.seconds(30))
            )
        case .tei:
            return try await TEIEmbeddingProvider.connect(
                to: try embeddingServer(settings, transport),
                settings: remote(settings, stored: stored),
                deadline: .after(.seconds(30))
            )
        }
    }

    private static func embeddingServer(_ settings: EmbeddingSettings, _ transport: HTTPTransport) throws -> ModelServer {
        let base = try UpstreamURL(settings.url ?? "", setting: SettingKey.embeddingURL.name)
        return ModelServer(
            upstream: Upstream(name: "the embedding server", base: base),
            transport: transport,
            role: .embedding,
            apiKey: settings.key
        )
    }

    private static func remote(_ settings: EmbeddingSettings, stored: String?) -> EmbeddingServerSettings {
        EmbeddingServerSettings(
            model: settings.model,
            queryPrefix: settings.queryPrefix,
            passagePrefix: settings.passagePrefix,
            maximumTokens: settings.maximumTokens,
            fingerprint: .probe(stored: stored)
        )
    }

    private static func reranker(
        _ settings: Settings,
        _ python: PythonModels,
        _ transport: HTTPTransport
    ) async throws -> (any Reranker)? {
        let reranking = settings.reranking
        guard let backend = reranking.backend else { return nil }
        let model = reranking.model ?? settings.embedding.model
        let precision = JSONValue.string(settings.embedding.precision)
        switch backend {
        case .lateInteraction:
            return try await python.reranker(
                "grounded_models.late_interaction:LateInteractionReranker",
                options: .object(["model_dir": .string(try ModelDirectory.find(model, setting: .rerankerModel)), "precision": precision])
            )
        case .onnx:
            // In fp32, its default: what int8 costs a cross-encoder is not measured.
            return try await python.reranker(
                "grounded_models.onnx_reranker:OnnxReranker",
                options: .object(["model_dir": .string(try ModelDirectory.find(model, setting: .rerankerModel))])
            )
        case .sentenceTransformers:
            return try await python.reranker(
                "grounded_models.sentence_transformers_reranker:SentenceTransformersReranker",
                options: .object(["model": .string(model), "device": .string(settings.embedding.device)])
            )
        case .python(let name): return try await python.reranker(name, options: .object([:]))
        case .tei: return try server(.tei, reranking, transport)
        case .cohere: return try server(.cohere, reranking, transport)
        case .jina: return try server(.jina, reranking, transport)
        }
    }

    private static func server(
        _ dialect: RerankDialect,
        _ settings: RerankingSettings,
        _ transport: HTTPTransport
    ) throws -> HTTPReranker {
        let base = try UpstreamURL(settings.url ?? "", setting: SettingKey.rerankerURL.name)
        let server = ModelServer(
            upstream: Upstream(name: "the reranking server", base: base),
            transport: transport,
            role: .reranking,
            apiKey: settings.key
        )
        return HTTPReranker(server: server, dialect: dialect, model: settings.model)
    }

    private static func generator(
        _ settings: GenerationSettings,
        _ python: PythonModels,
        _ transport: HTTPTransport
    ) async throws -> (any Generator)? {
        guard let model = settings.model else { return nil }
        switch settings.backend {
        case .openAI:
            let base = try UpstreamURL(settings.baseURL ?? "https://api.openai.com/v1", setting: SettingKey.openAIBaseURL.name)
            return OpenAIGenerator(
                upstream: Upstream(name: "the language model", base: base),
                settings: OpenAISettings(model: model, apiKey: settings.key),
                transport: transport
            )
        case .pythonOpenAI:
            return try await python.generator(
                "grounded_models.openai_generator:OpenAIGenerator",
                options: .object([
                    "model": .string(model), "base_url": settings.baseURL.map(JSONValue.string) ?? .null,
                    "api_key": settings.key.map(JSONValue.string) ?? .null,
                ])
            )
        case .xllamacpp:
            return try await python.generator(
                "grounded_models.xllamacpp_generator:XllamaCppGenerator",
                options: .object(["model_path": .string(model)])
            )
        case .python(let name): return try await python.generator(name, options: .object(["model": .string(model)]))
        }
    }
}
