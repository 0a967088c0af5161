// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// An accepted document as it waits, is worked on, or ended. Moves only by conditional update on its sequence number.
struct IngestItem: Sendable, Hashable {
    /// Where an item stands.
    enum State: String, Sendable, Hashable {
        case waiting
        case held
        /// Somebody publishes or withdraws its document, which makes it old; nobody else may work on it until `leasedUntil`.
        case taken
        case indexed
        case unchanged
        case failed
        case quarantined

        /// Whether work is still to be done.
        var isOpen: Bool { Self.openStates.contains(self) }
        static let openStates = [State.waiting, .held, .taken]
    }

    static let open = PointFilter.matchAny(Field.state, State.openStates.map(\.rawValue))
    static let isItem = PointFilter.match(Field.kind, RecordKind.item.rawValue)

    let tenant: String
    /// The head of the document that it is for.
    let document: PointID
    let name: DocumentID
    let job: JobID
    /// Position in the job.
    let position: Int
    /// Items are worked off in this order; of one document, never at the same time.
    let order: Int
    /// The content's properties as JSON.
    var header: String
    /// How many points the content is divided into.
    let parts: Int
    var sequence = 1
    var state = State.waiting
    /// How many attempts count against it; a lease that was given back does not.
    var attempts = 0
    /// How many leases there were: only rises, so it tells one from the next.
    var leases = 0
    /// Seconds since 1970 at which the lease runs out.
    var leasedUntil = 0.0
    /// Who changed it last, and when: reading it back tells who won.
    var writer = ""
    var reason: String?
    var endedAt = 0.0

    static func id(_ job: JobID, _ position: Int) -> PointID { PointID("item", job.rawValue, String(position)) }
    var id: PointID { Self.id(job, position) }

    var scope: TenantScope { TenantScope(authenticated: tenant) }
    var lease: IngestLease { IngestLease(job: job, item: position, attempt: attempts, scope: scope) }

    var point: PointWrite {
        var payload: [String: JSONValue] = [
            Field.kind: .string(RecordKind.item.rawValue), Field.tenant: .string(tenant), Field.document: .string(document.text),
            Field.name: .string(name.rawValue), Field.job: .string(job.rawValue), "item": .integer(Int64(position)),
            Field.order: .integer(Int64(order)), "header": .string(header), "parts": .integer(Int64(parts)),
            Field.sequence: .integer(Int64(sequence)), Field.state: .string(state.rawValue), "attempts": .integer(Int64(attempts)),
            "leases": .integer(Int64(leases)),
            "leased_until": .number(leasedUntil), "writer": .string(writer), "ended_at": .number(endedAt),
        ]
        if let reason { payload["reason"] = .string(reason) }
        return PointWrite(id, payload)
    }

    init(tenant: String, key: DocumentKey, job: JobID, position: Int, order: Int, header: String, parts: Int) {
        self.tenant = tenant
        document = key.head
        name = key.id
        self.job = job
        self.position = position
        self.order = order
        self.header = header
        self.parts = parts
    }

    init(_ point: Point) throws(RAGError) {
        tenant = try point.requiredString(Field.tenant)
        document = try point.requiredID(Field.document)
        name = DocumentID(stored: try point.requiredString(Field.name))
        job = JobID(rawValue: try point.requiredString(Field.job))
        position = try point.requiredInteger("item")
        order = try point.requiredInteger(Field.order)
        header = try point.requiredString("header")
        parts = try point.requiredCount("parts")
        sequence = try point.requiredInteger(Field.sequence)
        guard let state = State(rawValue: try point.requiredString(Field.state)) else { throw point.damaged(Field.state) }
        self.state = state
        attempts = try point.requiredInteger("attempts")
        leases = try point.requiredInteger("leases")
        leasedUntil = point.number("leased_until") ?? 0
        writer = point.string("writer") ?? ""
        reason = point.string("reason")
        endedAt = point.number("ended_at") ?? 0
    }

    /// How an item ends.
    enum End: Sendable, Hashable {
        case published(PublishStatus)
        case failed(reason: String)
        case quarantined(reason: String)
    }

    /// The item as if its last lease had not been: whoever held it lost it, or never had it.
    var voided: IngestItem {
        var item = self
        if state == .held { item.attempts = max(0, attempts - 1) }
        item.state = .waiting
        return item
    }

    /// The item after its end. Nothing of the document stays in it unless an operator may want to look at it.
    func ended(_ end: End) -> IngestItem {
        var item = self
        switch end {
        case .published(.unchanged): item.state = .unchanged
        case .published(.failed): (item.state, item.reason) = (.failed, "the document could not be indexed")
        case .published: item.state = .indexed
        case .failed(let reason): (item.state, item.reason) = (.failed, reason)
        case .quarantined(let reason): (item.state, item.reason) = (.quarantined, reason)
        }
        if item.state != .quarantined { item.header = "{}" }
        item.endedAt = WallClock.now
        return item
    }
}
