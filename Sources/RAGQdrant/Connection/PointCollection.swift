// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// A collection of points and what is asked of it. Writes are applied before they are acknowledged (`wait=true`).
struct PointCollection: Sendable {
    /// Which parts of the payload come back.
    enum Fields: Sendable {
        case none
        case all
        case some([String])
    }

    /// A sub-query of a batch.
    struct Query: Sendable {
        enum Target: Sendable {
            case dense([Float])
            /// The weights of terms, and the points whose statistics say how rare they are.
            case terms(SparseVector, corpus: PointFilter)
        }

        var target: Target
        var filter: PointFilter
        var limit: Int
        var fields: Fields = .none
        var withTerms = false
        /// Looks at every point that the filter allows.
        var isExact = false
    }

    /// When a write takes place. A point that does not fulfil it stays as it is; reading back tells.
    enum Condition: Sendable {
        case always
        /// There is no such point.
        case isNew
        /// There is such a point and it passes.
        case matches(PointFilter)
    }

    let client: QdrantClient
    let name: String
    let settings: QdrantSettings

    private var path: String { "/collections/\(name)" }

    /// Whether reads must ask more than one node to see what was acknowledged.
    private var consistency: String { settings.replicationFactor > 1 ? "?consistency=majority" : "" }

    // MARK: Reading

    /// The points of these ids that exist, in no particular order.
    func retrieve(
        _ ids: [PointID],
        fields: Fields = .all,
        withDense: Bool = false,
        deadline: Deadline
    ) async throws(RAGError) -> [Point] {
        guard !ids.isEmpty else { return [] }
        var body = JSONWriter(capacity: 64 + 40 * ids.count)
        body.object { body in
            body.key("ids")
            body.array { body in for id in ids { body.string(id.text) } }
            Self.write(fields, to: &body)
            Self.writeVectors(dense: withDense, terms: false, to: &body)
        }
        return try Self.points(try await read("/points", body, deadline))
    }

    /// A page of points; in the order of their ids, or of an integer field.
    /// - Returns: The points, and where the next page begins (nil on the last, and where an order was asked for).
    func scroll(
        _ filter: PointFilter,
        limit: Int,
        after offset: String? = nil,
        orderedBy field: String? = nil,
        from start: Int? = nil,
        fields: Fields = .all,
        withDense: Bool = false,
        deadline: Deadline
    ) async throws(RAGError) -> (points: [Point], next: String?) {
        var body = JSONWriter()
        body.object { body in
            body.key("filter")
            filter.write(to: &body)
            body.member("limit", limit)
            if let offset { body.member("offset", offset) }
            if let field {
                body.key("order_by")
                body.object { body in
                    body.member("key", field)
                    body.member("direction", "asc")
                    if let start { body.member("start_from", start) }
                }
            }
            Self.write(fields, to: &body)
            Self.writeVectors(dense: withDense, terms: false, to: &body)
        }
        let result = try await read("/points/scroll", body, deadline)
        return (try Self.points(result["points"] ?? .null), result["next_page_offset"]?.string)
    }

    /// Every point that passes, page by page, to `body`.
    func forEach(
        _ filter: PointFilter,
        fields: Fields = .all,
        withDense: Bool = false,
        pageSize: Int = 1_000,
        _ body: ([Point]) async throws(RAGError) -> Void
    ) async throws(RAGError) {
        var next: String?
        repeat {
            let page = try await scroll(filter, limit: pageSize, after: next, fields: fields, withDense: withDense, deadline: .never)
            if !page.points.isEmpty { try await body(page.points) }
            guard page.next == nil || page.next != next else { throw QdrantClient.unexpected("sent the same page again") }
            next = page.next
        } while next != nil
    }

    /// How many points pass.
    func count(_ filter: PointFilter, deadline: Deadline) async throws(RAGError) -> Int {
        var body = JSONWriter()
        body.object { body in
            body.key("filter")
            filter.write(to: &body)
            body.member("exact", true)
        }
        guard let count = try await read("/points/count", body, deadline)["count"]?.integer, (0...1 << 40).contains(count) else {
            throw QdrantClient.unexpected("sent a count that is no number")
        }
        return Int(count)
    }

