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
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "grounded-bridge-benchmark",
    platforms: [.macOS(.v15)],
    dependencies: [.package(url: "https://github.com/apple/swift-log", exact: "1.16.2")],
    targets: [
        .target(name: "RAGCore", swiftSettings: settings),
        .target(name: "CPythonBridge", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "RAGPython", dependencies: ["RAGCore", "CPythonBridge", logging], swiftSettings: settings),
        .executableTarget(name: "BridgeBenchmark", dependencies: ["RAGCore", "RAGPython", logging], swiftSettings: settings),
    ]
)
