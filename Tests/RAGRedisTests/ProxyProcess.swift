// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// The chaos proxy before a port of 127.0.0.1; its faults are switched by lines on its standard input.
final class ProxyProcess: Sendable {
    struct Ports: Decodable { var listen: Int }

    let port: Int
    private let process = Process()
    private let commands = Pipe()
    private let answers = Pipe()

    init(upstream: Int) throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Chaos/chaos_proxy.py")
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script.path, "--upstream", "127.0.0.1:\(upstream)"]
        process.standardInput = commands
        process.standardOutput = answers
        try process.run()
        port = try JSONDecoder().decode(Ports.self, from: Self.line(of: answers)).listen
    }

    deinit {
        try? commands.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Switches the fault; it is in force when this returns.
    func fault(_ command: String) throws {
        try commands.fileHandleForWriting.write(contentsOf: Data((command + "\n").utf8))
        let answer = try String(decoding: Self.line(of: answers), as: UTF8.self)
        try #require(!answer.contains("error"), "\(answer)")
    }

    private static func line(of pipe: Pipe) throws -> Data {
        var line = Data()
        while let byte = try pipe.fileHandleForReading.read(upToCount: 1), !byte.isEmpty {
            if byte[byte.startIndex] == UInt8(ascii: "\n") { return line }
            line.append(byte)
        }
        throw ServerProcess.Failure.notStarted("the proxy ended: \(String(decoding: line, as: UTF8.self))")
    }
}
