// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import GRDB
import RAGCore

/// What an error of SQLite means for the caller and for the writer.
enum StorageFault {
    /// An error of SQLite, or anything else, as the error that crosses the seam.
    static func error(_ error: any Error) -> RAGError {
        guard let fault = error as? DatabaseError else { return RAGError.wrapping(error, "the store failed") }
        switch fault.resultCode {
        case .SQLITE_FULL:
            return RAGError(.insufficientStorage, "the disk is full; nothing was written", cause: fault)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return RAGError(.overloaded, "the store is busy", retryAfter: .seconds(1), cause: fault)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            return RAGError(.corrupt, "the store's file is damaged; restore it from a backup", cause: fault)
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY:
            return RAGError(.unavailable, "the store's disk failed", retryAfter: .seconds(30), cause: fault)
        case .SQLITE_INTERRUPT, .SQLITE_ABORT:
            return RAGError(.cancelled, "the caller went away", cause: fault)
        default:
            return RAGError(.internal, "the store failed", cause: fault)
        }
    }

    /// Whether the error concerns the file and not the one operation: the whole transaction must be given up.
    static func concernsTheFile(_ error: any Error) -> Bool {
        guard let fault = error as? DatabaseError else { return false }
        switch fault.resultCode {
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_NOMEM,
            .SQLITE_BUSY:
            return true
        default: return false
        }
    }

    /// Whether no later write may be trusted. After a failed `fsync` the kernel may have dropped the pages, so that a retry that
    /// succeeds proves nothing.
    static func endsWriting(_ error: any Error) -> Bool {
        guard let fault = error as? DatabaseError else { return false }
        switch fault.resultCode {
        case .SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_CANTOPEN, .SQLITE_READONLY: return true
        default: return false
        }
    }
}
