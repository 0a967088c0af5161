// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Names accepted work.
public struct JobID: Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }
}

/// How far accepted work is.
public enum JobStatus: String, Sendable, Hashable {
    case queued
    case running
    case done
    /// Every document ended, at least one failed for a reason of its own.
    case failed
    /// Every document ended, at least one was given up after three strikes.
    case quarantined
}

/// A job as its owner sees it.
public struct JobRecord: Sendable, Hashable {
    /// A document of the job that did not end well.
    public struct Failure: Sendable, Hashable {
        public var document: DocumentID
        public var quarantined: Bool
        public var reason: String

        public init(document: DocumentID, quarantined: Bool, reason: String) {
            self.document = document
            self.quarantined = quarantined
            self.reason = reason
        }
    }

    public var id: JobID
    public var status: JobStatus
    public var total: Int
    public var indexed: Int
    public var unchanged: Int
    public var failed: Int
    /// At most the first 100.
    public var failures: [Failure]

    public init(id: JobID, status: JobStatus, total: Int, indexed: Int, unchanged: Int, failed: Int, failures: [Failure]) {
        self.id = id
        self.status = status
        self.total = total
        self.indexed = indexed
        self.unchanged = unchanged
        self.failed = failed
        self.failures = failures
    }
}

/// The right to work on one document of a job until it runs out.
public struct IngestLease: Sendable, Hashable {
    public var job: JobID
    /// Position in the job.
    public var item: Int
    /// Which attempt this is, from 1. A lease whose attempt is not the current one is lost.
    public var attempt: Int
    public var scope: TenantScope

    public init(job: JobID, item: Int, attempt: Int, scope: TenantScope) {
        self.job = job
        self.item = item
        self.attempt = attempt
        self.scope = scope
    }
}

/// A document to work on, and the lease for it.
public struct LeasedWork: Sendable {
    public var lease: IngestLease
    public var source: DocumentSource

    public init(lease: IngestLease, source: DocumentSource) {
        self.lease = lease
        self.source = source
    }
}
