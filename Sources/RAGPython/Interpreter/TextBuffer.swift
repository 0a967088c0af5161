// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import CPythonBridge

/// Texts in the form in which they cross to Python: one UTF-8 buffer and where each text begins.
struct TextBuffer {
    private var bytes: [UInt8] = []
    private var offsets: [Int] = [0]

    init(_ texts: some Collection<String>) {
        offsets.reserveCapacity(texts.count + 1)
        bytes.reserveCapacity(texts.reduce(1) { $0 + $1.utf8.count })
        for text in texts {
            bytes.append(contentsOf: text.utf8)
            offsets.append(bytes.count)
        }
        // An empty array may have no address; the bridge never reads this byte.
        bytes.append(0)
    }

    /// Lends the texts for the length of one call.
    func withTexts<Result>(_ body: (gpy_texts) -> Result) -> Result {
        bytes.withUnsafeBytes { bytes in
            offsets.withUnsafeBufferPointer { offsets in
                body(
                    gpy_texts(
                        bytes: bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                        offsets: offsets.baseAddress,
                        count: offsets.count - 1
                    )
                )
            }
        }
    }
}