    /// How many points there are of each value of a keyword field.
    func facet(_ field: String, _ filter: PointFilter, limit: Int, deadline: Deadline) async throws(RAGError) -> [String: Int] {
        var body = JSONWriter()
        body.object { body in
            body.member("key", field)
            body.member("limit", limit)
            body.key("filter")
            filter.write(to: &body)
            body.member("exact", true)
        }
        guard let hits = try await read("/facet", body, deadline)["hits"]?.array else {
            throw QdrantClient.unexpected("sent a facet without hits")
        }
        var counts: [String: Int] = [:]
        for hit in hits {
            guard let value = hit["value"]?.string, let count = hit["count"]?.integer, (0...1 << 40).contains(count) else {
                throw QdrantClient.unexpected("sent a facet that cannot be read")
            }
            // Values that have vanished may still be listed.
            if count > 0 { counts[value] = Int(count) }
        }
        return counts
    }

    /// The answer to a batch of queries, best points first, as it came: for `FoundPoint.batch`.
    func query(_ queries: [Query], deadline: Deadline) async throws(RAGError) -> [UInt8] {
        var body = JSONWriter(capacity: 16_384)
        body.object { body in
            body.key("searches")
            body.array { body in for query in queries { query.write(to: &body) } }
        }
        return try await readBytes("/points/query/batch", body, deadline)
    }

    /// The answer to a look-up of points with their briefs alone, as it came: for `FoundPoint.list`.
    func retrieveBriefs(_ ids: [PointID], deadline: Deadline) async throws(RAGError) -> [UInt8] {
        var body = JSONWriter(capacity: 128 + 40 * ids.count)
        body.object { body in
            body.key("ids")
            body.array { body in for id in ids { body.string(id.text) } }
            Self.write(.some([Brief.field]), to: &body)
            Self.writeVectors(dense: false, terms: false, to: &body)
        }
        return try await readBytes("/points", body, deadline)
    }

    private func readBytes(_ endpoint: String, _ body: JSONWriter, _ deadline: Deadline) async throws(RAGError) -> [UInt8] {
        try await client.bytes("POST", path + endpoint + consistency, body, limit: settings.readLimit, deadline: deadline)
    }

    private func read(_ endpoint: String, _ body: JSONWriter, _ deadline: Deadline) async throws(RAGError) -> JSONValue {
        try await client.call("POST", path + endpoint + consistency, body, limit: settings.readLimit, deadline: deadline)
    }

    // MARK: Writing

    /// Writes points, in as few requests as their size allows.
    func upsert(_ points: [PointWrite], if condition: Condition = .always, deadline: Deadline = .never) async throws(RAGError) {
        var batch: [PointWrite] = []
        var size = 0
        for point in points {
            if !batch.isEmpty, size + point.estimatedSize > 4 << 20 || batch.count == 512 {
                try await send(batch, condition, deadline)
                batch = []
                size = 0
            }
            batch.append(point)
            size += point.estimatedSize
        }
        if !batch.isEmpty { try await send(batch, condition, deadline) }
    }

    /// Writes points in one request, each under a condition of its own.
    func upsertEach(_ points: [(point: PointWrite, condition: Condition)]) async throws(RAGError) {
        guard !points.isEmpty else { return }
        var body = JSONWriter(capacity: 4_096)
        body.object { body in
            body.key("operations")
            body.array { body in
                for (point, condition) in points {
                    body.object { body in
                        body.key("upsert")
                        Self.write([point], condition, to: &body)
                    }
                }
            }
        }
        try await write("POST", "/points/batch", body, .never)
    }

    /// Deletes what passes.
    func delete(_ filter: PointFilter) async throws(RAGError) {
        var body = JSONWriter()
        body.object { body in
            body.key("filter")
            filter.write(to: &body)
        }
        try await write("POST", "/points/delete", body, .never)
    }

    private func send(_ points: [PointWrite], _ condition: Condition, _ deadline: Deadline) async throws(RAGError) {
        var body = JSONWriter(capacity: points.reduce(256) { $0 + $1.estimatedSize })
        Self.write(points, condition, to: &body)
        try await write("PUT", "/points", body, deadline)
    }

