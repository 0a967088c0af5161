// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// First in, first out.
struct WaitingLine<Element> {
    private var storage: [Element] = []
    private var head = 0

    var count: Int { storage.count - head }
    var elements: ArraySlice<Element> { storage[head...] }

    var first: Element? {
        get { head < storage.count ? storage[head] : nil }
        set { if let newValue, head < storage.count { storage[head] = newValue } }
    }

    mutating func append(_ element: Element) { storage.append(element) }

    mutating func removeFirst() {
        head += 1
        // Moving is paid for by the elements that have left, so a removal costs constant time on average.
        guard head >= 32, head * 2 >= storage.count else {
            if head == storage.count { storage.removeAll(keepingCapacity: true); head = 0 }
            return
        }
        storage.removeFirst(head)
        head = 0
    }

    mutating func removeAll(where condition: (Element) -> Bool) {
        storage = storage[head...].filter { !condition($0) }
        head = 0
    }
}
