// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
package import RAGCore

extension PythonEmbeddingProvider {
    /// Loads a model in the interpreter of this process, on threads that exist already and without a log; `PythonHost.embedder` does more.
    package static func load(
        _ name: String = onnxEmbedder,
        options: JSONValue,
        runtime: PythonRuntime,
        threads: PythonThreads,
        deadline: Deadline
    ) async throws(RAGError) -> PythonEmbeddingProvider {
        let host = PythonHost(runtime: runtime, threads: threads, logger: Logger(label: "python") { _ in SwiftLogNoOpLogHandler() })
        return try await host.embedder(name, options: options, deadline: deadline)
    }
}