    private func write(_ method: String, _ endpoint: String, _ body: JSONWriter, _ deadline: Deadline) async throws(RAGError) {
        let ordering = settings.replicationFactor > 1 ? "&ordering=strong" : ""
        let result = try await client.call(
            method,
            path + endpoint + "?wait=true" + ordering,
            body,
            limit: settings.writeLimit,
            deadline: deadline
        )
        // A server that gives up waiting answers 'acknowledged': written, but not to be found yet.
        for status in (result.array ?? [result]) where status["status"]?.string != "completed" {
            throw RAGError(.unavailable, "qdrant has not applied a write in time", retryAfter: .seconds(1))
        }
    }

    // MARK: The collection itself

    /// Makes the collection and its payload indexes unless they exist.
    /// - Parameter vectors: Writes the members that describe vectors.
    func create(indexes: [PayloadIndex], vectors: (inout JSONWriter) -> Void) async throws(RAGError) {
        if try await !exists() {
            var body = JSONWriter()
            body.object { body in
                vectors(&body)
                body.member("replication_factor", settings.replicationFactor)
                body.member("write_consistency_factor", settings.writeConsistencyFactor)
                if let shards = settings.shards { body.member("shard_number", shards) }
            }
            do {
                _ = try await client.call("PUT", path, body, limit: .seconds(60), deadline: .never)
            } catch  where error.code == .conflict {
                // Another replica made it at the same moment.
            }
        }
        for index in indexes {
            var body = JSONWriter()
            body.object { body in
                body.member("field_name", index.field)
                body.key("field_schema")
                index.writeSchema(to: &body)
            }
            _ = try await client.call("PUT", path + "/index?wait=true", body, limit: .seconds(60), deadline: .never)
        }
    }

    /// Whether there is such a collection.
    func exists() async throws(RAGError) -> Bool {
        let answer = try await client.call("GET", path + "/exists", limit: settings.readLimit, deadline: .never)
        guard let exists = answer["exists"]?.bool else { throw QdrantClient.unexpected("does not say whether a collection exists") }
        return exists
    }

    /// Deletes the collection with everything in it.
    func drop() async throws(RAGError) {
        _ = try await client.call("DELETE", path, limit: .seconds(60), deadline: .never)
    }
}

extension PointCollection {
    private static func points(_ value: JSONValue) throws(RAGError) -> [Point] {
        guard let elements = value.array else { throw QdrantClient.unexpected("sent no points where points were asked for") }
        var points: [Point] = []
        points.reserveCapacity(elements.count)
        for element in elements { points.append(try Point(element)) }
        return points
    }

    fileprivate static func write(_ fields: Fields, to body: inout JSONWriter) {
        switch fields {
        case .none: body.member("with_payload", false)
        case .all: body.member("with_payload", true)
        case .some(let names):
            body.key("with_payload")
            body.array { body in for name in names { body.string(name) } }
        }
    }

    fileprivate static func writeVectors(dense: Bool, terms: Bool, to body: inout JSONWriter) {
        guard dense || terms else { return body.member("with_vector", false) }
        body.key("with_vector")
        body.array { body in
            if dense { body.string(VectorName.dense) }
            if terms { body.string(VectorName.terms) }
        }
    }

    private static func write(_ points: [PointWrite], _ condition: Condition, to body: inout JSONWriter) {
        body.object { body in
            body.key("points")
            body.array { body in for point in points { point.write(to: &body) } }
            switch condition {
            case .always: break
            case .isNew: body.member("update_mode", "insert_only")
            case .matches(let filter):
                body.key("update_filter")
                filter.write(to: &body)
                body.member("update_mode", "update_only")
            }
        }
    }
}

extension PointCollection.Query {
    fileprivate func write(to body: inout JSONWriter) {
        body.object { body in
            body.key("query")
            switch target {
            case .dense(let vector):
                body.array { body in for value in vector { body.float(value) } }
                body.member("using", VectorName.dense)
                body.key("params")
                body.object { body in
                    body.member("exact", isExact)
                    if !isExact { body.member("hnsw_ef", max(128, limit)) }
                }
            case .terms(let vector, let corpus):
                vector.write(to: &body)
                body.member("using", VectorName.terms)
                body.key("params")
                body.object { body in
                    body.key("idf")
                    body.object { body in
                        body.key("corpus")
                        corpus.write(to: &body)
                    }
                }
            }
            body.key("filter")
            filter.write(to: &body)
            body.member("limit", limit)
            PointCollection.write(fields, to: &body)
            PointCollection.writeVectors(dense: false, terms: withTerms, to: &body)
        }
    }
}
