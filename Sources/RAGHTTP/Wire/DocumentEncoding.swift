// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// What the document endpoints send back.
enum DocumentEncoding {
    static func record(_ record: DocumentRecord, requestID: String) -> [UInt8] {
        var writer = JSONWriter(capacity: 1_024 + record.revisions.count * 192)
        writer.object { writer in
            head(record, to: &writer)
            writer.key("revisions")
            writer.array { writer in for revision in record.revisions { write(revision, to: &writer) } }
            writer.member("request_id", requestID)
        }
        return writer.bytes
    }

    static func page(_ page: DocumentPage, requestID: String) -> [UInt8] {
        var writer = JSONWriter(capacity: 256 + page.documents.count * 320)
        writer.object { writer in
            writer.key("documents")
            writer.array { writer in
                for record in page.documents { writer.object { head(record, to: &$0) } }
            }
            writer.member("next", page.next?.rawValue)
            writer.member("request_id", requestID)
        }
        return writer.bytes
    }

    static func withdrawal(_ withdrawal: Withdrawal, requestID: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("id", withdrawal.document.rawValue)
            writer.member("withdrawn", true)
            writer.member("revisions", withdrawal.revisions)
            writer.member("chunks", withdrawal.chunks)
            writer.key("proof")
            writer.object { writer in
                write("text", withdrawal.text, to: &writer)
                write("vectors", withdrawal.vectors, to: &writer)
                write("terms", withdrawal.terms, to: &writer)
                write("cache", withdrawal.cache, to: &writer)
            }
            writer.member("request_id", requestID)
        }
        return writer.bytes
    }

    private static func head(_ record: DocumentRecord, to writer: inout JSONWriter) {
        let current = record.current
        writer.member("id", current.document.rawValue)
        writer.member("title", current.title)
        writer.member("url", current.url)
        writer.member("metadata", metadata: current.metadata)
        writer.member("revision", current.number)
        writer.member("hash", current.hash.rawValue)
        writer.member("created_at", Timestamp.text(current.createdAt))
        writer.member("format", current.format.rawValue)
        writer.member("length", current.length)
        writer.member("chunks", record.chunks)
    }

    private static func write(_ revision: Revision, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("revision", revision.number)
            writer.member("hash", revision.hash.rawValue)
            writer.member("created_at", Timestamp.text(revision.createdAt))
            writer.member("title", revision.title)
            writer.member("url", revision.url)
            writer.member("length", revision.length)
        }
    }

    private static func write(_ name: String, _ remaining: Withdrawal.Remaining, to writer: inout JSONWriter) {
        switch remaining {
        case .count(let count): writer.member(name, count)
        case .pending: writer.member(name, "pending")
        }
    }
}
