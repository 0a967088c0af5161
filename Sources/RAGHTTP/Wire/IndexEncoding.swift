// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline

/// What `POST /index` and `GET /jobs/{id}` send back.
enum IndexEncoding {
    /// Documents that were published, or failed, each with its result.
    static func published(_ reply: IngestReply, requestID: String) -> [UInt8] {
        var writer = JSONWriter(capacity: 256 + reply.results.count * 224)
        writer.object { writer in
            writer.key("results")
            writer.array { writer in for result in reply.results { write(result, to: &writer) } }
            writer.member("job_id", nil as String?)
            writer.member("request_id", requestID)
            writer.member(timings: reply.timings, always: [])
        }
        return writer.bytes
    }

    /// Documents that were made durable and wait.
    static func accepted(_ job: JobID, timings: StageTimings, requestID: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("results")
            writer.array { _ in }
            writer.member("job_id", job.rawValue)
            writer.member("request_id", requestID)
            writer.member(timings: timings, always: [])
        }
        return writer.bytes
    }

    static func job(_ job: JobRecord, requestID: String) -> [UInt8] {
        var writer = JSONWriter(capacity: 512 + job.failures.count * 224)
        writer.object { writer in
            writer.member("id", job.id.rawValue)
            writer.member("status", job.status.rawValue)
            writer.key("documents")
            writer.object { writer in
                writer.member("total", job.total)
                writer.member("indexed", job.indexed)
                writer.member("unchanged", job.unchanged)
                writer.member("failed", job.failed)
            }
            writer.member("error", job.failures.isEmpty ? nil : sentence(job))
            writer.key("failures")
            writer.array { writer in
                for failure in job.failures {
                    writer.object { writer in
                        writer.member("id", failure.document.rawValue)
                        writer.member("quarantined", failure.quarantined)
                        writer.member("reason", failure.reason)
                    }
                }
            }
            writer.member("request_id", requestID)
        }
        return writer.bytes
    }

    private static func sentence(_ job: JobRecord) -> String {
        let given = job.failures.filter(\.quarantined).count
        let failed = max(job.failed, job.failures.count)
        let documents = failed == 1 ? "1 document" : "\(failed) documents"
        return given == 0 ? "\(documents) failed" : "\(documents) failed, \(given) of them given up after their last attempt"
    }

    private static func write(_ result: IngestResult, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", result.id.rawValue)
            writer.member("status", result.status.rawValue)
            writer.member("revision", result.revision)
            writer.member("hash", result.hash?.rawValue)
            writer.member("chunks", result.chunks)
            writer.member("warnings", strings: result.warnings)
            writer.key("error")
            guard let error = result.error else { return writer.null() }
            writer.object { writer in
                writer.member("code", error.code.rawValue)
                writer.member("detail", error.message)
                writer.member("field", error.field)
            }
        }
    }
}
