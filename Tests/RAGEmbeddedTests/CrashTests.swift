// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import RAGEmbedded
import RAGTestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A process dies at a named moment; what it acknowledged must be there afterwards, and nothing by halves.
@Suite struct CrashTests {
    private static func path(_ point: CrashPoint) -> String {
        FileManager.default.temporaryDirectory.path + "/grounded-crash-\(point.rawValue)"
    }

    /// Publishes, replaces and withdraws until the process dies; notes in a file what was acknowledged.
    private static func work(until point: CrashPoint, count: Int) async {
        setenv("GROUNDED_CRASH_AT", "\(point.rawValue):\(count)", 1)
        let path = path(point)
        do {
            let store = try EmbeddedStore(EmbeddedStore.Settings(directory: path))
            try await store.prepare(ConformanceDocument.generation)
            let log = try FileHandle(forWritingTo: URL(fileURLWithPath: path + "/acknowledged"))
            for number in 0..<200 {
                let id = "d\(number % 20)"
                if number % 7 == 6 {
                    let proof = try await store.withdraw(try DocumentID(id), in: .alpha)
                    if proof != nil { try log.write(contentsOf: Data("- \(id)\n".utf8)) }
                    await store.purge()
                } else {
                    try await store.put(ConformanceDocument(id, "common first\(number)\n\ncommon second\(number)"))
                    try log.write(contentsOf: Data("+ \(id) \(number)\n".utf8))
                }
                if number % 10 == 0 {
                    _ = try await store.find("common")
                    await store.mergeNow()
                    await store.saveIndexes()
                }
            }
        } catch { print("the crash test's process failed: \(error)") }
    }

    private func checkAfterwards(_ point: CrashPoint) async throws {
        let path = Self.path(point)
        var truth: [String: Int] = [:]
        let lines = try String(contentsOfFile: path + "/acknowledged", encoding: .utf8).split(separator: "\n")
        #expect(!lines.isEmpty, "something was acknowledged before the crash")
        for line in lines {
            let parts = line.split(separator: " ")
            truth[String(parts[1])] = parts[0] == "+" ? Int(parts[2]) : nil
        }
        let store = try EmbeddedStore(EmbeddedStore.Settings(directory: path))
        try await store.prepare(ConformanceDocument.generation)
        #expect(try await store.verify().faults == [])
        // At most the one operation that was under way may have happened without being acknowledged.
        var differences = 0
        for number in 0..<20 {
            let id = try DocumentID("d\(number)")
            let text = try await store.text(of: id, revision: nil, in: .alpha)?.text
            let expected = truth[id.rawValue].map { "common first\($0)\n\ncommon second\($0)" }
            if text != expected { differences += 1 }
            let chunks = try await store.search(ConformanceDocument.lexicalRequest("common", limit: 1_000), in: .alpha).hits
                .count { $0.chunk.document == id }
            #expect(chunks == (text == nil ? 0 : 2), "a document is there as a whole or not at all")
        }
        #expect(differences <= 1, "\(differences) documents differ from what was acknowledged")
        try await store.close()
        try FileManager.default.removeItem(atPath: path)
    }

    private func makeFolder(_ point: CrashPoint) throws {
        let path = Self.path(point)
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        _ = FileManager.default.createFile(atPath: path + "/acknowledged", contents: nil)
    }

    @Test func survivesACrashBeforeACommit() async throws {
        try makeFolder(.beforeCommit)
        await #expect(processExitsWith: .signal(SIGKILL)) { await Self.work(until: .beforeCommit, count: 33) }
        try await checkAfterwards(.beforeCommit)
    }

    @Test func survivesACrashAfterACommit() async throws {
        try makeFolder(.afterCommit)
        await #expect(processExitsWith: .signal(SIGKILL)) { await Self.work(until: .afterCommit, count: 47) }
        try await checkAfterwards(.afterCommit)
    }

    @Test func survivesACrashBeforeTheIndexKnows() async throws {
        try makeFolder(.beforeIndexApply)
        await #expect(processExitsWith: .signal(SIGKILL)) { await Self.work(until: .beforeIndexApply, count: 40) }
        try await checkAfterwards(.beforeIndexApply)
    }

    @Test func survivesACrashBeforeAcknowledging() async throws {
        try makeFolder(.beforeAcknowledge)
        await #expect(processExitsWith: .signal(SIGKILL)) { await Self.work(until: .beforeAcknowledge, count: 52) }
        try await checkAfterwards(.beforeAcknowledge)
    }

    @Test func survivesACrashAroundASnapshot() async throws {
        try makeFolder(.afterSnapshot)
        await #expect(processExitsWith: .signal(SIGKILL)) { await Self.work(until: .afterSnapshot, count: 6) }
        try await checkAfterwards(.afterSnapshot)
    }

    @Test func survivesACrashWhilePurging() async throws {
        try makeFolder(.duringPurge)
        await #expect(processExitsWith: .signal(SIGKILL)) { await Self.work(until: .duringPurge, count: 5) }
        try await checkAfterwards(.duringPurge)
    }

    @Test func survivesACrashBeforeAMergeTakesOver() async throws {
        try makeFolder(.beforeMergeSwap)
        await #expect(processExitsWith: .signal(SIGKILL)) { await Self.work(until: .beforeMergeSwap, count: 4) }
        try await checkAfterwards(.beforeMergeSwap)
    }
}
