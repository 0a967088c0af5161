// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import CStemmer

/// Porter 2 for English, with a small memory of what was stemmed before in the same text: few words make up most of a text.
struct Stemmer: ~Copyable {
    private static let slots = 1_024

    private let handle: OpaquePointer
    private let memory: UnsafeMutablePointer<(key: UInt64, term: UInt64)>?

    /// - Parameter remembering: Whether the text is long enough for the memory to pay.
    init(remembering: Bool) {
        guard let handle = sb_stemmer_new("english", "UTF_8") else {
            preconditionFailure("libstemmer has the English algorithm and the process has memory for it")
        }
        self.handle = handle
        if remembering {
            let slots = UnsafeMutablePointer<(key: UInt64, term: UInt64)>.allocate(capacity: Self.slots)
            slots.initialize(repeating: (0, 0), count: Self.slots)
            memory = slots
        } else {
            memory = nil
        }
    }

    deinit {
        sb_stemmer_delete(handle)
        memory?.deallocate()
    }

    /// The hash of the stem of `word`, whose own hash is `hash`.
    func term(of word: UnsafeBufferPointer<UInt8>, hash: UInt64) -> UInt64 {
        guard let memory else { return stem(word) ?? hash }
        let slot = Int(truncatingIfNeeded: hash & UInt64(Self.slots - 1))
        if memory[slot].key == hash { return memory[slot].term }
        let term = stem(word) ?? hash
        memory[slot] = (hash, term)
        return term
    }

    private func stem(_ word: UnsafeBufferPointer<UInt8>) -> UInt64? {
        guard let stem = sb_stemmer_stem(handle, word.baseAddress, Int32(word.count)) else { return nil }
        let bytes = UnsafeBufferPointer(start: stem, count: Int(sb_stemmer_length(handle)))
        return TermHash.finished(TermHash.adding(bytes, to: TermHash.basis))
    }
}
