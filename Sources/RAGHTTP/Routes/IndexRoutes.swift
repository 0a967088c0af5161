// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import RAGCore
import RAGPipeline

/// `POST /index` and `GET /jobs/{id}`: documents in, and how far accepted work is.
struct IndexRoutes: Sendable {
    var ingesting: any DocumentIngesting
    var log: any IngestLog
    var bodies: BodyReader
    var limits: RateLimiting?
    /// Longest time that a caller who waits for the result is kept waiting.
    var deadline: Duration

    var endpoints: [Endpoint] {
        [
            Endpoint(.post, "/index", .role(.write), handler: index),
            Endpoint(.get, "/jobs/{id}", .role(.read), handler: job),
        ]
    }

    private func index(_ request: APIRequest) async throws -> Response {
        let scope = try request.scope
        let type = try ContentType(request.http.headers)
        let parameters = try QueryParameters(request.query, names: type.isJSON ? [] : IndexBody.uploadParameters)
        if type.isJSON {
            try type.requireJSON()
        } else if parameters.string("filename") == nil || type.mediaType?.hasPrefix("multipart/") == true {
            throw RAGError(
                .unsupportedMediaType,
                "send JSON as Content-Type: application/json, or one file as a raw body with ?filename=NAME",
                field: "Content-Type"
            )
        }
        return try await bodies.withBody(of: request, limit: bodies.limits.index) { bytes in
            let body =
                type.isJSON
                ? try IndexBody(JSONValue(parsing: bytes))
                : try IndexBody(file: bytes, mediaType: Self.known(type.mediaType), parameters: parameters)
            return try await ingest(body, scope, request)
        }
    }

    private func ingest(_ body: IndexBody, _ scope: TenantScope, _ request: APIRequest) async throws -> Response {
        try await limits?.admitDocuments(body.sources.count, request)
        if body.wait {
            let reply = try await ingesting.ingest(body.sources, deadline: .after(deadline), in: scope)
            return .json(IndexEncoding.published(reply, requestID: request.id))
        }
        let timings = StageTimings()
        let job = try await ingesting.accept(body.sources, in: scope)
        var response = Response.json(
            IndexEncoding.accepted(job, timings: timings, requestID: request.id),
            status: .accepted
        )
        response.headers[.location] = "/jobs/\(job)"
        return response
    }

    private func job(_ request: APIRequest) async throws -> Response {
        _ = try QueryParameters(request.query, names: [])
        guard let id = request.pathID, let job = try await log.job(JobID(rawValue: id), in: request.scope) else {
            throw RAGError(.notFound, "there is no such job")
        }
        return .json(IndexEncoding.job(job, requestID: request.id))
    }

    /// A media type that says something of the file: not the ones that clients send for want of a better one.
    private static func known(_ mediaType: String?) -> String? {
        switch mediaType {
        case "application/octet-stream", "application/x-www-form-urlencoded": nil
        default: mediaType
        }
    }
}
