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
    name: "grounded-lexical-benchmark",
    platforms: [.macOS(.v15)],
    targets: [
        .target(name: "RAGCore", swiftSettings: settings),
        .target(name: "RAGText", dependencies: ["RAGCore", "CStemmer"], swiftSettings: settings),
        .systemLibrary(name: "CStemmer"),
        .executableTarget(name: "LexicalBenchmark", dependencies: ["RAGCore", "RAGText"], swiftSettings: settings),
    ]
)
