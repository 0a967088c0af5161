// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGRedis
import RAGTestKit
import Testing

struct RESPParserTests {
    private func parse(_ bytes: [UInt8], pieces: [Int] = [], limits: RESPParser.Limits = .init()) -> (
        values: [RESPValue], error: RESPError?
    ) {
        var parser = RESPParser(limits: limits)
        var values: [RESPValue] = []
        var rest = bytes[...]
        var pieces = pieces[...]
        do {
            while !rest.isEmpty {
                let size = min(max(pieces.popFirst() ?? rest.count, 1), rest.count)
                parser.append(rest.prefix(size))
                rest = rest.dropFirst(size)
                while let value = try parser.next() { values.append(value) }
            }
            return (values, nil)
        } catch {
            return (values, error)
        }
    }

    private func parse(_ text: String) -> (values: [RESPValue], error: RESPError?) { parse(Array(text.utf8)) }

    @Test(arguments: [
        ("+OK\r\n", RESPValue.simple("OK")),
        ("-ERR no\r\n", .error("ERR no")),
        (":-42\r\n", .integer(-42)),
        (":9223372036854775807\r\n", .integer(.max)),
        (":-9223372036854775808\r\n", .integer(.min)),
        ("$5\r\na\r\nbc\r\n", .bulk(Array("a\r\nbc".utf8))),
        ("$0\r\n\r\n", .bulk([])),
        ("$-1\r\n", .null),
        ("*-1\r\n", .null),
        ("_\r\n", .null),
        ("#t\r\n", .boolean(true)),
        (",1.5\r\n", .double(1.5)),
        (",-inf\r\n", .double(-.infinity)),
        ("(12345678901234567890123\r\n", .simple("12345678901234567890123")),
        ("!6\r\nERR no\r\n", .error("ERR no")),
        ("=8\r\ntxt:some\r\n", .bulk(Array("some".utf8))),
        ("*0\r\n", .array([])),
        ("~2\r\n:1\r\n:2\r\n", .array([.integer(1), .integer(2)])),
        ("%1\r\n+a\r\n*2\r\n:1\r\n_\r\n", .map([.simple("a"), .array([.integer(1), .null])])),
        (">2\r\n+invalidate\r\n$1\r\nk\r\n", .push([.simple("invalidate"), .bulk([0x6B])])),
        ("*2\r\n|1\r\n+ttl\r\n:3\r\n:1\r\n:2\r\n", .array([.integer(1), .integer(2)])),
        ("|0\r\n+OK\r\n", .simple("OK")),
    ])
    func readsEveryKindOfReplyHoweverItIsSplit(_ text: String, _ value: RESPValue) {
        let bytes = Array(text.utf8)
        #expect(parse(bytes).values == [value])
        for cut in 1..<bytes.count { #expect(parse(bytes, pieces: [cut]).values == [value], "cut at \(cut)") }
        #expect(parse(bytes, pieces: Array(repeating: 1, count: bytes.count)).values == [value])
        #expect(parse(Array(bytes.dropLast())).values.isEmpty)
    }

    @Test(arguments: [
        "hello\r\n", "\r\n", "\n", "+OK\n", ":\r\n", ":1a\r\n", ":--1\r\n", ":9223372036854775808\r\n", "$-2\r\n", "$1\r\nabc\r\n",
        "$99999999999999999999\r\n", "$16777217\r\n", "*65537\r\n", "*-2\r\n", "%-1\r\n", "#x\r\n", ",one\r\n", "_x\r\n", "=3\r\nabc\r\n",
        "*1\r\n>0\r\n", "HTTP/1.1 400 Bad Request\r\n",
    ])
    func refusesWhatIsNoReply(_ text: String) {
        let (values, error) = parse(text)
        #expect(values.isEmpty)
        #expect(error != nil)
    }

    @Test func boundsDepthLinesRepliesAndElements() {
        #expect(parse(String(repeating: "*1\r\n", count: 16) + ":1\r\n").values.count == 1)
        #expect(parse(String(repeating: "*1\r\n", count: 17) + ":1\r\n").error != nil)
        #expect(parse("+" + String(repeating: "a", count: 65_537)).error != nil)
        #expect(parse("+" + String(repeating: "a", count: 65_000) + "\r\n").error == nil)
        let nested = "*300\r\n" + String(repeating: "*300\r\n" + String(repeating: "_\r\n", count: 300), count: 300)
        #expect(parse(nested).error != nil)
        var limits = RESPParser.Limits()
        limits.replyBytes = 1_000
        let text = "*3\r\n" + String(repeating: "$400\r\n" + String(repeating: "x", count: 400) + "\r\n", count: 3)
        #expect(parse(Array(text.utf8), limits: limits).error != nil)
        let separate = String(repeating: "$400\r\n" + String(repeating: "x", count: 400) + "\r\n", count: 9)
        #expect(parse(Array(separate.utf8), limits: limits).values.count == 9)
    }

    @Test func readsNothingMoreAfterAnError() {
        var parser = RESPParser()
        parser.append(Array("+OK\r\n?\r\n".utf8))
        #expect(throws: Never.self) { _ = try parser.next() }
        #expect(throws: RESPError.self) { _ = try parser.next() }
        parser.append(Array("+OK\r\n".utf8))
        #expect(throws: RESPError.self) { _ = try parser.next() }
    }

    @Test func readsALargeReplyByteByByteInLinearTime() {
        let count = 300_000
        let bytes = Array("$\(count)\r\n".utf8) + Array(repeating: 0x61, count: count) + [0x0D, 0x0A]
        let start = ContinuousClock.now
        #expect(parse(bytes, pieces: Array(repeating: 1, count: bytes.count)).values.first?.contentBytes == count)
        let line = Array("+".utf8) + Array(repeating: 0x61, count: 60_000) + [0x0D, 0x0A]
        #expect(parse(line, pieces: Array(repeating: 1, count: line.count)).values.first?.contentBytes == 60_000)
        #expect(start.duration(to: .now) < .seconds(10))
    }

    @Test func givesTheSameForRandomBytesHoweverTheyAreSplit() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let words = ["+OK", "\r\n", "$3", "abc", "*2", ":7", "%1", "|1", ">1", "-ERR", "_", "#t", "$-1", "\n", "=5", "txt:a", "\0", "é"]
        for _ in 0..<3_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...20, using: &generator) {
                bytes += Array((words.randomElement(using: &generator) ?? "").utf8)
                if Bool.random(using: &generator) { bytes += [0x0D, 0x0A] }
            }
            let whole = parse(bytes)
            let pieces = (0..<bytes.count).map { _ in Int.random(in: 1...4, using: &generator) }
            let split = parse(bytes, pieces: pieces)
            #expect(whole.values == split.values, "seed \(seed), \(bytes)")
            #expect(whole.error == split.error, "seed \(seed), \(bytes)")
        }
    }

    @Test func writesCommandsThatReadAsArraysOfStrings() {
        var writer = RESPWriter()
        writer.command(["GET", "grounded:k"])
        writer.command(words: 3)
        writer.word("SET")
        writer.word("é")
        writer.word([0, 13, 10, 255])
        #expect(writer.commands == 2)
        let strings: (RESPValue) -> [[UInt8]] = { value in
            guard case .array(let items) = value else { return [] }
            return items.compactMap { if case .bulk(let bytes) = $0 { bytes } else { nil } }
        }
        let expected = [[Array("GET".utf8), Array("grounded:k".utf8)], [Array("SET".utf8), Array("é".utf8), [0, 13, 10, 255]]]
        #expect(parse(writer.bytes).values.map(strings) == expected)
    }
}
