// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the uploader is told of a process that gave no answer.
enum LoadingFailure {
    /// The process was ended because its time was up.
    static func overdue(_ limits: LoadingLimits) -> RAGError {
        RAGError(
            .tooLarge,
            "reading the document takes longer than \(seconds(limits)) s (LOADER_TIMEOUT_SECONDS); divide it, or raise the limit"
        )
    }

    /// The text does not fit.
    static func longText(_ limits: LoadingLimits) -> RAGError {
        RAGError(.tooLarge, "the document's text has more than \(megabytes(limits.textBytes)) MB, which is the limit; divide it")
    }

    /// The answer makes no sense.
    static func violation(_ reason: String) -> RAGError {
        RAGError(.unreadableDocument, "the document cannot be read: its loader answered wrongly (\(reason))")
    }

    /// The process ended by itself.
    static func ended(_ end: WorkerEnd?, _ limits: LoadingLimits) -> RAGError {
        let memory = "\(megabytes(limits.memory)) MB (LOADER_MEMORY)"
        switch end {
        case .signal(SIGXCPU):
            return RAGError(
                .tooLarge,
                "reading the document takes more than \(seconds(limits)) s of processor time (LOADER_TIMEOUT_SECONDS); divide it, or raise the limit"
            )
        case .signal(SIGKILL):
            return RAGError(
                .tooLarge,
                "the process that read the document was killed by the system, for its memory or its processor time; its limits are \(memory) and \(seconds(limits)) s (LOADER_TIMEOUT_SECONDS)"
            )
        case .signal(let signal):
            return RAGError(
                .unreadableDocument,
                "the document is malformed or too large: its loader crashed (signal \(signal)); it may use \(memory)"
            )
        case .status(let status):
            return RAGError(
                .unreadableDocument,
                "the document is malformed or too large: its loader ended without an answer (status \(status)); it may use \(memory)"
            )
        case .unknown, nil:
            return RAGError(
                .unreadableDocument,
                "the document is malformed or too large: its loader ended without an answer; it may use \(memory)"
            )
        }
    }

    private static func seconds(_ limits: LoadingLimits) -> Int { Int(limits.time.inSeconds.rounded(.up)) }

    private static func megabytes(_ bytes: Int) -> Int { bytes >> 20 }
}
