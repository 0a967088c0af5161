// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Testing

@Suite struct CacheKeyTests {
    private func maker() throws -> CacheKeyMaker { try CacheKeyMaker(secret: Array("0123456789abcdef".utf8)) }

    @Test func aNameIsWhatItAlwaysWas() throws {
        // Made with Python's hmac: a change here makes every shared entry a miss.
        #expect(
            try maker().key(for: "vector", ["model", nil, "", "question"]).rawValue == "vector:AeiOBJ1AP6ddc44EMuZ-sU1JOGTpCrDp01HU53U13o0"
        )
    }

    @Test func differentFieldsNeverMakeTheSameName() throws {
        let maker = try maker()
        let lists: [[String?]] = [
            [], [nil], [""], [nil, nil], ["", ""], [nil, ""], ["", nil], ["ab"], ["a", "b"], ["ab", ""], ["", "ab"], ["a", "b", nil],
            ["a\u{0}b"], ["a", "\u{0}b"], ["\u{1}"], ["caf\u{E9}"], ["cafe\u{301}"],
        ]
        let names = lists.map { maker.key(for: "p", $0) } + [maker.key(for: "pa", ["b"]), maker.key(for: "p", ["a", "b", ""])]
        #expect(Set(names).count == names.count)
        for name in names {
            #expect(name.rawValue.utf8.count <= 3 + 43)
            #expect(name.rawValue.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
        }
    }

    @Test func everyPartOfTheSpaceMakesAnotherName() throws {
        let tier = SharedVectorTier(InMemoryCache(), keys: try maker(), timeToLive: .seconds(1))
        let space = EmbeddingSpace(
            model: "m",
            fingerprint: "f",
            dimension: 384,
            pooling: "mean",
            queryPrefix: "q",
            passagePrefix: "p",
            precision: "fp32",
            maximumTokens: 256
        )
        let changes: [(inout EmbeddingSpace) -> Void] = [
            { _ in }, { $0.model = "n" }, { $0.fingerprint = "g" }, { $0.dimension = 512 }, { $0.pooling = "cls" }, { $0.queryPrefix = "" },
            { $0.passagePrefix = "" }, { $0.precision = "int8" }, { $0.maximumTokens = 512 },
        ]
        var names: [CacheKey] = []
        for change in changes {
            var changed = space
            change(&changed)
            for role in EmbeddingRole.allCases {
                for tenant in [nil, "one", "two"] { names.append(tier.key(for: "text", as: role, in: changed, tenant: tenant)) }
            }
        }
        #expect(Set(names).count == names.count)
    }

    @Test func aShortSecretIsRefused() {
        let error = #expect(throws: RAGError.self) { try CacheKeyMaker(secret: Array("short".utf8)) }
        #expect(error?.code == .invalidConfiguration)
    }
}
