// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A Python exception, or what the bridge itself found wrong; for the log.
package struct PythonError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What it says about the model.
    package enum Kind: Sendable, Hashable {
        /// Python raised it.
        case exception
        /// What Python returned is of no use.
        case wrongResult
        /// The worker process ended.
        case lost
        /// The worker process was ended because it did not answer.
        case overdue
    }

    package let kind: Kind
    /// The exception's class, such as `ValueError`.
    package let type: String
    package let message: String
    /// The last frames, oldest first; empty where there are none.
    package let traceback: String

    init(_ kind: Kind, type: String, message: String, traceback: String = "") {
        self.kind = kind
        self.type = type
        self.message = message
        self.traceback = traceback
    }

    /// What Python returned is of no use; `message` says what it is.
    static func wrongResult(_ message: String) -> PythonError { PythonError(.wrongResult, type: "WrongResult", message: message) }

    /// Whether the model refused what it was given, which says nothing about the next request.
    var isRefusal: Bool { kind == .exception && type == "ValueError" }

    /// The class and what it says, for whoever starts a model; it may quote what the model was given.
    var summary: String { "\(type): \(message)" }

    /// What may be logged of a request: the class and the frames. What an exception says may quote a user's text, so it is left out.
    package var description: String {
        let head = kind == .exception ? type : summary
        return traceback.isEmpty ? head : "\(head)\n\(traceback)"
    }
}
