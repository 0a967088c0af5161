// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A short digest of the vector that a model gives a fixed text: tells models apart, and is the same for one model up to rounding.
///
/// The vector is folded to 32 sums, which are scaled to length 1 and rounded to 127ths.
struct EmbeddingProbe: Equatable {
    /// What is embedded.
    static let text = "The quick brown fox jumps over the lazy dog."

    private static let prefix = "probe:"
    private static let width = 32
    /// Cosine above which two digests are of one model: rounding keeps above 0.999, unrelated models stay below 0.8.
    private static let sameModel = 0.99

    private let digest: [Int8]

    init(_ vector: some Sequence<Float>) {
        var sums = Array(repeating: 0.0, count: Self.width)
        for (index, value) in vector.enumerated() { sums[index % Self.width] += Double(value) }
        let length = max(sums.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-30)
        digest = sums.map { Int8(max(-127, min(127, ($0 / length * 127).rounded()))) }
    }

    /// Reads what `fingerprint` wrote; nil for anything else.
    init?(fingerprint: String) {
        guard fingerprint.hasPrefix(Self.prefix) else { return nil }
        let digits = Array(fingerprint.dropFirst(Self.prefix.count))
        guard digits.count == 2 * Self.width else { return nil }
        var digest: [Int8] = []
        for start in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(digits[start...start + 1]), radix: 16) else { return nil }
            digest.append(Int8(bitPattern: byte))
        }
        self.digest = digest
    }

    var fingerprint: String {
        Self.prefix
            + digest.map { value in
                let byte = String(UInt8(bitPattern: value), radix: 16)
                return byte.count == 1 ? "0" + byte : byte
            }.joined()
    }

    /// Whether both are of one model.
    func matches(_ other: EmbeddingProbe) -> Bool {
        func product(_ left: [Int8], _ right: [Int8]) -> Double { zip(left, right).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
        let lengths = (product(digest, digest) * product(other.digest, other.digest)).squareRoot()
        return lengths > 0 && product(digest, other.digest) / lengths >= Self.sameModel
    }

    /// The fingerprint that the settings ask for.
    func fingerprint(_ wanted: EmbeddingServerSettings.Fingerprint) -> String {
        switch wanted {
        case .name: return "as-named"
        case .probe(let stored):
            if let stored, let known = EmbeddingProbe(fingerprint: stored), matches(known) { return stored }
            return fingerprint
        }
    }
}
