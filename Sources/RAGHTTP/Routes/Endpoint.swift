// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird

/// One operation of the interface: a method, a path and what it does.
struct Endpoint: Sendable {
    var method: HTTPRequest.Method
    /// As in the interface's description: `/documents/{id}/text`.
    var path: String
    var access: EndpointAccess
    /// What the endpoint is for and what it answers; every failure is thrown.
    var handler: @Sendable (APIRequest) async throws -> Response

    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ access: EndpointAccess,
        handler: @escaping @Sendable (APIRequest) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.handler = handler
    }
}

extension Response {
    /// A whole JSON body.
    static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }
}
