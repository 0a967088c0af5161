// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RESP

/// Replies are the same however their bytes are split, and hold no more than was sent.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    let whole = parse(bytes, piece: max(count, 1))
    // The first byte says how the rest is split.
    let split = parse(bytes, piece: Int(bytes.first ?? 0) % 7 + 1)
    precondition(whole.values == split.values && whole.error == split.error, "the pieces decide what is read")
    precondition(whole.values.reduce(0) { $0 + $1.contentBytes } <= count * 3, "more is read than was sent")
    return 0
}

private func parse(_ bytes: [UInt8], piece: Int) -> (values: [RESPValue], error: RESPError?) {
    var parser = RESPParser()
    var values: [RESPValue] = []
    var rest = bytes[...]
    do {
        while !rest.isEmpty {
            parser.append(rest.prefix(piece))
            rest = rest.dropFirst(piece)
            // A NaN equals nothing, not even itself.
            while let value = try parser.next() { if !isNumber(value) { values.append(value) } }
        }
        return (values, nil)
    } catch {
        return (values, error)
    }
}

private func isNumber(_ value: RESPValue) -> Bool {
    switch value {
    case .double: true
    case .array(let items), .map(let items), .push(let items): items.contains(where: isNumber)
    default: false
    }
}
