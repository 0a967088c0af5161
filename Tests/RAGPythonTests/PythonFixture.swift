// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import RAGCore

@testable import RAGPython

/// The interpreter and the model that `scripts/setup-python.sh` makes.
enum PythonFixture {
    static let root: String = {
        var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path) {
            folder.deleteLastPathComponent()
        }
        return folder.path
    }()

    static let interpreter = "\(root)/.venv/bin/python"
    static let model = "\(root)/.deps/models/all-MiniLM-L6-v2"

    static var hasPython: Bool { FileManager.default.isExecutableFile(atPath: interpreter) }
    static var hasModel: Bool { hasPython && FileManager.default.fileExists(atPath: "\(model)/model.onnx") }
    static var measures: Bool { hasModel && ProcessInfo.processInfo.environment["GROUNDED_MEASURE"] != nil }

    /// The one interpreter of this process, started by whichever test comes first.
    static func runtime() throws -> PythonRuntime {
        try PythonRuntime.start(places)
    }

    static func threads(
        _ count: Int = 1,
        limits: PythonThreads.Limits = PythonThreads.Limits(),
        onHang: @escaping @Sendable () -> Void = {}
    ) throws -> PythonThreads {
        PythonThreads(count: count, runtime: try runtime(), limits: limits, onHang: onHang)
    }

    /// Where the modules of the product and of the tests lie.
    static var places: PythonPlaces {
        PythonPlaces(named: interpreter, workingDirectory: root, modulePaths: ["\(root)/python/tests"])
    }

    /// Says nothing.
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func host(_ isolation: PythonHost.Isolation, limits: PythonThreads.Limits = PythonThreads.Limits()) throws -> PythonHost {
        try PythonHost(places, isolation: isolation, limits: limits, logger: silent)
    }

    /// An embedder that does what the texts say.
    static func faulty(threads: PythonThreads, dimension: Int64 = 4) async throws -> PythonEmbeddingProvider {
        try await PythonEmbeddingProvider.load(
            "fault_injection:FaultyEmbedder",
            options: .object(["dimension": .integer(dimension)]),
            runtime: runtime(),
            threads: threads,
            deadline: .after(.seconds(60))
        )
    }

    /// The default model.
    static func embedder(threads: PythonThreads) async throws -> PythonEmbeddingProvider {
        try await PythonEmbeddingProvider.load(
            options: .object(["model_dir": .string(model)]),
            runtime: runtime(),
            threads: threads,
            deadline: .after(.seconds(60))
        )
    }

    /// A method of the object that answers questions about the interpreter.
    static func probe(_ method: String) throws -> PythonObject {
        try runtime().instantiate("fault_injection:Probe", options: .object([:])).attribute(method)
    }

    /// An embedder that does what the texts say.
    static func faulty(_ host: PythonHost) async throws -> PythonEmbeddingProvider {
        try await host.embedder(
            "fault_injection:FaultyEmbedder",
            options: .object(["dimension": .integer(4)]),
            deadline: .after(.seconds(60))
        )
    }
}
