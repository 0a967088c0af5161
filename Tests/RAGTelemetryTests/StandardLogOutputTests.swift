// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGTelemetry
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite struct StandardLogOutputTests {
    @Test func aReaderThatDoesNotReadCostsLinesAndNotTime() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let output = StandardLogOutput(descriptor: ends[1])
        let line = Array(repeating: UInt8(ascii: "x"), count: 1_000)
        let start = ContinuousClock.now
        for _ in 0..<200 { output.write(line: line) }
        #expect(start.duration(to: .now) < .seconds(5))
        #expect(output.droppedLines > 0)
        #expect(output.droppedLines < 200)
        var buffer = [UInt8](repeating: 0, count: 1_001)
        #expect(read(ends[0], &buffer, buffer.count) == 1_001)
        #expect(buffer == line + [UInt8(ascii: "\n")])
    }
}
