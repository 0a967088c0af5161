// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

@testable import RAGPython

struct WorkerReplyTests {
    private func bytes(_ numbers: UInt32...) -> [UInt8] { numbers.flatMap { number in withUnsafeBytes(of: number) { Array($0) } } }
    private func bytes(_ floats: [Float]) -> [UInt8] { floats.flatMap { float in withUnsafeBytes(of: float) { Array($0) } } }

    @Test func readsEachKind() throws {
        #expect(try WorkerReply(parsing: [0]) == .done)
        #expect(try WorkerReply(parsing: [1] + Array("é".utf8)) == .text("é"))
        #expect(
            try WorkerReply(parsing: [2] + bytes(2, 1) + bytes([1.5, -2]))
                == .matrix(FloatMatrix(rows: 2, columns: 1, values: [1.5, -2]))
        )
        #expect(try WorkerReply(parsing: [3] + bytes([0.25])) == .scores([0.25]))
        #expect(
            try WorkerReply(parsing: [4] + bytes(2, 2, 0, 4, 3, 9, 0))
                == .spans([TokenSpans(starts: [0, 4], ends: [3, 9]), TokenSpans(starts: [], ends: [])])
        )
        #expect(
            try WorkerReply(parsing: [5] + bytes(1, 2) + Array("Eyesframes".utf8))
                == .failure(PythonError(.exception, type: "E", message: "ye", traceback: "sframes"))
        )
    }

    @Test func refusesWhatDoesNotAddUp() {
        let wrong: [[UInt8]] = [
            [], [6], [255], [0, 0], [2], [2] + bytes(1, 1), [2] + bytes(1, 1) + bytes([1, 2]), [2] + bytes(.max, .max),
            [3, 0], [4], [4] + bytes(.max), [4] + bytes(1, 1, 0), [4] + bytes(1, .max), [5] + bytes(9, 0), [5] + bytes(.max, .max),
        ]
        for bytes in wrong { #expect(throws: WorkerReply.Violation.self, "\(bytes)") { try WorkerReply(parsing: bytes) } }
    }

    @Test func neverTrapsOnWhatAWorkerMaySend() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var generator = SplitMix(state: seed)
        let models: [[UInt8]] = [
            [0], [1, 104, 105], [2] + bytes(2, 2) + bytes([1, 2, 3, 4]), [3] + bytes([1, 2]), [4] + bytes(2, 1, 0, 1, 1, 2, 5),
            [5] + bytes(2, 3) + Array("EEmmmttt".utf8),
        ]
        var read = 0
        for _ in 0..<50_000 {
            var bytes = models[Int.random(in: 0..<models.count, using: &generator)]
            for _ in 0..<Int.random(in: 0...3, using: &generator) {
                switch Int.random(in: 0..<4, using: &generator) {
                case 0 where !bytes.isEmpty:
                    bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
                case 1: bytes.removeLast(min(bytes.count, Int.random(in: 0...8, using: &generator)))
                case 2: bytes += (0..<Int.random(in: 0...8, using: &generator)).map { _ in .random(in: 0...255, using: &generator) }
                default: bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in .random(in: 0...6, using: &generator) }
                }
            }
            guard let reply = try? WorkerReply(parsing: bytes) else { continue }
            read += 1
            if case .matrix(let matrix) = reply { #expect(matrix.values.count == matrix.rows * matrix.columns) }
            if case .spans(let spans) = reply { #expect(spans.allSatisfy { $0.starts.count == $0.ends.count }) }
        }
        #expect(read > 1_000)
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
