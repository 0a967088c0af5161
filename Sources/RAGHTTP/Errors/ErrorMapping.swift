// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import RAGCore

extension RAGError.Code {
    /// No endpoint has this path with this method.
    static let methodNotAllowed = RAGError.Code(rawValue: "method_not_allowed")
    /// The body came too slowly.
    static let requestTimeout = RAGError.Code(rawValue: "request_timeout")
}

/// The only table from error codes to what HTTP says of them.
enum ErrorMapping {
    /// A code's status and its title, the same for every error of that code.
    struct Entry: Sendable {
        var status: HTTPResponse.Status
        var title: String
        /// Seconds after which a retry may succeed, where the error itself does not say.
        var retryAfter: Int?
    }

    static func entry(for code: RAGError.Code) -> Entry { table[code] ?? unexpected }

    /// Every code that a client can meet.
    static var codes: [RAGError.Code] { table.keys.sorted { $0.rawValue < $1.rawValue } }

    private static let unexpected = Entry(status: .internalServerError, title: "Unexpected failure")

    private static let table: [RAGError.Code: Entry] = [
        .invalidField: Entry(status: .badRequest, title: "A field has a wrong type or value"),
        .missingField: Entry(status: .badRequest, title: "A required field is missing"),
        .unknownField: Entry(status: .badRequest, title: "A field does not exist"),
        .malformedBody: Entry(status: .badRequest, title: "The body cannot be read"),
        .unauthenticated: Entry(status: .unauthorized, title: "No valid credentials"),
        .forbidden: Entry(status: .forbidden, title: "The credentials do not allow this"),
        .notFound: Entry(status: .notFound, title: "Not found"),
        .methodNotAllowed: Entry(status: .methodNotAllowed, title: "The path has no such method"),
        .requestTimeout: Entry(status: .requestTimeout, title: "The request came too slowly"),
        .conflict: Entry(status: .conflict, title: "The state does not allow this"),
        .tooLarge: Entry(status: .contentTooLarge, title: "Larger than the limit"),
        .unsupportedMediaType: Entry(status: .unsupportedMediaType, title: "The content type cannot be read"),
        .unreadableDocument: Entry(status: .unprocessableContent, title: "The document cannot be read"),
        .rateLimited: Entry(status: .tooManyRequests, title: "Your limit is used up", retryAfter: 1),
        .cancelled: Entry(status: HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request"), title: "The caller went away"),
        .internal: unexpected,
        .incompatible: Entry(status: .internalServerError, title: "Stored data and settings do not match"),
        .corrupt: Entry(status: .serviceUnavailable, title: "Stored data fails its checksum"),
        .overloaded: Entry(status: .serviceUnavailable, title: "The server is at its limit", retryAfter: 1),
        .unavailable: Entry(status: .serviceUnavailable, title: "Something that is needed is not available", retryAfter: 5),
        .deadlineExceeded: Entry(status: .gatewayTimeout, title: "The deadline passed"),
        .insufficientStorage: Entry(
            status: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"),
            title: "The disk is full"
        ),
    ]
}

/// An error as a client sees it: RFC 9457, without the cause.
struct Problem: Sendable {
    /// The media type of `bytes`.
    static let contentType = "application/problem+json"

    var error: RAGError
    var requestID: String
    private var entry: ErrorMapping.Entry { ErrorMapping.entry(for: error.code) }

    init(_ error: RAGError, requestID: String) {
        self.error = error
        self.requestID = requestID
    }

    var status: HTTPResponse.Status { entry.status }

    /// Whole seconds, rounded up; nil where a retry is no use.
    var retryAfter: Int? {
        if let wait = error.retryAfter { return max(1, Int(wait.inSeconds.rounded(.up))) }
        return entry.retryAfter
    }

    var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("type", "urn:grounded:error:\(error.code)")
            writer.member("title", entry.title)
            writer.member("status", entry.status.code)
            writer.member("detail", error.message)
            writer.member("code", error.code.rawValue)
            writer.member("field", error.field)
            writer.member("request_id", requestID)
        }
        return writer.bytes
    }

    var response: Response {
        var headers: HTTPFields = [.contentType: Self.contentType, .cacheControl: "no-store"]
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        if error.code == .unauthenticated { headers[.wwwAuthenticate] = "Bearer realm=\"grounded\"" }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
