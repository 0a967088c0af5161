// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGDocuments

/// Blocks are in order, do not divide characters and leave only white space uncovered.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self)
    let bytes = Array(text.utf8)
    for format in TextFormat.allCases {
        var covered = 0
        for block in StandardDocumentLoader().blocks(of: text, format: format) {
            precondition(block.range.lowerBound >= covered, "blocks overlap")
            precondition(text.bytes(in: block.range) != nil, "a block divides a character")
            precondition(isWhite(bytes[covered..<block.range.lowerBound]), "text is uncovered")
            covered = block.range.upperBound
        }
        precondition(isWhite(bytes[covered...]), "text is uncovered")
    }
    return 0
}

private func isWhite(_ bytes: ArraySlice<UInt8>) -> Bool {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy(\.properties.isWhitespace)
}
