// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import RAGCore

/// `grounded index PATH…`: files and folder trees into the store.
struct IndexCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Index files and folders; ids are paths relative to the folder given."
    )

    @Argument(help: "Files and folders.")
    var paths: [String]

    @Option(help: "Put before every id.")
    var prefix = ""

    @Flag(help: "Withdraw documents that an earlier run indexed from these folders and whose files are gone.")
    var prune = false

    @OptionGroup var server: ServerOptions
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let scan = try FolderScan(paths, prefix: prefix)
        if prune, scan.roots.count != paths.count || scan.roots.contains(where: { root in !scan.files.contains { $0.root == root } }) {
            throw ValidationError("--prune wants folders that hold at least one readable file, so that a missing mount deletes nothing")
        }
        let summary = try await ServerSession.with(server, options) { client in
            var summary = IndexSummary()
            try await index(scan, client, &summary)
            if prune { try await withdrawMissing(scan, client, &summary) }
            return summary
        }
        for path in scan.skipped { print("skipped   \(path): its type cannot be read yet") }
        print(summary)
        if summary.failed > 0 { throw ExitCode(1) }
    }

    private func index(_ scan: FolderScan, _ client: ServerClient, _ summary: inout IndexSummary) async throws {
        var progress = ProgressLine("indexing", total: scan.files.count)
        // Two at a time keep both of the model's lanes busy.
        try await withThrowingTaskGroup(of: (FolderScan.File, Result<JSONValue, any Error>).self) { group in
            var waiting = scan.files.makeIterator()
            func startNext() {
                guard let file = waiting.next() else { return }
                group.addTask { (file, await Self.upload(file, prefix: prefix, client)) }
            }
            for _ in 0..<4 { startNext() }
            for try await (file, result) in group {
                summary.add(file, result)
                progress.show(summary.total, file.id)
                startNext()
            }
        }
        progress.end()
    }

    private static func upload(_ file: FolderScan.File, prefix: String, _ client: ServerClient) async -> Result<JSONValue, any Error> {
        do {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file.path))
            var metadata = JSONWriter()
            metadata.object { writer in
                writer.member("index_prefix", prefix)
                if let root = file.root { writer.member("index_root", root) }
            }
            let query = [
                ("filename", (file.path as NSString).lastPathComponent), ("id", file.id),
                ("metadata", String(decoding: metadata.bytes, as: UTF8.self)),
            ]
            return .success(try await client.upload(Array(bytes), query: query))
        } catch {
            return .failure(error)
        }
    }

    /// Only what an earlier run marked with one of these folders is withdrawn, never documents that came another way.
    private func withdrawMissing(_ scan: FolderScan, _ client: ServerClient, _ summary: inout IndexSummary) async throws {
        let present = Set(scan.files.map(\.id))
        var after: String?
        repeat {
            var path = "/documents?limit=100"
            if !prefix.isEmpty { path += "&prefix=\(ServerClient.escaped(prefix))" }
            if let after { path += "&after=\(ServerClient.escaped(after))" }
            let page = try await client.send("GET", path)
            for document in page["documents"]?.array ?? [] {
                guard let id = document["id"]?.string, !present.contains(id),
                    document["metadata"]?["index_prefix"]?.string == prefix,
                    let root = document["metadata"]?["index_root"]?.string, scan.roots.contains(root)
                else { continue }
                _ = try await client.send("DELETE", "/documents/\(ServerClient.escaped(id))")
                summary.removed.append(id)
            }
            after = page["next"]?.string
        } while after != nil
    }
}

/// What an index run did.
struct IndexSummary: CustomStringConvertible {
    private var new = 0
    private var changed = 0
    private var unchanged = 0
    var removed: [String] = []
    private var failures: [(id: String, reason: String)] = []
    private let start = ContinuousClock.now

    var failed: Int { failures.count }
    var total: Int { new + changed + unchanged + failed }

    /// Counts one file's result.
    mutating func add(_ file: FolderScan.File, _ result: Result<JSONValue, any Error>) {
        switch result {
        case .failure(let error as RAGError): failures.append((file.id, error.message))
        case .failure(let error): failures.append((file.id, "\(error)"))
        case .success(let reply):
            guard let first = reply["results"]?.array?.first, let status = first["status"]?.string else {
                return failures.append((file.id, "the server's reply has no result"))
            }
            switch status {
            case "indexed" where first["revision"]?.integer == 1: new += 1
            case "indexed", "updated": changed += 1
            case "unchanged": unchanged += 1
            default: failures.append((file.id, first["error"]?["detail"]?.string ?? first["error"]?.string ?? status))
            }
        }
    }

    var description: String {
        let seconds = String(format: "%.1f", start.duration(to: .now).inSeconds)
        var lines = failures.sorted { $0.id < $1.id }.map { "failed    \($0.id): \($0.reason)" }
        lines += removed.sorted().map { "removed   \($0)" }
        lines.append(
            "\(new) new, \(unchanged) unchanged, \(changed) changed, \(removed.count) removed, \(failed) failed in \(seconds) s"
        )
        return lines.joined(separator: "\n")
    }
}
