// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation

/// How a worker process is started.
struct WorkerSettings: Sendable {
    let arguments: [String]
    let environment: [String]

    /// The modules are found as in the interpreter of this process: installed packages first, then `importPaths`, and not whatever lies
    /// in the working directory before them.
    private static let bootstrap = """
        import sys
        sys.path[:] = [p for p in sys.path if p]
        sys.path += [p for p in sys.argv[2:] if p not in sys.path]
        from grounded_models.worker import main
        main()
        """

    init(executable: String, importPaths: [String], environment: [String: String] = ProcessInfo.processInfo.environment) {
        arguments = [executable, "-c", Self.bootstrap, "\(ProcessInfo.processInfo.processIdentifier)"] + importPaths
        let own = ["PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"]
        self.environment = own.merging(environment) { $1 }.map { "\($0)=\($1)" }
    }
}
