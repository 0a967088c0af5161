// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// One pass over one text. Holds a stemmer of its own, because libstemmer's handles must not be shared between threads.
struct TermScanner: ~Copyable {
    /// Longest token in bytes.
    static let maximumTokenLength = 64

    private let bytes: UnsafeBufferPointer<UInt8>
    private let contentOnly: Bool
    private var position = 0
    private var terms: [UInt64] = []
    private let stemmer: Stemmer
    private var token: TokenBuffer
    private var run = PairRun()

    init(_ bytes: UnsafeBufferPointer<UInt8>, contentOnly: Bool) {
        self.bytes = bytes
        self.contentOnly = contentOnly
        stemmer = Stemmer(remembering: bytes.count > 2_048)
        token = TokenBuffer()
        terms.reserveCapacity(bytes.count / 6 + 4)
    }

    /// All terms in order. Call once.
    mutating func scan() -> [UInt64] {
        while position < bytes.count {
            let byte = bytes[position]
            if byte >= 0x80 {
                scanCharacter()
                continue
            }
            position += 1
            let lowercased = byte | 0x20
            if lowercased >= 0x61, lowercased <= 0x7A {
                if run.isActive { endRun() }
                token.append(lowercased)
            } else if byte >= 0x30, byte <= 0x39 {
                if run.isActive { endRun() }
                token.appendDigit(byte)
            } else if byte == 0x27 {
                apostrophe()
            } else {
                endToken()
            }
        }
        endToken()
        return terms
    }

    /// A character outside ASCII; the text is valid UTF-8 because it comes from a `String`.
    private mutating func scanCharacter() {
        let (scalar, length) = UTF8Decoding.scalar(in: bytes, at: position)
        position += length
        if scalar.value == 0x2019 { return apostrophe() }
        let kind = CharacterClass(scalar)
        switch kind {
        case .separator: endToken()
        case .ignorable: break
        case .mark: addMark(scalar)
        case .digit:
            if run.isActive { endRun() }
            let digit = UInt8(truncatingIfNeeded: Int(scalar.properties.numericValue ?? 0))
            token.appendDigit(0x30 + min(digit, 9))
        case .latin, .letter:
            if run.isActive { endRun() }
            if kind == .letter { token.isLatin = false }
            token.append(folding: scalar)
        case .han, .kana, .thai, .lao, .khmer, .burmese:
            if !token.isEmpty { endWord() }
            if run.isActive, run.script != kind { endRun() }
            if let pair = run.begin(kind) { terms.append(pair) }
            LetterFolding.fold(scalar) { run.add($0) }
        }
    }

    private mutating func addMark(_ scalar: Unicode.Scalar) {
        if run.isActive {
            for byte in scalar.utf8 { run.add(byte) }
        } else if !token.isEmpty {
            token.append(mark: scalar)
        }
    }

    /// Inside a word an apostrophe vanishes; a possessive `'s` goes with it.
    private mutating func apostrophe() {
        guard !token.isEmpty else { return endToken() }
        guard position < bytes.count, bytes[position] | 0x20 == 0x73 else { return }
        let next = position + 1 < bytes.count ? bytes[position + 1] : 0x20
        let continues = next >= 0x80 || (next | 0x20 >= 0x61 && next | 0x20 <= 0x7A) || (next >= 0x30 && next <= 0x39)
        if !continues {
            position += 1
            endToken()
        }
    }

    @inline(__always)
    private mutating func endToken() {
        if !token.isEmpty { endWord() }
        if run.isActive { endRun() }
    }

    private mutating func endRun() {
        if let term = run.end() { terms.append(term) }
    }

    private mutating func endWord() {
        defer { token.clear() }
        let state = token.withBytes { TermHash.adding($0, to: TermHash.basis) }
        let hash = TermHash.finished(state)
        if contentOnly, token.characters < 2 || StopWords.hashes.contains(hash) { return }
        guard token.isStemmable else {
            terms.append(hash)
            return
        }
        terms.append(token.withBytes { stemmer.term(of: $0, hash: hash) })
    }
}
