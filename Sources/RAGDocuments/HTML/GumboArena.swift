// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Memory for one parse, given back all at once.
///
/// The parser frees its tree by recursion, one frame per level; with an arena there is nothing to free node by node.
// Safety: used by one parse on one thread; no reference leaves `HTMLTree`.
final class GumboArena {
    private static let blockSize = 256 << 10

    private var blocks: [UnsafeMutableRawPointer] = []
    private var current: UnsafeMutableRawPointer?
    private var used = 0

    deinit {
        for block in blocks { block.deallocate() }
    }

    func allocate(_ size: Int) -> UnsafeMutableRawPointer {
        let rounded = (max(size, 1) + 15) & ~15
        if rounded > Self.blockSize / 4 {
            let block = UnsafeMutableRawPointer.allocate(byteCount: rounded, alignment: 16)
            blocks.append(block)
            return block
        }
        if current == nil || used + rounded > Self.blockSize {
            let block = UnsafeMutableRawPointer.allocate(byteCount: Self.blockSize, alignment: 16)
            blocks.append(block)
            current = block
            used = 0
        }
        defer { used += rounded }
        return (current ?? blocks[blocks.count - 1]) + used
    }
}
