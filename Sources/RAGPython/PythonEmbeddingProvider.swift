// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// An embedding model that runs in Python inside this process.
package final class PythonEmbeddingProvider: EmbeddingProvider {
    package let space: EmbeddingSpace
    private let threads: PythonThreads
    private let embedMethod: PythonObject
    private let spansMethod: PythonObject

    /// The model that comes with the product.
    package static let onnxEmbedder = "grounded_models.onnx_embedder:OnnxEmbedder"

    /// Texts of up to this many bytes together are counted ahead of documents that wait.
    private static let shortTextBytes = 4096
    private static let textsPerSpanPart = 8

    private init(space: EmbeddingSpace, threads: PythonThreads, embedMethod: PythonObject, spansMethod: PythonObject) {
        self.space = space
        self.threads = threads
        self.embedMethod = embedMethod
        self.spansMethod = spansMethod
    }

    /// Loads a model.
    ///
    /// - Parameters:
    ///   - name: `module:Class`; the class is found on `sys.path`.
    ///   - options: Keyword arguments of the class, as a JSON object; `model_dir` for `onnxEmbedder`.
    ///   - deadline: Models load in seconds.
    /// - Throws: `invalidConfiguration` with the Python exception as its cause, `unavailable`, `deadlineExceeded`, `cancelled`.
    package static func load(
        _ name: String = onnxEmbedder,
        options: JSONValue,
        runtime: PythonRuntime,
        threads: PythonThreads,
        deadline: Deadline
    ) async throws(RAGError) -> PythonEmbeddingProvider {
        let step = "loading the embedding model"
        let providers = try await threads.run(priority: .query, deadline: deadline, step: step) { _ throws(RAGError) in
            let info: String
            let embedMethod: PythonObject
            let spansMethod: PythonObject
            do throws(PythonError) {
                let model = try runtime.instantiate(name, options: options)
                info = try model.attribute("info").text([])
                embedMethod = try model.attribute("embed")
                spansMethod = try model.attribute("token_spans")
            } catch {
                throw RAGError(.invalidConfiguration, "the embedding model \(name) cannot be loaded", cause: error)
            }
            return PythonEmbeddingProvider(
                space: try EmbeddingSpace(info: info),
                threads: threads,
                embedMethod: embedMethod,
                spansMethod: spansMethod
            )
        }
        guard let provider = providers.first else { throw RAGError(.internal, "the embedding model was not loaded") }
        return provider
    }

    package func embed(
        _ texts: [String],
        as role: EmbeddingRole,
        deadline: Deadline
    ) async throws(RAGError) -> EmbeddingMatrix {
        let space = space
        let method = embedMethod
        // Each text alone: its vector does not depend on its neighbours, and a query waits for one text at most.
        let rows = try await threads.run(
            parts: texts.count,
            priority: role == .query ? .query : .ingest,
            deadline: deadline,
            step: "embedding"
        ) { index throws(RAGError) in
            try Self.row(of: texts[index], role: role, method: method, space: space)
        }
        var values: [Float] = []
        values.reserveCapacity(rows.count * space.dimension)
        for row in rows { values.append(contentsOf: row) }
        return try EmbeddingMatrix(dimension: space.dimension, values: values)
    }

    package func tokenSpans(of texts: [String], deadline: Deadline) async throws(RAGError) -> [TokenSpans] {
        let method = spansMethod
        let size = Self.textsPerSpanPart
        let isShort = texts.reduce(0) { $0 + $1.utf8.count } <= Self.shortTextBytes
        let groups = try await threads.run(
            parts: (texts.count + size - 1) / size,
            priority: isShort ? .query : .ingest,
            deadline: deadline,
            step: "counting tokens"
        ) { index throws(RAGError) in
            let part = texts[index * size..<min(texts.count, (index + 1) * size)]
            do throws(PythonError) {
                let spans = try method.spans(part)
                return spans
            } catch {
                throw RAGError(.unavailable, "the embedding model's tokenizer failed", cause: error)
            }
        }
        let spans = groups.flatMap { $0 }
        guard zip(texts, spans).allSatisfy({ $1.lie(within: $0.utf8.count) }) else {
            throw RAGError(.unavailable, "the embedding model's tokenizer returned positions outside the text")
        }
        return spans
    }

    private static func row(
        of text: String,
        role: EmbeddingRole,
        method: PythonObject,
        space: EmbeddingSpace
    ) throws(RAGError) -> [Float] {
        let matrix: FloatMatrix
        do throws(PythonError) {
            matrix = try method.matrix(CollectionOfOne(text), role: role.rawValue)
        } catch {
            throw RAGError(.unavailable, "the embedding model failed", cause: error)
        }
        guard matrix.rows == 1, matrix.columns == space.dimension else {
            throw RAGError(
                .unavailable,
                "the embedding model returned \(matrix.rows) × \(matrix.columns) floats, not 1 × \(space.dimension)"
            )
        }
        return matrix.values
    }
}

extension TokenSpans {
    /// Whether the spans ascend and stay inside a text of `count` bytes.
    fileprivate func lie(within count: Int) -> Bool {
        var previous = 0
        for (start, end) in zip(starts, ends) {
            guard previous <= start, start <= end, end <= count else { return false }
            previous = start
        }
        return true
    }
}

extension EmbeddingSpace {
    /// Reads what a Python model's `info()` returns. Throws `invalidConfiguration`, naming the member that is wrong.
    fileprivate init(info: String) throws(RAGError) {
        let json: JSONValue
        do throws(RAGError) {
            json = try JSONValue(parsing: Array(info.utf8))
        } catch {
            throw RAGError(.invalidConfiguration, "info() of the embedding model is not JSON", cause: error)
        }
        func text(_ key: String) throws(RAGError) -> String {
            guard let value = json[key]?.string else {
                throw RAGError(.invalidConfiguration, "info() of the embedding model has no text \(key)")
            }
            return value
        }
        func count(_ key: String) throws(RAGError) -> Int {
            guard let value = json[key]?.integer, value > 0, value <= 1 << 24 else {
                throw RAGError(.invalidConfiguration, "info() of the embedding model has no positive number \(key)")
            }
            return Int(value)
        }
        self.init(
            model: try text("model"),
            fingerprint: try text("fingerprint"),
            dimension: try count("dimension"),
            pooling: try text("pooling"),
            queryPrefix: json["query_prefix"]?.string ?? "",
            passagePrefix: json["passage_prefix"]?.string ?? "",
            precision: try text("precision"),
            maximumTokens: try count("maximum_tokens")
        )
    }
}
