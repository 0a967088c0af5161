// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Dispatch
import Foundation
import RAGCore

/// An interpreter on disk and where its parts lie, as it says itself.
struct PythonInterpreter: Sendable {
    /// The environment's own executable, such as `.venv/bin/python`.
    var executable: String
    /// `3.11.7`
    var version: String
    /// The shared library to load; nil where this Python has none, which is enough for worker processes.
    var library: String?
    /// The environment's folder.
    var prefix: String
    var sitePackages: String

    private static let minimumMinorVersion = 10
    private static let remedy = """
        run scripts/setup-python.sh, or name an interpreter in PYTHON, or use a model server over HTTP instead of a local model
        """

    /// What the interpreter is asked to print, as JSON.
    private static let probe = """
        import json, os, sys, sysconfig
        get = sysconfig.get_config_var
        version = "%d.%d" % sys.version_info[:2]
        folders = [get("LIBDIR"), os.path.join(get("LIBDIR") or "", get("MULTIARCH") or ""), os.path.join(sys.base_prefix, "lib"),
            get("PYTHONFRAMEWORKPREFIX")]
        names = [get("INSTSONAME"), "libpython%s.so.1.0" % version, "libpython%s.so" % version, "libpython%s.dylib" % version]
        paths = [os.path.join(f, n) for f in folders if f for n in names if n and not n.endswith(".a")]
        print(json.dumps({"version": "%d.%d.%d" % sys.version_info[:3], "major": sys.version_info[0], "minor": sys.version_info[1],
            "executable": sys.executable, "prefix": sys.prefix, "site": sysconfig.get_path("purelib"),
            "library": next((p for p in paths if os.path.exists(p)), None)}))
        """

    /// The interpreter that `places` lead to. A setting that names one decides alone.
    static func find(_ places: PythonPlaces) throws(RAGError) -> PythonInterpreter {
        if let named = places.named {
            guard let path = places.resolve(named) else {
                throw RAGError(.invalidConfiguration, "PYTHON names \(named), which is not an executable file; \(remedy)")
            }
            return try PythonInterpreter(asking: path)
        }
        guard let path = places.candidates.first else {
            throw RAGError(.unavailable, "no Python interpreter was found; \(remedy)")
        }
        return try PythonInterpreter(asking: path)
    }

    private init(asking path: String) throws(RAGError) {
        let answer: JSONValue
        do {
            answer = try JSONValue(parsing: try Self.output(of: path, ["-I", "-c", Self.probe]))
        } catch {
            throw RAGError(.unavailable, "the Python interpreter \(path) does not run; \(Self.remedy)", cause: error)
        }
        guard let version = answer["version"]?.string, answer["major"]?.integer == 3, let minor = answer["minor"]?.integer,
            let executable = answer["executable"]?.string, let prefix = answer["prefix"]?.string,
            let site = answer["site"]?.string
        else {
            throw RAGError(.unavailable, "\(path) does not answer like a Python 3 interpreter; \(Self.remedy)")
        }
        guard minor >= Self.minimumMinorVersion else {
            throw RAGError(.invalidConfiguration, "\(path) is Python \(version); 3.10 or later is needed; \(Self.remedy)")
        }
        self.version = version
        self.executable = executable
        self.prefix = prefix
        self.sitePackages = site
        self.library = answer["library"]?.string
    }

    /// The shared library. Throws `invalidConfiguration`, saying what to install, where there is none.
    func requiredLibrary() throws(RAGError) -> String {
        if let library { return library }
        throw RAGError(
            .invalidConfiguration,
            "Python \(version) at \(executable) has no shared library; install libpython (Debian: apt-get install "
                + "libpython\(version.split(separator: ".").prefix(2).joined(separator: "."))), use a Python built with --enable-shared, "
                + "or set PYTHON_WORKERS"
        )
    }

    /// What a program writes; throws if it fails or takes longer than ten seconds.
    private static func output(of path: String, _ arguments: [String]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let identifier = process.processIdentifier
        let timeLimit = DispatchWorkItem { kill(identifier, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(10), execute: timeLimit)
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        timeLimit.cancel()
        guard process.terminationStatus == 0 else {
            throw RAGError(.unavailable, "\(path) ended with status \(process.terminationStatus)")
        }
        return [UInt8](bytes)
    }
}
