// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import RAGCore
import RAGPipeline

/// `/health…`, `/metrics` and `/openapi.json`: what operators and tools ask.
struct OperationRoutes: Sendable {
    var health: HealthRegistry
    var refreshHealth: @Sendable () async -> Void
    var metrics: @Sendable () async -> String
    var version: String
    let start = ContinuousClock.now

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/health", .optional, handler: details),
            Endpoint(.get, "/health/live", .open, handler: live),
            Endpoint(.get, "/health/ready", .open, handler: ready),
            Endpoint(.get, "/metrics", .role(.admin), handler: exposition),
            Endpoint(.get, "/openapi.json", .open) { _ in .json(Array(OpenAPIDocument.json.utf8)) },
        ]
    }

    /// Depends on nothing: whoever gets this answer is served by a live process.
    private func live(_ request: APIRequest) async throws -> Response { status("ok", .ok, request) }

    private func ready(_ request: APIRequest) async throws -> Response {
        await refreshHealth()
        if health.isReady { return status("ready", .ok, request) }
        return status(health.isDraining ? "draining" : "not_ready", .serviceUnavailable, request)
    }

    private func status(_ word: String, _ status: HTTPResponse.Status, _ request: APIRequest) -> Response {
        var writer = JSONWriter(capacity: 96)
        writer.object { writer in
            writer.member("status", word)
            writer.member("request_id", request.id)
        }
        return .json(writer.bytes, status: status)
    }

    /// Everything to those who are known; to others only the status.
    private func details(_ request: APIRequest) async throws -> Response {
        await refreshHealth()
        let dependencies = health.dependencies
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("status", overall(dependencies))
            if request.caller != nil {
                writer.member("version", version)
                writer.member("uptime_seconds", start.duration(to: .now).inSeconds.rounded())
                writer.key("dependencies")
                writer.array { writer in for dependency in dependencies { Self.write(dependency, to: &writer) } }
            }
            writer.member("request_id", request.id)
        }
        return .json(writer.bytes)
    }

    private func overall(_ dependencies: [DependencyHealth]) -> String {
        if health.isDraining { return "draining" }
        if !health.isReady { return "down" }
        return dependencies.allSatisfy { $0.status == .ok } ? "ok" : "degraded"
    }

    private static func write(_ dependency: DependencyHealth, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", dependency.name)
            writer.member("status", dependency.status.rawValue)
            writer.member("since", Timestamp.text(dependency.since))
            writer.member("detail", dependency.detail)
        }
    }

    private func exposition(_ request: APIRequest) async throws -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: await metrics()))
        )
    }
}
