// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation

/// How a loader process is started.
struct LoadingCommand: Sendable {
    let arguments: [String]
    let environment: [String]

    /// Modules are found as in the workers.
    private static let bootstrap = """
        import sys
        sys.path[:] = [p for p in sys.path if p]
        sys.path += [p for p in sys.argv[2:] if p not in sys.path]
        from grounded_loaders.process import main
        main()
        """

    /// What a parser of strangers' files may know of the server: where things lie, and no key or address.
    private static let passedOn: Set<String> = [
        "PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
        "TESSDATA_PREFIX",
    ]

    init(executable: String, importPaths: [String], environment: [String: String] = ProcessInfo.processInfo.environment) {
        arguments = [executable, "-c", Self.bootstrap, "\(ProcessInfo.processInfo.processIdentifier)"] + importPaths
        let own = ["PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"]
        // Threads of numeric libraries would each take address space, which is what is limited.
        let single = ["OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "MALLOC_ARENA_MAX": "2"]
        let passed = environment.filter { Self.passedOn.contains($0.key) }
        self.environment = passed.merging(own) { $1 }.merging(single) { $1 }.map { "\($0)=\($1)" }.sorted()
    }
}
