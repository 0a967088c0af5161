// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// What a query's vector is remembered under, compared byte by byte: two spellings that Unicode calls equivalent are two texts to a model.
struct QueryKey: Hashable, Sendable {
    var tenant: String?
    var text: String

    static func == (lhs: QueryKey, rhs: QueryKey) -> Bool {
        lhs.tenant == rhs.tenant && lhs.text.utf8.count == rhs.text.utf8.count && lhs.text.utf8.elementsEqual(rhs.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(tenant)
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        // Ends the text: no UTF-8 holds this byte.
        hasher.combine(0xFF as UInt8)
    }
}
