// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import CPythonBridge

/// A Python exception, or what the bridge itself found wrong; for the log.
package struct PythonError: Error, Sendable, CustomStringConvertible {
    /// The exception's class, such as `ValueError`.
    package let type: String
    package let message: String
    /// The last frames, oldest first; empty where there are none.
    package let traceback: String

    /// Takes over what `error` holds and frees it.
    init(taking error: inout gpy_error) {
        type = error.type.map { String(cString: $0) } ?? "Exception"
        message = error.message.map { String(cString: $0) } ?? ""
        traceback = error.traceback.map { String(cString: $0) } ?? ""
        gpy_error_clear(&error)
    }

    package var description: String {
        traceback.isEmpty ? "\(type): \(message)" : "\(type): \(message)\n\(traceback)"
    }
}
