// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

@testable import RAGPython

/// Reads files named `.txt`, and refuses others.
private struct TextLoader: DirectDocumentLoader {
    func isForeign(_ content: DocumentSource.Content) -> Bool {
        if case .file(_, let name, _) = content { !name.hasSuffix(".txt") } else { false }
    }

    func load(_ source: DocumentSource, deadline: Deadline) async throws(RAGError) -> LoadedDocument { try loaded(source.content) }

    func loaded(_ content: DocumentSource.Content) throws(RAGError) -> LoadedDocument {
        switch content {
        case .text(let text, let format): return LoadedDocument(text: text, format: format ?? .plain)
        case .file(let bytes, let name, _):
            guard !name.hasSuffix(".pdf") else { throw RAGError(.unsupportedMediaType, ".pdf cannot be read") }
            return LoadedDocument(text: String(decoding: bytes, as: UTF8.self), format: .plain)
        }
    }

    func canonical(_ document: LoadedDocument) throws(RAGError) -> LoadedDocument {
        var document = document
        document.text += "!"
        return document
    }

    func blocks(of text: String, format: TextFormat) -> [TextBlock] { [] }
}

struct PythonDocumentLoaderTests {
    private func source(_ name: String, _ text: String = "text") throws -> DocumentSource {
        DocumentSource(id: try DocumentID(name), content: .file(Array(text.utf8), name: name, mediaType: nil))
    }

    @Test func withoutLoadersTextIsReadAndTheRestIsRefusedWithTheReason() async throws {
        let loader = PythonDocumentLoader(TextLoader(), processes: nil, reason: "install Python")
        let plain = try await loader.load(source("a.txt"), deadline: .never)
        #expect(plain == LoadedDocument(text: "text", format: .plain))
        let table = try await loader.load(source("a.csv"), deadline: .never)
        #expect(table.text == "text")
        #expect(table.warnings.count == 1 && table.warnings[0].contains("install Python"))
        let error = await #expect(throws: RAGError.self) { try await loader.load(source("a.pdf"), deadline: .never) }
        #expect(error?.code == .unsupportedMediaType)
        #expect(error?.message.contains("install Python") == true)
    }

    @Test(.enabled(if: PythonFixture.hasPython))
    func foreignFilesGoToAProcessAndWhatNobodyKnowsMayStillBeText() async throws {
        let interpreter = try PythonInterpreter.find(PythonFixture.places)
        let processes = DocumentProcesses(
            interpreter: interpreter,
            importPaths: ["\(PythonFixture.root)/python/tests/fault_loaders"],
            limits: LoadingLimits(),
            logger: PythonFixture.silent
        )
        let loader = PythonDocumentLoader(TextLoader(), processes: processes)
        #expect(try await loader.load(source("echo.txt"), deadline: .never).text == "text")
        #expect(try await loader.load(source("echo.pdf"), deadline: .never).text == "text!")
        let unknown = try await loader.load(source("refuse.csv"), deadline: .never)
        #expect(unknown.text == "text")
        #expect(unknown.warnings == ["the file was read as plain text: nobody reads this"])
        let error = await #expect(throws: RAGError.self) { try await loader.load(source("refuse.pdf"), deadline: .never) }
        #expect(error?.message == "nobody reads this")
    }

    @Test(arguments: [
        #"{"text":"a"}"#, #"{"text":1,"format":"plain"}"#, #"{"format":"plain"}"#, #"[]"#, #"{"text":"a","format":"html"}"#, "", "{",
    ])
    func aReplyThatDoesNotAddUpIsAViolation(_ reply: String) {
        #expect(throws: LoadingReply.Violation.self) { try LoadingReply(parsing: Array(reply.utf8)) }
    }

    @Test func longTitlesAndWarningsAreCut() throws {
        let long = String(repeating: "é", count: 3_000)
        let warnings = Array(repeating: "\"\(long)\"", count: 50).joined(separator: ",")
        let reply = try LoadingReply(parsing: Array(#"{"text":"a","format":"code","title":"\#(long)","warnings":[\#(warnings)]}"#.utf8))
        guard case .loaded(let document) = reply else {
            Issue.record("no document")
            return
        }
        #expect(document.title?.utf8.count == 2_048)
        #expect(document.warnings.count == 20)
        #expect(document.warnings.allSatisfy { $0.utf8.count == 500 })
    }
}
