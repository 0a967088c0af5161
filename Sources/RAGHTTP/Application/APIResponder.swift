// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import Hummingbird
import Logging
import NIOCore
import RAGCore

/// Answers every request: name it, find its endpoint, authenticate, run, and turn what was thrown into a problem document.
///
/// This is the outermost layer: nothing is thrown past it and every reply passes `finish`.
package struct APIResponder: HTTPResponder {
    let table: RouteTable
    let authentication: Authentication

    package func respond(to request: Request, context: APIContext) async throws -> Response {
        let start = ContinuousClock.now
        let id = RequestIdentifier.accept(request.headers.value("X-Request-ID"))
        var logger = context.logger
        logger[metadataKey: "rag.request.id"] = "\(id)"
        logger[metadataKey: "hb.request.id"] = nil
        let path = RequestPath(request.head.path ?? "/")
        let match = table.match(request.method, path)
        let exchange = Exchange()
        var record = RequestRecord(method: request.method, route: Self.route(match), start: start, logger: logger)
        let response = await withLogger(logger) { logger in
            do {
                guard case .endpoint(let endpoint, let rawID) = match else { throw Self.noEndpoint(match) }
                let caller = try authentication.caller(
                    request.headers,
                    authority: request.head.authority,
                    access: endpoint.access
                )
                record.tenant = caller?.scope.tenant
                let apiRequest = APIRequest(
                    http: request,
                    pathID: try rawID.map(Self.decoded),
                    query: path.query,
                    caller: caller,
                    id: id,
                    logger: logger,
                    exchange: exchange
                )
                return try await endpoint.handler(apiRequest)
            } catch {
                return Self.problem(error, match: match, id: id, logger: logger)
            }
        }
        return finish(response, to: request, id: id, record: record, exchange: exchange, channel: context.channel)
    }

    private static func route(_ match: RouteTable.Match) -> String {
        switch match {
        case .endpoint(let endpoint, _): endpoint.path
        case .wrongMethod(let path, _): path
        case .nothing: "none"
        }
    }

    private static func noEndpoint(_ match: RouteTable.Match) -> RAGError {
        if case .wrongMethod(_, let allowed) = match {
            let methods = allowed.map(\.rawValue).joined(separator: ", ")
            return RAGError(.methodNotAllowed, "this path takes \(methods)")
        }
        return RAGError(.notFound, "there is no such path; GET /openapi.json lists them, and a slash in an id is written %2F")
    }

    private static func decoded(_ segment: Substring) throws(RAGError) -> String {
        guard let text = RequestPath.decode(segment) else {
            throw RAGError(.invalidField, "the id in the path is not percent-encoded UTF-8", field: "id")
        }
        return text
    }

    private static func problem(_ error: any Error, match: RouteTable.Match, id: String, logger: Logger) -> Response {
        let error = RAGError.wrapping(error)
        FailureLog.record(error, logger: logger)
        var response = Problem(error, requestID: id).response
        if case .wrongMethod(_, let allowed) = match {
            response.headers[.allow] = allowed.map(\.rawValue).joined(separator: ", ")
        }
        return response
    }

    /// Adds what every reply carries, and sees to it that the reply is recorded when it has been written.
    private func finish(
        _ response: Response,
        to request: Request,
        id: String,
        record: RequestRecord,
        exchange: Exchange,
        channel: any Channel
    ) -> Response {
        var response = response
        response.headers.set("X-Request-ID", id)
        response.headers[.xContentTypeOptions] = "nosniff"
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'; sandbox"
        }
        response.headers.set("Referrer-Policy", "no-referrer")
        exchange.rate?.write(to: &response.headers)
        let isStream = response.body.contentLength == nil
        if request.method == .head {
            let length = response.body.contentLength
            response.body = ResponseBody()
            response.headers[.contentLength] = length.map(String.init)
        }
        if !isStream, Self.leavesBody(of: request, exchange) { return closing(response, record, channel) }
        guard isStream else {
            record.finished(status: response.status.code)
            return response
        }
        let (body, status) = (response.body, response.status.code)
        response.body = ResponseBody { writer in
            do {
                try await body.write(writer)
                record.finished(status: status, streamFailure: exchange.streamFailure)
            } catch {
                record.finished(status: 499, streamFailure: exchange.streamFailure)
                throw error
            }
        }
        return response
    }

    /// Whether a body was announced that nobody read: reading it to the end could take for ever.
    private static func leavesBody(of request: Request, _ exchange: Exchange) -> Bool {
        guard !exchange.isBodyRead else { return false }
        if request.headers[.transferEncoding] != nil { return true }
        return request.headers[.contentLength].map { $0 != "0" } ?? false
    }

    /// Sends the reply and closes the connection a moment later, when the client had time to read it.
    private func closing(_ response: Response, _ record: RequestRecord, _ channel: any Channel) -> Response {
        var response = response
        response.headers[.connection] = "close"
        let (body, status) = (response.body, response.status.code)
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            record.finished(status: status)
            try await body.write(writer)
            _ = channel.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
        }
        return response
    }
}
