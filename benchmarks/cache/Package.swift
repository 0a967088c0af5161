// swift-tools-version: 6.2
// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import PackageDescription

// The sources are linked into this package, because what is `package` there must be visible here.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "grounded-cache-benchmark",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
    ],
    targets: [
        .target(name: "RAGCore", swiftSettings: settings),
        // The part of the pipeline that remembers vectors, and nothing else of it.
        .target(
            name: "RAGPipeline",
            dependencies: [
                "RAGCore", .product(name: "Crypto", package: "swift-crypto"), .product(name: "Metrics", package: "swift-metrics"),
            ],
            sources: [
                "Answer/AnswerRequest.swift", "Answer/QueryEmbedder.swift", "Caching/AdmissionCache.swift",
                "Caching/CacheKeyMaker.swift", "Caching/FrequencySketch.swift", "Caching/RecencyLists.swift",
                "Caching/SharedVectorTier.swift", "Embedding/CachedEmbeddingProvider.swift", "Embedding/QueryKey.swift",
                "Policy/PendingValue.swift", "StageTimings.swift",
            ],
            swiftSettings: settings
        ),
        .executableTarget(name: "CacheBenchmark", dependencies: ["RAGCore", "RAGPipeline"], swiftSettings: settings),
    ]
)
