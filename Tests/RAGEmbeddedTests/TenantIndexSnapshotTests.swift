// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import Testing

@testable import RAGEmbedded

@Suite struct TenantIndexSnapshotTests {
    @Test func `What is loaded finds exactly what was saved`() throws {
        try withDirectory { directory in
            var (index, model) = try Self.sample(seed: 21)
            index.stamp = "follows 42"
            try index.save(to: directory)
            let loaded = try TenantIndex.load(from: directory, dimension: index.dimension)
            #expect(loaded.stamp == "follows 42")
            #expect(loaded.keys == index.keys)
            for _ in 0..<20 {
                let vector = model.randomVector()
                let terms = model.randomTerms(4)
                for filter in [nil, .not(.equals(field: "group", .string("g3")))] as [Filter?] {
                    let before = index.search(vector: vector, terms: terms, filter: filter, limit: 12)
                    let after = loaded.search(vector: vector, terms: terms, filter: filter, limit: 12)
                    #expect(after.hits == before.hits)
                    #expect(after.termCoverage == before.termCoverage)
                }
            }
        }
    }

    @Test func `A second save writes only what is new and deletes what is no longer needed`() throws {
        try withDirectory { directory in
            var (index, model) = try Self.sample(seed: 4)
            try index.save(to: directory)
            let first = try Self.dates(directory)
            let removed = model.remove(2)
            index = index.applying(adding: model.add(5), removing: removed)
            try index.save(to: directory)
            let second = try Self.dates(directory)
            #expect(second.count == first.count + 1)
            for (name, date) in first where name != "manifest" { #expect(second[name] == date) }

            let plan = try #require(index.mergeCandidates(forced: true))
            index = index.replacing(plan, with: try TenantIndex.merge(plan))
            try index.save(to: directory)
            #expect(try Self.dates(directory).count == index.parts.count + 1)
            #expect(try TenantIndex.load(from: directory, dimension: index.dimension).keys == index.keys)
        }
    }

    @Test func `An index that was never saved is not found`() throws {
        try withDirectory { directory in
            #expect { try TenantIndex.load(from: directory, dimension: 4) } throws: { ($0 as? RAGError)?.code == .notFound }
        }
    }

    @Test func `Another dimension and another version are incompatible`() throws {
        try withDirectory { directory in
            let (index, _) = try Self.sample(seed: 2)
            try index.save(to: directory)
            #expect { try TenantIndex.load(from: directory, dimension: 7) } throws: { ($0 as? RAGError)?.code == .incompatible }
            var writer = try SegmentFileWriter(path: directory + "/manifest", magic: 1, version: SegmentFile.version + 1)
            try writer.append([UInt8](repeating: 7, count: 40))
            try writer.commit()
            #expect { try SegmentFile.read(directory + "/manifest", magic: 1) { $0.count } } throws: {
                ($0 as? RAGError)?.code == .incompatible
            }
        }
    }

    @Test func `A missing segment is reported as corrupt`() throws {
        try withDirectory { directory in
            let (index, _) = try Self.sample(seed: 6)
            try index.save(to: directory)
            try FileManager.default.removeItem(atPath: "\(directory)/\(index.parts[0].segment.name).segment")
            #expect { try TenantIndex.load(from: directory, dimension: index.dimension) } throws: {
                ($0 as? RAGError)?.code == .corrupt
            }
        }
    }

    @Test func `Damaged and shortened files are reported as corrupt`() throws {
        let seed = UInt64.random(in: 0..<1 << 32)
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        try withDirectory { directory in
            let (index, _) = try Self.sample(seed: 8)
            try index.save(to: directory)
            for _ in 0..<200 {
                let name = try #require(try Self.dates(directory).keys.sorted().randomElement(using: &generator))
                let url = URL(fileURLWithPath: "\(directory)/\(name)")
                let intact = try Data(contentsOf: url)
                var damaged = intact
                if Bool.random(using: &generator) {
                    damaged[Int.random(in: 0..<damaged.count, using: &generator)] ^= UInt8.random(in: 1...255, using: &generator)
                } else {
                    damaged.removeLast(Int.random(in: 1...damaged.count, using: &generator))
                }
                try damaged.write(to: url)
                #expect { try TenantIndex.load(from: directory, dimension: index.dimension) } throws: {
                    ($0 as? RAGError)?.code == .corrupt
                }
                try intact.write(to: url)
            }
            #expect(try TenantIndex.load(from: directory, dimension: index.dimension).keys == index.keys)
        }
    }

    @Test func `Content that is wrong under a right checksum never brings the program down`() throws {
        let seed = UInt64.random(in: 0..<1 << 32)
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        try withDirectory { directory in
            var (index, model) = try Self.sample(seed: 8)
            try index.save(to: directory)
            for round in 0..<200 {
                let name = try #require(try Self.dates(directory).keys.sorted().randomElement(using: &generator))
                let path = "\(directory)/\(name)"
                let intact = try Data(contentsOf: URL(fileURLWithPath: path))
                let magic = intact.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
                var content = [UInt8](intact.dropFirst(SegmentFile.headerSize).dropLast(SegmentFile.digestSize))
                // The first bytes hold the counts and sizes, which do the most harm.
                let end = round % 2 == 0 ? content.count : min(content.count, 400)
                for _ in 0...round % 3 {
                    content[Int.random(in: 0..<end, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
                }
                try SegmentFile.write(content, to: path, magic: magic)
                if let loaded = try? TenantIndex.load(from: directory, dimension: index.dimension) {
                    let filter = Filter.exists(field: "group")
                    _ = loaded.search(vector: model.randomVector(), terms: model.randomTerms(5), filter: filter, limit: 20)
                }
                try intact.write(to: URL(fileURLWithPath: path))
            }
        }
    }

    /// An index with a graph, a flat segment and deletions in both.
    private static func sample(seed: UInt64) throws -> (TenantIndex, TenantIndexModel) {
        var model = TenantIndexModel(seed: seed)
        var index = TenantIndex(dimension: TenantIndexModel.dimension)
        for _ in 0..<2 { index = index.applying(adding: model.add(150), removing: []) }
        index = index.applying(adding: [], removing: model.remove(30))
        let plan = try #require(index.mergeCandidates(forced: true))
        index = index.replacing(plan, with: try TenantIndex.merge(plan, graphAbove: 100))
        #expect(index.parts[0].segment.vectors.hasGraph)
        let removed = model.remove(15)
        index = index.applying(adding: model.add(40), removing: removed)
        index = index.applying(adding: [], removing: model.remove(5))
        return (index, model)
    }

    private static func dates(_ directory: String) throws -> [String: Date] {
        var dates: [String: Date] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
            dates[name] = try FileManager.default.attributesOfItem(atPath: "\(directory)/\(name)")[.modificationDate] as? Date
        }
        return dates
    }

    private func withDirectory(_ body: (String) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("tenant-index-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        try body(url.path)
    }
}
