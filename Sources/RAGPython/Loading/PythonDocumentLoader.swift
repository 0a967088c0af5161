// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Loads what another loader leaves to others in processes of Python, and everything else with that loader.
package struct PythonDocumentLoader: DocumentLoader {
    private let direct: any DirectDocumentLoader
    private let processes: DocumentProcesses?
    private let reason: String

    /// - Parameters:
    ///   - direct: Reads simple formats in this process and knows the structure of all texts.
    ///   - processes: Nil where there are none.
    ///   - reason: Why there are none and what to do about it, in the words of an error message.
    package init(_ direct: any DirectDocumentLoader, processes: DocumentProcesses?, reason: String = "") {
        self.direct = direct
        self.processes = processes
        self.reason = reason
    }

    @concurrent
    package func load(_ source: DocumentSource, deadline: Deadline) async throws(RAGError) -> LoadedDocument {
        guard case .file(let bytes, let name, let mediaType) = source.content, direct.isForeign(source.content) else {
            return try direct.loaded(source.content)
        }
        guard let processes else { return try plainly(source.content) }
        do throws(RAGError) {
            let document = try await processes.read(bytes, name: name, mediaType: mediaType, deadline: deadline)
            return try direct.canonical(document)
        } catch {
            // What no loader knows may still be text.
            guard error.code == .unsupportedMediaType, var document = try? direct.loaded(source.content) else { throw error }
            document.warnings.append("the file was read as plain text: \(error.message)")
            return document
        }
    }

    package func blocks(of text: String, format: TextFormat) -> [TextBlock] { direct.blocks(of: text, format: format) }

    /// What can be done without loaders.
    private func plainly(_ content: DocumentSource.Content) throws(RAGError) -> LoadedDocument {
        do throws(RAGError) {
            var document = try direct.loaded(content)
            document.warnings.append("the file was read as plain text, because there are no loaders: \(reason)")
            return document
        } catch {
            guard error.code == .unsupportedMediaType || error.code == .unreadableDocument else { throw error }
            throw RAGError(error.code, "\(error.message); documents of other formats are read by loaders, which are not there: \(reason)")
        }
    }
}
