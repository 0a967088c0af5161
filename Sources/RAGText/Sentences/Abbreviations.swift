// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// English words whose full stop does not end a sentence.
enum Abbreviations {
    /// Longest word that is looked up, in bytes.
    static let longest = 8

    private static let always: Set<String> = [
        "approx", "ca", "capt", "cf", "col", "dept", "dr", "e.g", "eg", "est", "excl", "gen", "gov", "hon", "i.e", "ie", "incl", "lt",
        "messrs", "mr", "mrs", "ms", "mt", "prof", "rep", "resp", "rev", "sen", "sgt", "st", "viz", "vs", "al", "u.s", "u.k", "u.n",
    ]

    private static let beforeNumbers: Set<String> = [
        "app", "art", "ch", "chap", "eq", "eqs", "ex", "fig", "figs", "no", "nos", "nr", "p", "para", "pp", "pt", "ref", "refs", "sec",
        "sect", "tab", "v", "ver", "vol", "vols", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    ]

    /// Whether `word`, followed by a full stop, goes on: an abbreviation or an initial such as the `J` of `J. Smith`.
    static func holds(_ word: Slice<UnsafeBufferPointer<UInt8>>, beforeDigit: Bool) -> Bool {
        guard let first = word.first, word.count <= longest else { return false }
        if word.count == 1, first >= 0x41, first <= 0x5A { return true }
        let lowercased = String(decoding: word, as: UTF8.self).lowercased()
        return always.contains(lowercased) || (beforeDigit && beforeNumbers.contains(lowercased))
    }
}
