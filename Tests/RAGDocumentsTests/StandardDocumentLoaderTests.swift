// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import Testing

@testable import RAGDocuments

/// The folder of sample documents beside the package, which a checkout may lack.
private let samples: URL = {
    var folder = URL(filePath: #filePath)
    while folder.path != "/", !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path) {
        folder.deleteLastPathComponent()
    }
    return folder.deletingLastPathComponent().appending(path: "shared/data/documents")
}()

struct StandardDocumentLoaderTests {
    private let loader = StandardDocumentLoader()

    private func load(_ bytes: [UInt8], _ name: String, _ mediaType: String? = nil) throws(RAGError) -> LoadedDocument {
        try loader.loaded(.file(bytes, name: name, mediaType: mediaType))
    }

    private func refusal(_ bytes: [UInt8], _ name: String, _ mediaType: String? = nil) -> RAGError? {
        #expect(throws: RAGError.self) { try load(bytes, name, mediaType) }
    }

    @Test func normalisesLineEndsAndTheByteOrderMark() async throws {
        let id = try DocumentID("a")
        let loaded = try await loader.load(DocumentSource(id: id, content: .text("\u{FEFF}a\r\nb\rc\n\r\n", format: nil)), deadline: .never)
        #expect(loaded == LoadedDocument(text: "a\nb\nc\n\n", format: .plain))
        let markdown = try await loader.load(DocumentSource(id: id, content: .text("# T\r\nx", format: .markdown)), deadline: .never)
        #expect(markdown == LoadedDocument(text: "# T\nx", format: .markdown, title: "T"))
    }

    @Test func refusesTextWithoutTextAndWithNUL() {
        for text in ["", " \n\t\u{3000}", "a\0b"] {
            let error = #expect(throws: RAGError.self) { try loader.loaded(.text(text, format: nil)) }
            #expect(error?.code == .unreadableDocument)
        }
    }

    @Test func knowsFilesByMediaTypeThenByName() throws {
        #expect(try load(Array("# A".utf8), "a.md").format == .markdown)
        #expect(try load(Array("# A".utf8), "a.MARKDOWN", "text/plain").format == .markdown)
        #expect(try load(Array("# A".utf8), "a.txt").format == .plain)
        #expect(try load(Array("<p>a".utf8), "a.bin", "text/html; charset=utf-8").text == "a\n")
        #expect(try load(Array("<p>a".utf8), "a.htm", "application/octet-stream").text == "a\n")
        #expect(try load(Array("a,b".utf8), "a.csv", "text/csv").format == .plain)
        #expect(try load(Array("{}".utf8), "Makefile").format == .plain)
    }

    @Test func refusesWhatItCannotReadNamingWhatItCan() {
        for (bytes, name, type) in [
            ([0x25, 0x50], "a.pdf", nil), ([1, 2, 3], "a.xyz", nil), ([0xFF, 0x00], "a", nil), ([0x61], "a", "image/png"),
        ]
            as [([UInt8], String, String?)]
        {
            let error = refusal(bytes, name, type)
            #expect(error?.code == .unsupportedMediaType)
            #expect(error?.message.contains(".md") == true)
        }
    }

    @Test func saysWhatIsForOtherReaders() {
        func isForeign(_ bytes: [UInt8], _ name: String, _ type: String? = nil) -> Bool {
            loader.isForeign(.file(bytes, name: name, mediaType: type))
        }
        for (name, type) in [
            ("a.txt", nil), ("a.md", nil), ("a.html", nil), ("a.py", "text/plain"), ("a.swift", "text/x-swift"), ("Makefile", nil),
            ("a", "text/plain"), ("a.xyz", "text/x-thing"), ("a.html", "application/xhtml+xml"),
        ] as [(String, String?)] {
            #expect(!isForeign(Array("text".utf8), name, type), "\(name)")
        }
        for (name, type) in [
            ("a.csv", "text/plain"), ("a.json", nil), ("a.pdf", nil), ("a.docx", "application/octet-stream"), ("a", "application/pdf"),
            ("a.ipynb", "application/json"), ("a.rst", nil), ("a.eml", nil), ("a.txt", "image/png"), ("data", "text/csv; header=present"),
        ] as [(String, String?)] {
            #expect(isForeign(Array("text".utf8), name, type), "\(name)")
        }
        // The bytes know better than the name.
        #expect(isForeign(Array("%PDF-1.7".utf8), "a.txt"))
        #expect(isForeign([0x50, 0x4B, 0x03, 0x04, 0x61], "a.md", "text/markdown"))
        #expect(isForeign([0x63, 0x61, 0x66, 0xE9], "a.txt"))
        #expect(isForeign([0x61, 0, 0x62, 0], "a.txt"))
        #expect(isForeign([0x61, 0x00, 0x01], "a.xyz"))
        #expect(!loader.isForeign(.text("%PDF-1.7", format: nil)))
        #expect(refusal(Array("%PDF-1.7 text".utf8), "a.txt")?.code == .unsupportedMediaType)
    }

