// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGText

/// Equal text, equal terms; content terms are among them.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self)
    let terms = TermExtractor().terms(of: text)
    precondition(terms == TermExtractor().terms(of: text), "terms differ")
    precondition(Set(terms).isSuperset(of: TermExtractor().contentTerms(of: text)), "a content term is no term")
    _ = ClaimCues(of: text)
    return 0
}
