// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

extension QdrantStore {
    /// Checks that every document has all chunks, texts and revisions that its head names; reads everything. What is left over of cut
    /// short changes is no fault: nobody can see it, and `reconcile` removes it.
    package func verify() async throws(RAGError) -> VerificationReport {
        let serving = try serving()
        var chunks: [String: Int] = [:]
        try await serving.chunks.forEach(.all([]), fields: .some([Field.publication]), pageSize: 5_000) { points throws(RAGError) in
            for point in points { chunks[try point.requiredString(Field.publication), default: 0] += 1 }
        }
        var texts: [String: Int] = [:]
        let isText = PointFilter.match(Field.kind, RecordKind.text.rawValue)
        try await records.forEach(isText, fields: .some([Field.publication])) { points throws(RAGError) in
            for point in points { texts[try point.requiredString(Field.publication), default: 0] += 1 }
        }
        var suspects: [DocumentKey] = []
        var report = VerificationReport(documents: 0, chunks: 0, faults: [])
        try await records.forEach(Self.aliveHeads) { points throws(RAGError) in
            for point in points {
                let scope = TenantScope(authenticated: try point.requiredString(Field.tenant))
                let key = DocumentKey(DocumentID(stored: try point.requiredString(Field.name)), in: scope)
                let head = try Head(point, key: key)
                guard let current = head.current else { continue }
                report.documents += 1
                report.chunks += head.chunks[serving.generation.key] ?? 0
                let isWhole = chunks[current.publication] == head.chunks[serving.generation.key] && texts[current.text] == current.parts
                if !isWhole || head.revisions > 1 { suspects.append(key) }
            }
        }
        // A document that was changed while this ran is looked at once more, alone.
        for key in suspects { report.faults += try await faults(of: key, serving) }
        return report
    }

    private func faults(of key: DocumentKey, _ serving: Serving) async throws(RAGError) -> [String] {
        let scope = TenantScope(authenticated: key.tenant)
        var faults: [String] = []
        for attempt in 0..<8 {
            if attempt > 0 { try await Self.pause(attempt) }
            faults = []
            let head = try await heads.read(key)
            guard let current = head.current else { return [] }
            let name = "document \(key.id) of tenant \(key.tenant)"
            let own = PointFilter.all([key.filter, .match(Field.publication, current.publication)])
            let found = try await serving.chunks.count(own, deadline: .after(settings.writeLimit))
            let expected = head.chunks[serving.generation.key]
            if found != expected {
                let number = expected.map { "\($0)" } ?? "none yet"
                faults.append("\(name) has \(found) chunks, its head says \(number); run `grounded reembed`")
            }
            let chain = try await chain(of: head, in: scope)
            if chain.count != head.revisions { faults.append("\(name) has \(chain.count) of \(head.revisions) revisions") }
            for published in chain {
                let ids = (0..<published.parts).map { TextParts.id(of: published.text, $0) }
                let parts = try await records.retrieve(ids, fields: .none, deadline: .after(settings.writeLimit)).count
                if parts != published.parts { faults.append("\(name), revision \(published.revision.number), lacks part of its text") }
            }
            if faults.isEmpty { return [] }
            if try await heads.read(key) == head { return faults }
        }
        return faults
    }
}
