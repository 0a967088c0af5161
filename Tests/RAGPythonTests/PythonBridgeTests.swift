// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import Testing

@testable import RAGPython

@Suite(.enabled(if: PythonFixture.hasPython))
struct PythonBridgeTests {
    @Test func startsTheEnvironmentThatWasNamed() throws {
        let report = try PythonFixture.runtime().report
        #expect(report.executable == PythonFixture.interpreter)
        #expect(report.prefix == "\(PythonFixture.root)/.venv")
        #expect(report.version.hasPrefix("3."))
        let again = try PythonFixture.runtime().report
        #expect(again == report)
    }

    @Test func importsPackagesFromTheEnvironment() throws {
        let text = try PythonFixture.probe("origins").text([])
        let files = (try JSONValue(parsing: Array(text.utf8)).array ?? []).compactMap { $0.string }
        #expect(files.count == 3)
        for file in files { #expect(file.hasPrefix("\(PythonFixture.root)/.venv/")) }
    }

    #if os(Linux)
        @Test func leavesTheHandlersOfInterruptAndPipeAlone() throws {
            _ = try PythonFixture.probe("echo").text([""])
            let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") })
            let caught = try #require(UInt64(line.dropFirst(7).drop { $0 == "\t" }, radix: 16))
            #expect(caught & (1 << UInt64(SIGINT - 1)) == 0)
            #expect(caught & (1 << UInt64(SIGPIPE - 1)) == 0)
        }
    #endif

    @Test(arguments: ["", "plain", "zero\0inside", "é日本🎉👩‍👩‍👧", String(repeating: "x", count: 100_000)])
    func textsCrossUnchanged(_ text: String) throws {
        let echo = try PythonFixture.probe("echo").text([text])
        #expect(echo == text)
    }

    @Test func anExceptionSaysItsTypeMessageAndFrames() throws {
        let embed = try PythonFixture.runtime().instantiate("fault_injection:FaultyEmbedder", options: .object([:])).attribute("embed")
        let error = #expect(throws: PythonError.self) { try embed.matrix(["raise"], role: "query") }
        #expect(error?.type == "ValueError")
        #expect(error?.message == "deliberate é")
        #expect(error?.traceback.contains("in _obey") == true)
        #expect(error?.traceback.contains("fault_injection.py") == true)
    }

    @Test func exceptionsThatWouldEndAScriptEndOneCall() throws {
        let embed = try PythonFixture.runtime().instantiate("fault_injection:FaultyEmbedder", options: .object([:])).attribute("embed")
        for (command, type) in [("exit", "SystemExit"), ("interrupt", "KeyboardInterrupt"), ("surrogate", "LookupError")] {
            let error = #expect(throws: PythonError.self) { try embed.matrix([command], role: "query") }
            #expect(error?.type == type)
        }
        let fine = try embed.matrix(["fine"], role: "query")
        #expect(fine.values == [0.5, 0.5, 0.5, 0.5])
    }

    @Test(arguments: ["none", "double", "flat", "strided"])
    func refusesAResultThatIsNoFloat32Matrix(_ command: String) throws {
        let embed = try PythonFixture.runtime().instantiate("fault_injection:FaultyEmbedder", options: .object([:])).attribute("embed")
        #expect(throws: PythonError.self) { try embed.matrix([command], role: "query") }
    }

    @Test func refusesSpansThatAreNotInt32() throws {
        let spans = try PythonFixture.runtime().instantiate("fault_injection:FaultyEmbedder", options: .object([:]))
            .attribute("token_spans")
        #expect(throws: PythonError.self) { try spans.spans(["wide"]) }
        let right = try spans.spans(["é", "abc"])
        #expect(right == [TokenSpans(starts: [0], ends: [2]), TokenSpans(starts: [0], ends: [3])])
    }

    @Test func refusesAnAnswerThatIsNoText() throws {
        let number = try PythonFixture.probe("number")
        let error = #expect(throws: PythonError.self) { try number.text([]) }
        #expect(error?.type == "TypeError")
    }

    @Test func saysWhichModuleOrClassIsMissing() throws {
        let runtime = try PythonFixture.runtime()
        let module = #expect(throws: PythonError.self) { try runtime.instantiate("no_such_module:Model", options: .object([:])) }
        #expect(module?.type == "ModuleNotFoundError")
        let type = #expect(throws: PythonError.self) { try runtime.instantiate("fault_injection:Absent", options: .object([:])) }
        #expect(type?.type == "AttributeError")
        let name = #expect(throws: PythonError.self) { try runtime.instantiate("fault_injection", options: .object([:])) }
        #expect(name?.type == "ValueError")
    }
}
