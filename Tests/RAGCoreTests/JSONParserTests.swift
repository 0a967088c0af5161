// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

struct JSONParserTests {
    private func parse(_ text: String) throws(RAGError) -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    @Test(
        arguments: [
            ("null", .null), (" true ", .bool(true)), ("false", .bool(false)), ("0", .integer(0)), ("-0", .integer(0)),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)),
            ("1.5", .number(1.5)), ("1e2", .number(100)), ("-1.25E-2", .number(-0.0125)), ("1E+2", .number(100)), ("\"\"", .string("")),
            (#""a\"\\\/\b\f\n\r\tA""#, .string("a\"\\/\u{8}\u{C}\n\r\tA")), (#""\ud83d\udc4d""#, .string("👍")), ("\"é👍\"", .string("é👍")),
            (#""\u0000""#, .string("\0")), ("[]", .array([])), ("[1, [2]]", .array([.integer(1), .array([.integer(2)])])),
            ("{}", .object([:])),
            ("{ \"a\" : [ ] ,\n\"b\":{\"a\":1}}", .object(["a": .array([]), "b": .object(["a": .integer(1)])])),
        ] as [(String, JSONValue)]
    )
    func reads(text: String, expected: JSONValue) throws {
        #expect(try parse(text) == expected)
    }

    @Test func aDocumentHasAtMostAMillionValues() throws {
        let most = [UInt8](("[" + String(repeating: "0,", count: JSONValue.maximumValues - 2) + "0]").utf8)
        #expect(try JSONValue(parsing: most).array?.count == JSONValue.maximumValues - 1)
        let error = #expect(throws: RAGError.self) { try JSONValue(parsing: most.dropLast() + [UInt8](",0]".utf8)) }
        #expect(error?.code == .malformedBody)
        #expect(error?.message.contains("more than 1000000 values") == true)
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "True", "tru", "01", "-", "+1", "-01", "1.", ".5", "1e", "1e+", "1.e1", "0x1", "NaN", "Infinity", "1e400",
        "-1e999",
        "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\u+123\"", "\"\\ud800\"", "\"\\ud800a\"", "\"\\ud800\\n\"",
        "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"a\nb\"", "\"\u{1}\"", "'a'", "[", "[1", "[1,", "[1,]", "[,]", "[1 2]", "]", "{", "{\"a\"",
        "{\"a\":",
        "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{,}", "}", "1 2", "{} x", "[]]",
        "// c\n1",
        "\u{FEFF}1", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "{\"é\":1,\"e\u{301}\":2}", "\u{A0}1", "[1]\0",
    ])
    func refusesWhatIsMalformed(text: String) {
        let error = #expect(throws: RAGError.self) { try parse(text) }
        #expect(error?.code == .malformedBody)
        #expect(error?.message.contains("at byte") == true)
    }

    @Test(arguments: [
        [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22], [0xFF, 0xFE, 0x31, 0],
        [0x80],
    ])
    func refusesInvalidUTF8(bytes: [UInt8]) {
        let error = #expect(throws: RAGError.self) { try JSONValue(parsing: bytes) }
        #expect(error?.code == .malformedBody)
    }

    @Test func boundsNesting() throws {
        func nested(_ levels: Int) -> String { String(repeating: "[", count: levels) + String(repeating: "]", count: levels) }
        _ = try parse(nested(JSONValue.maximumDepth))
        for text in [nested(JSONValue.maximumDepth + 1), nested(1_000_000), String(repeating: "{\"a\":", count: 1_000_000)] {
            let error = #expect(throws: RAGError.self) { try parse(text) }
            #expect(error?.message.contains("nesting") == true)
        }
    }

    @Test func whatIsWrittenReadsBackTheSame() throws {
        var random = SeededRandom()
        for _ in 0..<2_000 {
            let value = random.json()
            var writer = JSONWriter()
            writer.value(value)
            let text = String(decoding: writer.bytes, as: UTF8.self)
            let read = try JSONValue(parsing: writer.bytes)
            #expect(same(read, value), "\(random.note): \(text)")
        }
    }

    @Test func randomChangesAreReadOrRefusedAndNeverAnythingElse() {
        var random = SeededRandom()
        for _ in 0..<2_000 {
            var writer = JSONWriter()
            writer.value(random.json())
            var bytes = writer.bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert(contentsOf: Array(bytes[index...].prefix(5)), at: index)
                }
            }
            do throws(RAGError) {
                let value = try JSONValue(parsing: bytes)
                var again = JSONWriter()
                again.value(value)
                #expect((try? JSONValue(parsing: again.bytes)).map { same($0, value) } == true, "\(random.note): \(bytes)")
            } catch {
                #expect(error.code == .malformedBody, "\(random.note): \(error)")
            }
        }
    }

    /// Equal, where a number without fraction may come back as an integer.
    private func same(_ a: JSONValue, _ b: JSONValue) -> Bool {
        switch (a, b) {
        case (.array(let a), .array(let b)): a.count == b.count && zip(a, b).allSatisfy(same)
        case (.object(let a), .object(let b)): a.count == b.count && a.allSatisfy { key, value in b[key].map { same(value, $0) } ?? false }
        case (.integer, .number), (.number, .integer): a.number == b.number
        default: a == b
        }
    }
}
