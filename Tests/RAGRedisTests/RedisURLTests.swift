// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGRedis
import Testing

struct RedisURLTests {
    @Test func readsEveryPart() throws {
        let url = try RedisURL("rediss://cache:p%40ss%3A%2f@Redis.example:6380/3")
        #expect(url.isEncrypted)
        #expect(url.user == "cache")
        #expect(url.password == "p@ss:/")
        #expect(url.host == "redis.example")
        #expect(url.port == 6_380)
        #expect(url.database == 3)
    }

    @Test func hasDefaults() throws {
        let url = try RedisURL("redis://[::1]")
        #expect(!url.isEncrypted)
        #expect(url.user == nil)
        #expect(url.password == nil)
        #expect(url.host == "::1")
        #expect(url.port == 6_379)
        #expect(url.database == 0)
        #expect(try RedisURL("REDIS://h/").database == 0)
        #expect(try RedisURL("redis://:secret@h:1").user == nil)
    }

    @Test(arguments: [
        "", "redis", "http://h", "redis://", "redis://h:0", "redis://h:65536", "redis://h:x", "redis://h/x", "redis://h/-1",
        "redis://h/1/2",
        "redis://user@h", "redis://user:@h", "redis://u:%zz@h", "redis://u:%ff@h", "redis://u:%4@h", "redis://h?db=1", "redis://h#1",
        "redis://h h", "redis://pé:x@h", "redis://h_ö", "redis://[::1", "redis://a,b", "unix:///tmp/redis.sock",
    ])
    func refusesWithTheKeyAndTheRemedy(_ text: String) {
        let error = #expect(throws: RAGError.self) { try RedisURL(text) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.field == "REDIS_URL")
        #expect(error?.message.hasPrefix("REDIS_URL has") == true)
        #expect(error?.message.contains("redis://") == true)
    }

    @Test(arguments: ["redis://u:canary-77@h:port", "redis://u:canary-77@h/x", "redis://canary-77@h", "http://u:canary-77@h"])
    func neverPrintsThePassword(_ text: String) throws {
        let error = #expect(throws: RAGError.self) { try RedisURL(text) }
        #expect(error?.description.contains("canary") == false)
        let url = try RedisURL("redis://u:canary-77@h:7000/1")
        var dumped = ""
        dump(url, to: &dumped)
        for printed in ["\(url)", String(reflecting: url), dumped, String(describing: RedisSettings(url: url))] {
            #expect(!printed.contains("canary"))
            #expect(printed.contains("redis://u:***@h:7000/1"))
        }
    }
}
