// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import RAGCore

/// Finds the endpoint of a request.
///
/// Hummingbird's own router divides paths after nothing was decoded, skips empty segments and answers 404 for a wrong method; ids
/// that hold slashes and the answer 405 need a stricter one, and a dozen endpoints need no trie.
struct RouteTable: Sendable {
    /// What was found.
    enum Match: Sendable {
        /// - Parameter id: The raw segment that stands for `{id}`.
        case endpoint(Endpoint, id: Substring?)
        /// The path exists, the method does not; the methods that do, for `Allow`.
        case wrongMethod(path: String, allowed: [HTTPRequest.Method])
        case nothing
    }

    private struct Route: Sendable {
        var segments: [Substring]
        var endpoint: Endpoint
    }

    private let routes: [Route]

    /// Every endpoint, in the order given.
    var endpoints: [Endpoint] { routes.map(\.endpoint) }

    init(_ endpoints: [Endpoint]) {
        routes = endpoints.map { Route(segments: RequestPath($0.path).segments, endpoint: $0) }
    }

    /// A `HEAD` request finds the `GET` endpoint.
    func match(_ method: HTTPRequest.Method, _ path: RequestPath) -> Match {
        let candidates = routes.filter { Self.matches($0.segments, path.segments) }
        let wanted = method == .head ? .get : method
        if let route = candidates.first(where: { $0.endpoint.method == wanted }) {
            let position = route.segments.firstIndex(of: "{id}")
            return .endpoint(route.endpoint, id: position.map { path.segments[$0] })
        }
        guard let pattern = candidates.first?.endpoint.path else { return .nothing }
        var allowed = candidates.map(\.endpoint.method)
        if allowed.contains(.get) { allowed.append(.head) }
        return .wrongMethod(path: pattern, allowed: allowed)
    }

    private static func matches(_ pattern: [Substring], _ segments: [Substring]) -> Bool {
        pattern.count == segments.count
            && zip(pattern, segments).allSatisfy { $0 == "{id}" ? !$1.isEmpty : $0.utf8.elementsEqual($1.utf8) }
    }
}