    @Test func readsCodeVerbatim() throws {
        let document = try load(Array("def f():\r\n\tpass\n".utf8), "a.py")
        #expect(document == LoadedDocument(text: "def f():\n\tpass\n", format: .code))
        #expect(loader.blocks(of: document.text, format: .code).first?.headingPath == ["def f()"])
    }

    @Test(arguments: [TextFormat.plain, .markdown])
    func pageBreaksStayAndDivideParagraphs(_ format: TextFormat) throws {
        let document = try loader.canonical(
            LoadedDocument(text: "end of one\n\u{0C}\nbegin of two\n | a | b |\n\u{0C}\nthree", format: format)
        )
        #expect(document.text.utf8.filter { $0 == 0x0C }.count == 2)
        let blocks = loader.blocks(of: document.text, format: format)
        let texts = blocks.map { document.text.bytes(in: $0.range).map(String.init) ?? "" }
        #expect(texts == ["end of one", "begin of two\n | a | b |", "three"])
    }

    @Test func decodesUTF8AndUTF16() throws {
        #expect(try load([0xEF, 0xBB, 0xBF, 0x61], "a.txt").text == "a")
        #expect(try load([0xFF, 0xFE, 0x61, 0, 0x3D, 0xD8, 0x4D, 0xDC], "a.txt").text == "a👍")
        #expect(try load([0xFE, 0xFF, 0, 0x61, 0xD8, 0x3D, 0xDC, 0x4D], "a.txt").text == "a👍")
        #expect(refusal([0xFF, 0xFE, 0x61], "a.txt")?.code == .unreadableDocument)
        #expect(refusal([0xFF, 0xFE, 0x3D, 0xD8], "a.txt")?.code == .unreadableDocument)
    }

    @Test func namesTheByteThatIsNotUTF8() {
        let error = refusal(Array("añ".utf8) + [0xFF, 0x62], "a.txt")
        #expect(error?.code == .unreadableDocument)
        #expect(error?.message.contains("at byte 3") == true)
    }

    @Test func readsPagesInWindows1252WhereTheySaySo() throws {
        let page = Array("<meta charset=\"iso-8859-1\"><p>caf".utf8) + [0xE9, 0x80]
        #expect(try load(page, "a.html").text == "café€\n")
        #expect(try load(Array("<p>".utf8) + [0xE9], "a.html", "text/html; charset=windows-1252").text == "é\n")
        #expect(refusal(Array("<meta charset=shift_jis>".utf8) + [0xE9], "a.html")?.code == .unreadableDocument)
        #expect(refusal(Array("<p>".utf8) + [0xE9], "a.html")?.code == .unreadableDocument)
    }

    @Test func refusesWhatIsTooLarge() {
        let small = StandardDocumentLoader(maximumBytes: 3)
        #expect(throws: RAGError.self) { try small.loaded(.text("abcd", format: nil)) }
        let error = #expect(throws: RAGError.self) { try small.loaded(.file([1, 2, 3, 4], name: "a.txt", mediaType: nil)) }
        #expect(error?.code == .tooLarge)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: samples.path)))
    func loadsOrRefusesEverySampleWithAReason() throws {
        let files = FileManager.default.enumerator(at: samples, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        var loaded = 0
        for file in files where ["md", "html", "htm", "txt"].contains(file.pathExtension.lowercased()) {
            do throws(RAGError) {
                let bytes = (try? Data(contentsOf: file)).map(Array.init) ?? []
                let document = try load(bytes, file.lastPathComponent)
                let blocks = loader.blocks(of: document.text, format: document.format)
                #expect(!blocks.isEmpty)
                #expect(blocks.allSatisfy { document.text.bytes(in: $0.range) != nil })
                loaded += 1
            } catch {
                #expect([.unreadableDocument, .tooLarge].contains(error.code), "\(file.lastPathComponent): \(error)")
                #expect(!error.message.isEmpty)
            }
        }
        #expect(loaded > 40)
    }
}
