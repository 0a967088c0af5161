// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGDocuments

/// Any page gives canonical text or a reason.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    let loader = StandardDocumentLoader()
    do throws(RAGError) {
        let document = try loader.loaded(.file(bytes, name: "page.html", mediaType: nil))
        precondition(!document.text.utf8.contains { $0 == 0 || $0 == 0x0D }, "the text is not canonical")
        _ = loader.blocks(of: document.text, format: document.format)
    } catch {
        precondition(error.code == .unreadableDocument, "an unexpected reason")
    }
    return 0
}
