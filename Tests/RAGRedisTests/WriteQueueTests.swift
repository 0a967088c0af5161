// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGRedis
import RAGTestKit
import Testing

struct WriteQueueTests {
    private func write(_ name: String, bytes: Int = 0) -> CacheWrite {
        CacheWrite(key: name, operation: .set(Array(repeating: 0, count: bytes), expires: .now))
    }

    @Test func givesTheOldestFirstInBatchesOfBoundedCountAndSize() {
        var queue = WriteQueue(mostWrites: 100, mostBytes: 100_000)
        for number in 0..<10 {
            let dropped = queue.append(write("k\(number)", bytes: number == 3 ? 5_000 : 100))
            #expect(dropped == 0)
        }
        var batches: [[String]] = []
        while queue.count > 0 { batches.append(queue.batch(mostWrites: 4, mostBytes: 1_000).map(\.key)) }
        #expect(batches == [["k0", "k1", "k2"], ["k3"], ["k4", "k5", "k6", "k7"], ["k8", "k9"]])
        #expect(queue.bytes == 0)
        #expect(queue.batch(mostWrites: 4, mostBytes: 1_000).isEmpty)
    }

    @Test func dropsTheOldestWhereThereIsNoRoom() {
        var queue = WriteQueue(mostWrites: 3, mostBytes: 1_000)
        let dropped = (0..<5).map { queue.append(write("k\($0)")) }
        #expect(dropped == [0, 0, 0, 1, 1])
        let large = queue.append(write("large", bytes: 900))
        #expect(large == 3)
        let tooLarge = queue.append(write("larger", bytes: 1_000))
        #expect(tooLarge == 1)
        #expect(queue.batch(mostWrites: 9, mostBytes: 9_000).map(\.key) == ["large"])
    }

    @Test func staysWithinItsBoundsAndInOrderWhateverHappens() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        var queue = WriteQueue(mostWrites: 20, mostBytes: 3_000)
        var waiting: [String] = []
        for step in 0..<5_000 {
            if Int.random(in: 0..<4, using: &generator) > 0 {
                let dropped = queue.append(write("\(step)", bytes: Int.random(in: 0..<300, using: &generator)))
                waiting.append("\(step)")
                waiting.removeFirst(dropped)
            } else {
                let batch = queue.batch(mostWrites: Int.random(in: 1...8, using: &generator), mostBytes: 1_000).map(\.key)
                #expect(batch == Array(waiting.prefix(batch.count)), "seed \(seed)")
                waiting.removeFirst(batch.count)
            }
            #expect(queue.count == waiting.count && queue.count <= 20 && queue.bytes <= 3_000, "seed \(seed)")
        }
    }
}
