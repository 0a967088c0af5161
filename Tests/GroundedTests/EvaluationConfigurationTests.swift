// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import Testing

@testable import grounded

@Suite("Ways of asking") struct EvaluationConfigurationTests {
    @Test func membersAreReadAsJSONOrAsStrings() throws {
        let read = try QueryConfiguration(parsing: #"mode=dense top_k=20 rerank=true filter={"lang": "en"} name=mine"#)
        #expect(read.name == "mine")
        #expect(
            read.members == [
                "mode": .string("dense"), "top_k": .integer(20), "rerank": .bool(true), "filter": .object(["lang": .string("en")]),
            ]
        )
        #expect(read.mode == .dense && read.depth == 20)
    }

    @Test func dotsLeadIntoObjects() throws {
        let read = try QueryConfiguration(parsing: "fusion.method=minmax fusion.dense_weight=0.4 anything.at.all=1")
        #expect(read.members["fusion"] == .object(["method": .string("minmax"), "dense_weight": .number(0.4)]))
        #expect(read.members["anything"] == .object(["at": .object(["all": .integer(1)])]))
        #expect(read.name == "fusion.method=minmax fusion.dense_weight=0.4 anything.at.all=1")
    }

    @Test func nothingAsksAsUsersDo() throws {
        let read = try QueryConfiguration(parsing: "")
        #expect(read.name == "default" && read.members.isEmpty && read.depth == 100)
        #expect(read.asking("why", answer: true) == .object(["query": .string("why"), "generate": .bool(true)]))
        #expect(
            read.ranking(of: "why") == .object(["query": .string("why"), "generate": .bool(false), "top_k": .integer(100)])
        )
    }

    @Test func aFileHoldsMembersToo() throws {
        let path = NSTemporaryDirectory() + "way-\(UInt64.random(in: 0...UInt64.max)).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try #"{"mode":"lexical"}"#.write(toFile: path, atomically: true, encoding: .utf8)
        let read = try QueryConfiguration(parsing: path)
        #expect(read.members == ["mode": .string("lexical")] && read.name.hasPrefix("way-"))
    }

    @Test(arguments: ["mode", "=x", "query=hello", "stream=true", "generate=false", "[1]x.json", #"{"mode":"#])
    func whatIsNoConfigurationIsRefused(text: String) {
        #expect(throws: RAGError.self) { try QueryConfiguration(parsing: text) }
    }
}
