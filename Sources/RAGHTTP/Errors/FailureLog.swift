// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import Logging
import RAGCore

/// Logs a failed request once, with its cause.
enum FailureLog {
    /// The server's own failures at error, what the caller did wrong at debug.
    static func record(_ error: RAGError, logger: Logger) {
        let status = ErrorMapping.entry(for: error.code).status
        let isExpected = error.code == .overloaded || error.code == .deadlineExceeded
        let level: Logger.Level = status.code < 500 ? .debug : isExpected ? .warning : .error
        var metadata: Logger.Metadata = [
            "rag.error.code": "\(error.code)", "rag.error.message": "\(error.message)",
        ]
        if let field = error.field { metadata["rag.error.field"] = "\(field)" }
        if let cause = error.cause { metadata["rag.error.cause"] = "\(cause)" }
        logger.log(level: level, "request failed", metadata: metadata)
    }
}
