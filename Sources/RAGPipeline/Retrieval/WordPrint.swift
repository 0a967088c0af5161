// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A text as sets of hashes: its runs of three words, and its words that hold a digit.
///
/// A word is a run of letters and digits, or one character of the scripts from kana on, which stand without spaces. ASCII case does not
/// count.
struct WordPrint: Sendable {
    /// The hash of each word, in order.
    private let hashes: [UInt64]
    /// The hashes of the words with a digit, in order.
    private let numbers: [UInt64]
    /// A bit for each run, 1,024 in all.
    private let sketch: [UInt64]

    var words: Int { hashes.count }

    init(of text: String) {
        var scanner = Scanner()
        scanner.words.reserveCapacity(text.utf8.count / 4)
        var text = text
        text.withUTF8 { bytes in
            for byte in bytes { scanner.take(byte) }
        }
        scanner.endWord()
        hashes = scanner.words
        numbers = scanner.numbers
        var sketch = [UInt64](repeating: 0, count: 16)
        Self.forEachRun(of: hashes) { run in sketch[Int(run >> 60)] |= 1 << (run >> 32 & 63) }
        self.sketch = sketch
    }

    /// Divides bytes of UTF-8 into words.
    private struct Scanner {
        var words: [UInt64] = []
        var numbers: [UInt64] = []
        private var word = WordPrint.seed
        private var isEmpty = true
        private var hasDigit = false

        @inline(__always)
        mutating func take(_ byte: UInt8) {
            // UTF-8 leads with 0xE3…0xEF from U+3000 on, except emoji and the like, which lead with 0xF0.
            if byte >= 0xE3 && byte != 0xEF { endWord() }
            let isUpper = byte >= 0x41 && byte <= 0x5A
            let isDigit = byte >= 0x30 && byte <= 0x39
            guard byte >= 0x80 || isUpper || isDigit || (byte >= 0x61 && byte <= 0x7A) else { return endWord() }
            word = (word ^ UInt64(isUpper ? byte | 0x20 : byte)) &* 0x0000_0100_0000_01b3
            isEmpty = false
            hasDigit = hasDigit || isDigit
        }

        @inline(__always)
        mutating func endWord() {
            guard !isEmpty else { return }
            words.append(word)
            if hasDigit { numbers.append(word) }
            (word, isEmpty, hasDigit) = (WordPrint.seed, true, false)
        }
    }

    /// Whether at least `threshold` of the runs of both are common and the numbers are the same.
    func isNear(_ other: WordPrint, threshold: Double) -> Bool {
        guard !hashes.isEmpty, !other.hashes.isEmpty else { return false }
        // Each bit that differs is a run that is not common, and of those there are at most this many where enough are common.
        let most = (1 - threshold) / (1 + threshold) * Double(hashes.count + other.hashes.count)
        let differing = zip(sketch, other.sketch).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
        guard Double(differing) <= most else { return false }
        guard Self.set(numbers) == Self.set(other.numbers) else { return false }
        let (left, right) = (runs, other.runs)
        let common = Self.common(left, right)
        return Double(common) >= threshold * Double(left.count + right.count - common)
    }

    /// Sorted, each once.
    private var runs: [UInt64] {
        var runs: [UInt64] = []
        runs.reserveCapacity(hashes.count)
        Self.forEachRun(of: hashes) { runs.append($0) }
        return Self.set(runs)
    }

    fileprivate static let seed: UInt64 = 0xcbf2_9ce4_8422_2325

    /// The hash of every three words in a row, or of all words where there are fewer.
    private static func forEachRun(of words: [UInt64], _ body: (UInt64) -> Void) {
        guard words.count >= 3 else { return body(words.reduce(seed, mixed)) }
        for index in 2..<words.count { body(mixed(mixed(mixed(seed, words[index - 2]), words[index - 1]), words[index])) }
    }

    private static func mixed(_ state: UInt64, _ value: UInt64) -> UInt64 {
        var mixed = (state ^ value) &* 0xff51_afd7_ed55_8ccd
        mixed ^= mixed >> 33
        return mixed &* 0xc4ce_b9fe_1a85_ec53
    }

    private static func set(_ values: [UInt64]) -> [UInt64] {
        guard !values.isEmpty else { return [] }
        var sorted = values.sorted()
        var count = 1
        for index in 1..<sorted.count where sorted[index] != sorted[count - 1] {
            sorted[count] = sorted[index]
            count += 1
        }
        sorted.removeSubrange(count...)
        return sorted
    }

    private static func common(_ left: [UInt64], _ right: [UInt64]) -> Int {
        var (i, j, count) = (left.startIndex, right.startIndex, 0)
        while i < left.endIndex, j < right.endIndex {
            if left[i] == right[j] {
                count += 1
                i += 1
                j += 1
            } else if left[i] < right[j] {
                i += 1
            } else {
                j += 1
            }
        }
        return count
    }
}
