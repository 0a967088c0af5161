// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGText

/// Sentences are in order and leave only white space uncovered.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self)
    let bytes = Array(text.utf8)
    var covered = 0
    for range in SentenceSplitter().sentences(in: text) {
        precondition(range.lowerBound >= covered && !range.isEmpty, "sentences overlap")
        precondition(String(validating: bytes[range], as: UTF8.self) != nil, "a sentence divides a character")
        precondition(isWhite(bytes[covered..<range.lowerBound]), "text is uncovered")
        covered = range.upperBound
    }
    precondition(isWhite(bytes[covered...]), "text is uncovered")
    return 0
}

private func isWhite(_ bytes: ArraySlice<UInt8>) -> Bool {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy(\.properties.isWhitespace)
}
