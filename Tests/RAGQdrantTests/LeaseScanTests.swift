// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

@testable import RAGQdrant

@Suite struct LeaseScanTests {
    private func item(_ document: String, attempts: Int = 0, heldFor seconds: Double? = nil) throws -> IngestItem {
        let scope = TenantScope(authenticated: "one")
        let key = DocumentKey(try DocumentID(document), in: scope)
        var item = IngestItem(tenant: "one", key: key, job: JobID(rawValue: "job"), position: 0, order: 1, header: "{}", parts: 0)
        item.attempts = attempts
        if let seconds { (item.state, item.leasedUntil) = (.held, 1_000 + seconds) }
        return item
    }

    @Test func newWorkIsTakenInOrder() throws {
        var scan = LeaseScan(now: 1_000, holding: 0)
        #expect(scan.step(try item("a")) == .lease)
        #expect(scan.step(try item("b")) == .lease)
        #expect(scan.step(try item("b")) == .skip, "an older item of the same document goes before")
    }

    @Test func whatIsHeldIsLeftUntilItsLeaseRunsOut() throws {
        var scan = LeaseScan(now: 1_000, holding: 0)
        #expect(scan.step(try item("a", attempts: 1, heldFor: 5)) == .skip)
        #expect(scan.step(try item("a")) == .skip)
        #expect(scan.step(try item("b", attempts: 1, heldFor: -1)) == .lease)
    }

    @Test func whatWasTriedBeforeIsTakenAlone() throws {
        var idle = LeaseScan(now: 1_000, holding: 0)
        #expect(idle.step(try item("a", attempts: 1)) == .lease)
        #expect(idle.step(try item("b")) == .stop)
        var busy = LeaseScan(now: 1_000, holding: 1)
        #expect(busy.step(try item("a", attempts: 1)) == .stop)
        var second = LeaseScan(now: 1_000, holding: 0)
        #expect(second.step(try item("a")) == .lease)
        #expect(second.step(try item("b", attempts: 2)) == .stop, "it waits until nothing else is in hand")
    }

    @Test func threeStrikesAreQuarantine() throws {
        var scan = LeaseScan(now: 1_000, holding: 0)
        #expect(scan.step(try item("a", attempts: 3)) == .quarantine)
        #expect(scan.step(try item("b", attempts: 3, heldFor: 1)) == .skip)
        #expect(scan.step(try item("c")) == .lease)
    }
}
