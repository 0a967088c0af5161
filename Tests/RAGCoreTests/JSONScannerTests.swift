// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

@Suite struct JSONScannerTests {
    @Test func readsWhatIsAskedForAndPassesOverTheRest() throws {
        let text = #"{"a": [1, {"x": "}]\""}, null], "id": "ab\nc", "n": [0.1, -2e3, 12345678901234567890, 7], "z": {}}"#
        var id = ""
        var numbers: [Double] = []
        try JSONScanner.scan(Array(text.utf8)) { scanner throws(RAGError) in
            try scanner.object { scanner, name throws(RAGError) in
                if name.reads("id") {
                    id = try scanner.string()
                } else if name.reads("n") {
                    try scanner.array { scanner throws(RAGError) in numbers.append(try scanner.number()) }
                } else {
                    try scanner.skip()
                }
            }
        }
        #expect(id == "ab\nc")
        #expect(numbers == [0.1, -2_000, 12_345_678_901_234_567_168, 7])
    }

    @Test func numbersAreTheNearestDoubles() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50_000 {
            let number = Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &random))
            guard number.isFinite else { continue }
            for text in ["\(number)", "\(Double(number))", String(Int64(Double(number).remainder(dividingBy: 1e15)))] {
                let read = try JSONScanner.scan(Array(text.utf8)) { scanner throws(RAGError) in try scanner.number() }
                #expect(read == Double(text), "\(text)")
            }
        }
    }

    @Test(arguments: ["", "{", "[1", #"{"a"}"#, #"{"a":}"#, "nope", #"["a"#, #""\"#, "{1:2}", "[1 2]", "-", "1.2.3", "e", "1e999"])
    func whatIsBrokenThrows(_ text: String) {
        #expect(throws: RAGError.self) {
            try JSONScanner.scan(Array(text.utf8)) { scanner throws(RAGError) in
                if text.first == "[" {
                    try scanner.array { scanner throws(RAGError) in _ = try scanner.number() }
                } else if text.first == "{" {
                    try scanner.object { scanner, _ throws(RAGError) in try scanner.skip() }
                } else {
                    _ = try scanner.number()
                }
            }
        }
    }

    @Test func nestingIsBounded() {
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
        #expect(throws: RAGError.self) { try JSONScanner.scan(deep) { scanner throws(RAGError) in try scanner.skip() } }
    }

    @Test func skippingAgreesWithTheParserOnWhereAValueEnds() throws {
        for text in [#"{"a":[1,2,{"b":"\\\""}]}"#, #""x\"y""#, "true", "-1.5e3", "[]", "{}", "null", #"[[],[{}],""]"#] {
            let raw = try JSONScanner.scan(Array((text + " ,rest").utf8)) { scanner throws(RAGError) in try scanner.raw() }
            #expect(raw == Array(text.utf8))
            _ = try JSONValue(parsing: raw)
        }
    }
}
