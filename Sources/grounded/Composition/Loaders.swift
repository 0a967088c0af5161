// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
import RAGCore
import RAGDocuments
import RAGPython

/// What reads documents: this process the simple formats, processes of Python all others.
struct Loaders {
    let loader: any DocumentLoader
    private let processes: DocumentProcesses?

    /// Starts nothing. Without Python only the simple formats are read, and what is refused says so.
    init(_ settings: Settings, logger: Logger) {
        let direct = StandardDocumentLoader()
        let loading = settings.loading
        guard loading.processes > 0 else {
            processes = nil
            loader = PythonDocumentLoader(direct, processes: nil, reason: "LOADER_PROCESSES is 0; set it to 1 or more")
            return
        }
        let limits = LoadingLimits(
            processes: loading.processes,
            time: loading.time,
            memory: loading.memory,
            recognisesCharacters: loading.recognisesCharacters
        )
        do throws(RAGError) {
            let found = try DocumentProcesses(PythonModels.places(settings.python), limits: limits, logger: logger)
            processes = found
            loader = PythonDocumentLoader(direct, processes: found)
        } catch {
            logger.notice("only text, Markdown, HTML and code can be read", metadata: ["reason": "\(error.message)"])
            processes = nil
            loader = PythonDocumentLoader(direct, processes: nil, reason: error.message)
        }
    }

    /// Starts processes ahead, so that the first document does not wait for one; returns at once.
    func start() { processes?.start() }

    /// Ends them.
    func stop() { processes?.stop() }
}
