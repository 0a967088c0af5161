// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// The one error that crosses a seam: a stable code, a sentence for the client, and a cause for the log.
///
/// `RAGHTTP/ErrorMapping.swift` is the only place that turns a code into a status. `cause` never leaves the process.
public struct RAGError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, as a stable machine-readable word. Additive: new codes may appear, none is renamed.
    public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public var description: String { rawValue }

        /// A field of the request has a wrong type or value; `field` names it.
        public static let invalidField = Code(rawValue: "invalid_field")
        /// A field that is required is missing; `field` names it.
        public static let missingField = Code(rawValue: "missing_field")
        /// A field that does not exist was sent; `field` names it.
        public static let unknownField = Code(rawValue: "unknown_field")
        /// The body is not well-formed JSON or not UTF-8.
        public static let malformedBody = Code(rawValue: "malformed_body")
        /// The content type cannot be read.
        public static let unsupportedMediaType = Code(rawValue: "unsupported_media_type")
        /// Something is larger than its limit.
        public static let tooLarge = Code(rawValue: "too_large")
        /// A document holds nothing that can be indexed, or its bytes cannot be read as its type.
        public static let unreadableDocument = Code(rawValue: "unreadable_document")
        /// No valid credentials were sent.
        public static let unauthenticated = Code(rawValue: "unauthenticated")
        /// The credentials do not allow this operation.
        public static let forbidden = Code(rawValue: "forbidden")
        /// Nothing of that name is visible to this tenant.
        public static let notFound = Code(rawValue: "not_found")
        /// The state does not allow it (lost lease, wrong generation).
        public static let conflict = Code(rawValue: "conflict")
        /// The tenant's own limit is used up; retry later.
        public static let rateLimited = Code(rawValue: "rate_limited")
        /// The server is at its limit or shutting down; retry later.
        public static let overloaded = Code(rawValue: "overloaded")
        /// The request's deadline passed.
        public static let deadlineExceeded = Code(rawValue: "deadline_exceeded")
        /// The caller went away.
        public static let cancelled = Code(rawValue: "cancelled")
        /// A model or server that is needed cannot be reached or answers wrongly.
        public static let unavailable = Code(rawValue: "unavailable")
        /// The disk is full.
        public static let insufficientStorage = Code(rawValue: "insufficient_storage")
        /// The data on disk does not match this program or these settings.
        public static let incompatible = Code(rawValue: "incompatible")
        /// Stored bytes fail their checksum.
        public static let corrupt = Code(rawValue: "corrupt")
        /// A setting is wrong.
        public static let invalidConfiguration = Code(rawValue: "invalid_configuration")
        /// A defect of this program.
        public static let `internal` = Code(rawValue: "internal")
    }

    public var code: Code
    /// A sentence for the client that says what is wrong and what would be right; holds no document text or secret.
    public var message: String
    /// The request field that is at fault, as a path such as `documents[3].id`.
    public var field: String?
    /// When a retry may succeed.
    public var retryAfter: Duration?
    /// What was caught; for the log only.
    public var cause: (any Error)?

    public init(
        _ code: Code,
        _ message: String,
        field: String? = nil,
        retryAfter: Duration? = nil,
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.field = field
        self.retryAfter = retryAfter
        self.cause = cause
    }

    public var description: String {
        var text = "\(code): \(message)"
        if let field { text += " (field \(field))" }
        if let cause { text += " [cause: \(cause)]" }
        return text
    }

    /// Any error as a `RAGError`: itself, `cancelled` for a cancellation, otherwise `internal` with the error as its cause.
    public static func wrapping(_ error: any Error, _ message: String = "unexpected failure") -> RAGError {
        if let error = error as? RAGError { return error }
        if error is CancellationError { return RAGError(.cancelled, "the caller went away", cause: error) }
        return RAGError(.internal, message, cause: error)
    }
}
