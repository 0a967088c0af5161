// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import Testing

@testable import RAGPython

struct PythonPlacesTests {
    private func places(named: String? = nil, environment: [String: String] = [:]) -> PythonPlaces {
        PythonPlaces(named: named, environment: environment, workingDirectory: "/nonexistent", programDirectory: "/nonexistent/bin")
    }

    @Test func saysWhatToDoWhenThereIsNoInterpreter() {
        let error = #expect(throws: RAGError.self) { try PythonInterpreter.find(places()) }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("scripts/setup-python.sh") == true)
    }

    @Test func refusesASettingThatNamesNoExecutable() {
        let error = #expect(throws: RAGError.self) { try PythonInterpreter.find(places(named: "/nonexistent/python3")) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains("PYTHON") == true)
    }

    @Test func refusesAProgramThatIsNoPython() {
        let error = #expect(throws: RAGError.self) { try PythonInterpreter.find(places(named: "/bin/true")) }
        #expect(error?.code == .unavailable)
        let failing = #expect(throws: RAGError.self) { try PythonInterpreter.find(places(named: "/bin/false")) }
        #expect(failing?.code == .unavailable)
    }

    @Test func prefersTheActiveEnvironmentThenTheOneAtHandThenTheSearchPath() throws {
        let root = NSTemporaryDirectory() + "/places-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        let executables = ["active/bin/python", "work/.venv/bin/python", "product/.venv/bin/python", "path/python3"].map { "\(root)/\($0)" }
        for executable in executables {
            let folder = (executable as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            _ = FileManager.default.createFile(atPath: executable, contents: Data(), attributes: [.posixPermissions: 0o755])
        }
        let places = PythonPlaces(
            environment: ["VIRTUAL_ENV": "\(root)/active", "PATH": "\(root)/empty:\(root)/path"],
            workingDirectory: "\(root)/work",
            programDirectory: "\(root)/product/.build/debug"
        )
        #expect(places.candidates == executables)
        #expect(places.resolve("python3") == executables[3])
    }

    @Test func importsTheProductsModulesThenTheOperatorsThenTheWorkingDirectory() {
        let places = PythonPlaces(workingDirectory: PythonFixture.root, programDirectory: "/", modulePaths: ["/opt/models"])
        #expect(places.importPaths == ["\(PythonFixture.root)/python", "/opt/models", PythonFixture.root])
    }
}
