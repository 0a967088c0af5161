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
    let words: Int
    /// Sorted, each once.
    let runs: [UInt64]
    let numbers: [UInt64]

    init(of text: String) {
        var words: [UInt64] = []
        words.reserveCapacity(text.utf8.count / 5)
        var numbers: [UInt64] = []
        var word = Self.seed
        var length = 0
        var hasDigit = false
        func close() {
            guard length > 0 else { return }
            words.append(word)
            if hasDigit { numbers.append(word) }
            (word, length, hasDigit) = (Self.seed, 0, false)
        }
        var text = text
        text.withUTF8 { bytes in
            for byte in bytes {
                // UTF-8 leads with 0xE3…0xEF from U+3000 on, except emoji and the like, which lead with 0xF0.
                if byte >= 0xE3 && byte != 0xEF { close() }
                let isUpper = byte >= 0x41 && byte <= 0x5A
                let isDigit = byte >= 0x30 && byte <= 0x39
                guard byte >= 0x80 || isUpper || isDigit || (byte >= 0x61 && byte <= 0x7A) else {
                    close()
                    continue
                }
                word = (word ^ UInt64(isUpper ? byte | 0x20 : byte)) &* 0x0000_0100_0000_01b3
                length += 1
                hasDigit = hasDigit || isDigit
            }
            close()
        }
        self.words = words.count
        self.numbers = Self.set(numbers)
        runs = Self.set(Self.runs(of: words))
    }

    /// Whether at least `threshold` of the runs of both are common and the numbers are the same.
    func isNear(_ other: WordPrint, threshold: Double) -> Bool {
        guard numbers == other.numbers, !runs.isEmpty, !other.runs.isEmpty else { return false }
        // Hashes fall evenly, so the beginnings of two sorted sets tell most different texts apart.
        guard Self.common(runs.prefix(16), other.runs.prefix(16)) >= 6 || runs.count < 16 || other.runs.count < 16 else { return false }
        let common = Self.common(runs[...], other.runs[...])
        return Double(common) >= threshold * Double(runs.count + other.runs.count - common)
    }

    private static let seed: UInt64 = 0xcbf2_9ce4_8422_2325

    private static func runs(of words: [UInt64]) -> [UInt64] {
        guard words.count >= 3 else { return [words.reduce(seed, mixed)] }
        var runs: [UInt64] = []
        runs.reserveCapacity(words.count - 2)
        for index in 2..<words.count { runs.append(mixed(mixed(mixed(seed, words[index - 2]), words[index - 1]), words[index])) }
        return runs
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

    private static func common(_ left: ArraySlice<UInt64>, _ right: ArraySlice<UInt64>) -> Int {
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
