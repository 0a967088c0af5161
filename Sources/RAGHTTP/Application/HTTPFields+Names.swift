// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird

extension HTTPFields {
    /// Sets a field that has no constant; a name that no field can have changes nothing.
    mutating func set(_ name: String, _ value: String) {
        if let name = Element.Name(name) { self[name] = value }
    }

    /// The value of a field that has no constant.
    func value(_ name: String) -> String? { Element.Name(name).flatMap { self[$0] } }
}
