// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import RAGCore
import RAGPython

/// What the way into Python costs: without a model, with one, and with 32 clients. Run in the repository's root:
/// `swift run --package-path benchmarks/bridge -c release BridgeBenchmark [MODEL_FOLDER]`.
@main
struct BridgeBenchmark {
    static let logger = Logger(label: "bridge") { _ in SwiftLogNoOpLogHandler() }
    static let embedder = PythonEmbeddingProvider.onnxEmbedder
    static let words = ["river", "bread", "account", "planet", "music", "engine", "doctor", "winter", "market", "forest"]

    static func main() async throws {
        let root = FileManager.default.currentDirectoryPath
        let folder = CommandLine.arguments.dropFirst().first ?? "\(root)/.deps/models/all-MiniLM-L6-v2"
        let options = JSONValue.object(["model_dir": .string(folder)])
        let places = PythonPlaces(modulePaths: ["\(root)/benchmarks/bridge"])
        let inside = try PythonHost(places, isolation: .inProcess(threads: 1), logger: logger)
        let worker = try PythonHost(places, isolation: .workers(1), logger: logger)
        report("\(inside.report)")
        let runtime = try PythonRuntime.start(places)
        let peer = try runtime.instantiate("bridge_peer:Peer", options: .object(["spec": .string(embedder), "options": options]))
        try await calls(inside, worker, runtime)
        try await ratios(inside, worker, peer, options, on: PythonThreads(count: 1, runtime: runtime))
        try await throughput(places, peer, options)
    }

    /// A call without a model.
    static func calls(_ inside: PythonHost, _ worker: PythonHost, _ runtime: PythonRuntime) async throws {
        let threads = PythonThreads(count: 1, runtime: runtime)
        let onThread = try await threads.run(priority: .query, deadline: .never, step: "measuring") { _ throws(RAGError) in
            do {
                let nothing = try runtime.instantiate("bridge_peer:Nothing", options: .object([:])).attribute("embed")
                return try (0..<50_000).map { _ in
                    try ContinuousClock().measure { _ = try nothing.matrix(["a short question"], role: "query") }.inSeconds
                }
            } catch {
                throw RAGError.wrapping(error)
            }
        }[0]
        report("call without a model, on the Python thread: p50 \(microseconds(onThread, 0.5)) µs, p99 \(microseconds(onThread, 0.99)) µs")
        for (name, host) in [("in process", inside), ("worker process", worker)] {
            let model = try await host.embedder("bridge_peer:Nothing", options: .object([:]), deadline: .after(.seconds(60)))
            var times: [Double] = []
            for _ in 0..<20_000 {
                let start = ContinuousClock.now
                _ = try await model.embed(["a short question"], as: .query, deadline: .after(.seconds(10)))
                times.append(start.duration(to: .now).inSeconds)
            }
            report("from an async caller to its result, \(name): p50 \(microseconds(times, 0.5)) µs, p99 \(microseconds(times, 0.99)) µs")
        }
    }

