// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// The token being read, normalised, in at most `TermScanner.maximumTokenLength` bytes.
struct TokenBuffer: ~Copyable {
    private let start: UnsafeMutablePointer<UInt8>
    private var length = 0
    private var isFull = false
    private var hasDigit = false
    /// Characters that were added, marks left out.
    private(set) var characters = 0
    /// Whether all letters so far are Latin.
    var isLatin = true

    init() { start = .allocate(capacity: TermScanner.maximumTokenLength) }

    deinit { start.deallocate() }

    var isEmpty: Bool { length == 0 }

    var isStemmable: Bool { isLatin && !hasDigit && length > 2 }

    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        body(UnsafeBufferPointer(start: start, count: length))
    }

    mutating func clear() {
        length = 0
        characters = 0
        isFull = false
        hasDigit = false
        isLatin = true
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        guard !isFull, length < TermScanner.maximumTokenLength else { return }
        start[length] = byte
        length += 1
        characters += 1
    }

    mutating func appendDigit(_ byte: UInt8) {
        hasDigit = true
        append(byte)
    }

    /// A letter outside ASCII; one that does not fit as a whole ends the token's growth.
    mutating func append(folding scalar: Unicode.Scalar) {
        if composeHangul(scalar) { return }
        let before = length
        LetterFolding.fold(scalar) { appendPart($0) }
        if isFull { length = before } else { characters += 1 }
    }

    /// A mark: Latin and Greek accents, Arabic and Hebrew vowel points are dropped, Cyrillic letters are composed, others are kept.
    mutating func append(mark scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x300...0x36F: composeCyrillic(scalar.value)
        case 0x591...0x5C7, 0x64B...0x65F, 0x670: break
        default:
            let before = length
            for byte in scalar.utf8 { appendPart(byte) }
            if isFull { length = before }
        }
    }

    private mutating func appendPart(_ byte: UInt8) {
        guard !isFull, length < TermScanner.maximumTokenLength else {
            isFull = true
            return
        }
        start[length] = byte
        length += 1
    }

    /// `и` and a breve are `й`: decomposed and composed spellings must meet.
    private mutating func composeCyrillic(_ mark: UInt32) {
        guard length >= 2 else { return }
        switch (mark, start[length - 2], start[length - 1]) {
        case (0x306, 0xD0, 0xB8): start[length - 1] = 0xB9
        case (0x306, 0xD1, 0x83): start[length - 1] = 0x9E
        case (0x308, 0xD1, 0x96): start[length - 1] = 0x97
        default: break
        }
    }

    /// Joins a conjoining vowel or final consonant with what precedes it; false if `scalar` is neither.
    private mutating func composeHangul(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        guard length >= 3, (0x1161...0x1175).contains(value) || (0x11A8...0x11C2).contains(value) else { return false }
        let (last, _) = UTF8Decoding.scalar(in: UnsafeBufferPointer(start: start, count: length), at: length - 3)
        let composed: UInt32
        if value < 0x11A8, (0x1100...0x1112).contains(last.value) {
            composed = 0xAC00 + ((last.value - 0x1100) * 21 + (value - 0x1161)) * 28
        } else if value >= 0x11A8, (0xAC00...0xD7A3).contains(last.value), (last.value - 0xAC00) % 28 == 0 {
            composed = last.value + (value - 0x11A7)
        } else {
            return false
        }
        guard let syllable = Unicode.Scalar(composed) else { return false }
        length -= 3
        for byte in syllable.utf8 { appendPart(byte) }
        return true
    }
}
