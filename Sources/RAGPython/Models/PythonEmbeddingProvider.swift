// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// An embedding model that runs in Python, in this process or in worker processes.
package final class PythonEmbeddingProvider: EmbeddingProvider {
    package let space: EmbeddingSpace
    private let calls: ModelCalls
    private let model: any PythonModel
    /// Most texts that the model is given at once.
    package let batchSize: Int

    /// The model that comes with the product.
    package static let onnxEmbedder = "grounded_models.onnx_embedder:OnnxEmbedder"

    static let methods: [PythonMethod] = [.info, .embed, .tokenSpans]

    /// Texts of up to this many bytes together are counted ahead of documents that wait.
    private static let shortTextBytes = 4096
    private static let textsPerSpanPart = 8

    /// - Parameter info: What the model's `info()` returned. Throws `invalidConfiguration`, naming the member that is wrong.
    init(info: ModelInfo, model: any PythonModel, calls: ModelCalls) throws(RAGError) {
        self.space = try EmbeddingSpace(info)
        self.batchSize = try info.batchSize
        self.model = model
        self.calls = calls
    }

    package func embed(
        _ texts: [String],
        as role: EmbeddingRole,
        deadline: Deadline
    ) async throws(RAGError) -> EmbeddingMatrix {
        let space = space
        let model = model
        let size = batchSize
        // Where the batch size is 1, a text's vector does not depend on its neighbours, and a query waits for one text at most.
        let parts = try await calls.run(
            parts: texts.count.parts(of: size),
            priority: role == .query ? .query : .ingest,
            deadline: deadline,
            step: "embedding"
        ) { turn throws(PythonError) in
            let part = texts[texts.indices.part(turn.part, of: size)]
            let matrix = try model.matrix(part, role: role.rawValue, turn)
            guard matrix.rows == part.count, matrix.columns == space.dimension else {
                let expected = "\(part.count) × \(space.dimension)"
                throw PythonError.wrongResult("\(matrix.rows) × \(matrix.columns) floats, not \(expected)")
            }
            guard matrix.values.allSatisfy(\.isFinite) else { throw PythonError.wrongResult("a number that is not finite") }
            return matrix.values
        }
        if let only = parts.first, parts.count == 1 { return try EmbeddingMatrix(dimension: space.dimension, values: only) }
        var values: [Float] = []
        values.reserveCapacity(texts.count * space.dimension)
        for part in parts { values.append(contentsOf: part) }
        return try EmbeddingMatrix(dimension: space.dimension, values: values)
    }

    package func tokenSpans(of texts: [String], deadline: Deadline) async throws(RAGError) -> [TokenSpans] {
        let model = model
        let size = Self.textsPerSpanPart
        let isShort = texts.reduce(0) { $0 + $1.utf8.count } <= Self.shortTextBytes
        let groups = try await calls.run(
            parts: texts.count.parts(of: size),
            priority: isShort ? .query : .ingest,
            deadline: deadline,
            step: "counting tokens"
        ) { turn throws(PythonError) in
            let part = texts[texts.indices.part(turn.part, of: size)]
            let spans = try model.spans(part, turn)
            guard spans.count == part.count, zip(part, spans).allSatisfy({ $1.lie(within: $0.utf8.count) }) else {
                throw PythonError.wrongResult("token positions outside the text")
            }
            return spans
        }
        return groups.flatMap { $0 }
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
    /// Throws `invalidConfiguration`, naming the member that is wrong.
    fileprivate init(_ info: ModelInfo) throws(RAGError) {
        self.init(
            model: try info.text("model"),
            fingerprint: try info.text("fingerprint"),
            dimension: try info.count("dimension"),
            pooling: try info.text("pooling"),
            queryPrefix: info.json["query_prefix"]?.string ?? "",
            passagePrefix: info.json["passage_prefix"]?.string ?? "",
            precision: try info.text("precision"),
            maximumTokens: try info.count("maximum_tokens")
        )
    }
}