    /// Our call ÷ the model's own, one thread each, in turns.
    static func ratios(
        _ inside: PythonHost,
        _ worker: PythonHost,
        _ peer: PythonObject,
        _ options: JSONValue,
        on threads: PythonThreads
    ) async throws {
        let models = [
            try await inside.embedder(options: options, deadline: .after(.seconds(120))),
            try await worker.embedder(options: options, deadline: .after(.seconds(120))),
        ]
        let seconds = try peer.attribute("seconds")
        let orders = [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1], [0, 2, 1], [1, 2, 0]]
        for tokens in [30, 200] {
            for count in [1, 8, 32] {
                let texts = texts(count, tokens: tokens)
                let json = json(texts)
                var quotients: [[Double]] = [[], []]
                var plain: [Double] = []
                let rounds = max(24, min(400, 24_000 / (count * tokens)))
                for round in 0..<rounds {
                    var direct = 0.0
                    var own = [0.0, 0.0]
                    // Whoever comes next finds the caches as the one before left them, so all take turns in every order.
                    for place in orders[round % orders.count] {
                        if place == models.count {
                            direct = try await threads.run(priority: .query, deadline: .never, step: "measuring") { _ throws(RAGError) in
                                do { return Double(try seconds.text([json])) ?? 0 } catch { throw RAGError.wrapping(error) }
                            }[0]
                        } else {
                            let start = ContinuousClock.now
                            _ = try await models[place].embed(texts, as: .passage, deadline: .never)
                            own[place] = start.duration(to: .now).inSeconds
                        }
                    }
                    guard round >= orders.count else { continue }
                    plain.append(direct)
                    for index in models.indices { quotients[index].append(own[index] / direct) }
                }
                report(
                    "\(count) × \(tokens) tokens: Python \(rounded(percentile(plain, 0.5) * 1_000)) ms, "
                        + "in process ÷ Python \(rounded(percentile(quotients[0], 0.5))), "
                        + "worker ÷ Python \(rounded(percentile(quotients[1], 0.5))), \(rounds) rounds"
                )
            }
        }
    }

    /// 32 clients with one text each, against each arrangement of plain Python.
    static func throughput(_ places: PythonPlaces, _ peer: PythonObject, _ options: JSONValue) async throws {
        let hosts: [PythonHost.Isolation] = [
            .inProcess(threads: 2), .inProcess(threads: 3), .inProcess(threads: 4), .workers(2), .workers(3),
        ]
        var models: [PythonEmbeddingProvider] = []
        for isolation in hosts {
            let host = try PythonHost(places, isolation: isolation, logger: logger)
            models.append(try await host.embedder(options: options, deadline: .after(.seconds(120))))
        }
        let rate = try peer.attribute("rate")
        let arrangements = ["[1, 1, 1]", "[2, 1, 1]", "[4, 1, 1]", "[1, 1, 2]", "[1, 32, 1]", "[2, 16, 1]", "[2, 8, 1]"]
        for tokens in [30, 200] {
            let texts = texts(tokens == 30 ? 256 : 96, tokens: tokens)
            let json = json(texts)
            var python = Array(repeating: [Double](), count: arrangements.count)
            var own = Array(repeating: [Double](), count: models.count)
            for _ in 0..<5 {
                for (index, arrangement) in arrangements.enumerated() {
                    python[index].append(Double(try rate.text([arrangement, json])) ?? 0)
                }
                for (index, model) in models.enumerated() { own[index].append(try await rateOf(model, texts)) }
            }
            for (index, values) in python.enumerated() {
                report("32 clients, \(tokens) tokens: Python \(arrangements[index]): \(rounded(percentile(values, 0.5))) texts/s")
            }
            let best = python.map { percentile($0, 0.5) }.max() ?? 1
            for (index, values) in own.enumerated() {
                let rate = percentile(values, 0.5)
                report("32 clients, \(tokens) tokens: \(hosts[index]): \(rounded(rate)) texts/s, ÷ best of Python \(rounded(rate / best))")
            }
        }
    }

    static func rateOf(_ model: PythonEmbeddingProvider, _ texts: [String]) async throws -> Double {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<32 {
                group.addTask {
                    for index in stride(from: client, to: texts.count, by: 32) {
                        _ = try await model.embed([texts[index]], as: .query, deadline: .never)
                    }
                }
            }
            try await group.waitForAll()
        }
        return Double(texts.count) / start.duration(to: .now).inSeconds
    }

    /// Texts of one-token words, two tokens being the model's own.
    static func texts(_ count: Int, tokens: Int) -> [String] {
        (0..<count).map { text in (0..<tokens - 2).map { words[(text * 7 + $0 * 3) % words.count] }.joined(separator: " ") }
    }

    static func json(_ texts: [String]) -> String {
        var writer = JSONWriter()
        writer.array { writer in for text in texts { writer.string(text) } }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Prints at once, also where the output is no terminal.
    static func report(_ line: String) {
        print(line)
        fflush(nil)
    }

    static func percentile(_ values: [Double], _ share: Double) -> Double {
        let sorted = values.sorted()
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }

    static func microseconds(_ seconds: [Double], _ share: Double) -> Double { rounded(percentile(seconds, share) * 1e6) }
    static func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }
}
