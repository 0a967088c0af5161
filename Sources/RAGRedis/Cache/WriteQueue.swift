// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Something to be written to the cache when there is time.
package struct CacheWrite: Sendable {
    package enum Operation: Sendable {
        case set([UInt8], expires: ContinuousClock.Instant)
        case remove
    }

    package var key: String
    package var operation: Operation

    package init(key: String, operation: Operation) {
        self.key = key
        self.operation = operation
    }

    /// What it takes in memory and on the wire, nearly.
    package var size: Int {
        switch operation {
        case .set(let value, _): key.utf8.count + value.count + 64
        case .remove: key.utf8.count + 64
        }
    }
}

/// What waits to be written, bounded in count and bytes: where there is no room the oldest goes. Pure.
package struct WriteQueue: Sendable {
    private let mostWrites: Int
    private let mostBytes: Int
    private var writes: [CacheWrite] = []
    /// Writes before it are gone.
    private var first = 0
    package private(set) var bytes = 0

    package init(mostWrites: Int, mostBytes: Int) {
        self.mostWrites = mostWrites
        self.mostBytes = mostBytes
    }

    package var count: Int { writes.count - first }

    /// Takes a write; returns how many had to go for it.
    package mutating func append(_ write: CacheWrite) -> Int {
        guard write.size <= mostBytes, mostWrites > 0 else { return 1 }
        var dropped = 0
        while count >= mostWrites || bytes + write.size > mostBytes {
            guard popFirst() != nil else { break }
            dropped += 1
        }
        writes.append(write)
        bytes += write.size
        return dropped
    }

    /// The oldest writes, at least one if there is any.
    package mutating func batch(mostWrites: Int, mostBytes: Int) -> [CacheWrite] {
        var batch: [CacheWrite] = []
        var size = 0
        while batch.count < mostWrites, first < writes.count {
            size += writes[first].size
            guard batch.isEmpty || size <= mostBytes, let write = popFirst() else { break }
            batch.append(write)
        }
        return batch
    }

    private mutating func popFirst() -> CacheWrite? {
        guard first < writes.count else { return nil }
        let write = writes[first]
        // Frees the value's memory now; the place goes when half of the places are empty.
        writes[first].operation = .remove
        first += 1
        bytes -= write.size
        if first * 2 >= writes.count {
            writes.removeFirst(first)
            first = 0
        }
        return write
    }
}
