// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import CPythonBridge
package import RAGCore
import Synchronization

/// The one Python interpreter of this process. It is started once and never stopped.
package struct PythonRuntime: Sendable {
    /// What was started, for the start-up report.
    package struct Report: Sendable, Hashable {
        /// `3.11.7`
        package var version: String
        package var executable: String
        package var library: String
        package var prefix: String
        /// Where installed packages are imported from.
        package var sitePackages: String
        /// What was added to `sys.path`.
        package var importPaths: [String]
    }

    package let report: Report

    private static let running = Mutex<PythonRuntime?>(nil)

    /// Finds an interpreter and starts it inside this process; a later call returns the one that runs, with its `places` added to
    /// `sys.path`.
    ///
    /// Blocks for about 100 ms; call it at start-up, before other threads read environment variables. Throws
    /// `invalidConfiguration` or `unavailable`, either with what to do about it.
    package static func start(_ places: PythonPlaces = PythonPlaces()) throws(RAGError) -> PythonRuntime {
        try running.withLock { (running) throws(RAGError) in
            if let running {
                try addPaths(places.importPaths)
                return running
            }
            let interpreter = try PythonInterpreter.find(places)
            let library = try interpreter.requiredLibrary()
            try load(interpreter, library)
            try addPaths(places.importPaths)
            let runtime = PythonRuntime(
                report: Report(
                    version: interpreter.version,
                    executable: interpreter.executable,
                    library: library,
                    prefix: interpreter.prefix,
                    sitePackages: interpreter.sitePackages,
                    importPaths: places.importPaths
                )
            )
            running = runtime
            return runtime
        }
    }

    private static func load(_ interpreter: PythonInterpreter, _ library: String) throws(RAGError) {
        var error = gpy_error()
        guard gpy_open(library, &error) == 0 else {
            throw RAGError(
                .unavailable,
                "the Python library \(library) cannot be loaded; reinstall Python or name another one in PYTHON",
                cause: PythonError(taking: &error)
            )
        }
        guard gpy_initialize(interpreter.executable, &error) == 0 else {
            throw RAGError(.unavailable, "the Python interpreter does not start", cause: PythonError(taking: &error))
        }
    }

    private static func addPaths(_ paths: [String]) throws(RAGError) {
        for path in paths {
            var error = gpy_error()
            guard gpy_append_path(path, &error) == 0 else {
                throw RAGError(.unavailable, "\(path) cannot be added to sys.path", cause: PythonError(taking: &error))
            }
        }
    }

    /// Makes an object of the class that `name` (`module:Class`) names; blocks, so call it on `PythonThreads`.
    ///
    /// - Parameter options: Keyword arguments for the class, as a JSON object.
    package func instantiate(_ name: String, options: JSONValue) throws(PythonError) -> PythonObject {
        try instantiate(PythonModelSpec(name: name, options: options))
    }

    func instantiate(_ spec: PythonModelSpec) throws(PythonError) -> PythonObject {
        try PythonObject.module("grounded_models").attribute("load").call([spec.name, spec.options])
    }
}
