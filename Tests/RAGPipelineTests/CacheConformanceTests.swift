// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGTestKit
import Testing

@Suite struct CacheConformanceTests {
    @Test func theCacheInMemoryKeepsThePromisesOfTheSeam() async throws {
        try await CacheConformance { InMemoryCache() }.runAll()
    }
}
