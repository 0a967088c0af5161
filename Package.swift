// swift-tools-version: 6.2
// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")

/// A library of the product. Arrows point down only: see ARCHITECTURE.md.
func module(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], fixtures: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: fixtures, swiftSettings: swiftSettings)
}

let package = Package(
    name: "grounded",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "grounded", targets: ["grounded"]),
        .library(name: "RAGCore", targets: ["RAGCore"]),
        .library(name: "RAGTestKit", targets: ["RAGTestKit"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0", traits: [.defaults, "YAML"]),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // What things are, and the seams.
        module("RAGCore"),
        // In what order things happen.
        module("RAGPipeline", ["RAGCore", "RAGText", crypto, logging, metrics, lifecycle]),
        // Clients.
        module(
            "RAGHTTP",
            [
                "RAGCore", "RAGPipeline", crypto, logging, metrics, lifecycle, nioCore,
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ],
            // The web page travels inside the binary.
            resources: [.embedInCode("Page/Assets")]
        ),
        // What the stores must agree on.
        module("RAGText", ["RAGCore", "CStemmer"]),
        module("RAGDocuments", ["RAGCore", "CMarkGFM", "CGumbo"]),
        // Backends, each named after the thing it talks to.
        module(
            "RAGEmbedded",
            ["RAGCore", "RAGText", "CHNSW", crypto, logging, metrics, .product(name: "GRDB", package: "GRDB.swift")]
        ),
        module("RAGModels", ["RAGCore", "RAGTransport", logging, metrics]),
        module(
            "RAGTransport",
            [
                "RAGCore", logging, metrics, nioCore, .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        module("RAGPython", ["RAGCore", "CPythonBridge", logging, metrics]),
        module(
            "RAGRedis",
            [
                "RAGCore", logging, metrics, nioCore, .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        module("RAGQdrant", ["RAGCore", "RAGText", "RAGTransport", crypto, logging, metrics]),
        module("RAGTelemetry", ["RAGCore", logging, metrics]),
        // The executable: the only place that knows which backend is in force.
        .executableTarget(
            name: "grounded",
            dependencies: [
                "RAGCore", "RAGPipeline", "RAGHTTP", "RAGText", "RAGDocuments", "RAGEmbedded", "RAGModels", "RAGTransport",
                "RAGPython", "RAGQdrant", "RAGRedis", "RAGTelemetry", logging, metrics, lifecycle,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"), "Yams",
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: swiftSettings
        ),
        module("RAGTestKit", ["RAGCore", "RAGText"]),
        // C and system libraries.
        .target(
            name: "CHNSW",
            cxxSettings: [.headerSearchPath("vendor"), .unsafeFlags(["-O3", "-fno-math-errno"])],
            linkerSettings: [.linkedLibrary("m")]
        ),
        .target(name: "CPythonBridge", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .systemLibrary(name: "CStemmer", providers: [.apt(["libstemmer-dev"]), .brew(["snowball"])]),
        .systemLibrary(
            name: "CMarkGFM",
            providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"]), .brew(["cmark-gfm"])]
        ),
        .systemLibrary(name: "CGumbo", pkgConfig: "gumbo", providers: [.apt(["libgumbo-dev"]), .brew(["gumbo-parser"])]),
        // One folder of tests per target, and one for the whole.
        tests("RAGCoreTests", ["RAGCore"]),
        tests("RAGTextTests", ["RAGCore", "RAGText"]),
        tests("RAGDocumentsTests", ["RAGCore", "RAGDocuments"]),
        tests(
            "RAGEmbeddedTests",
            ["RAGCore", "RAGText", "RAGEmbedded", "RAGTestKit", .product(name: "GRDB", package: "GRDB.swift")],
            fixtures: ["Fixtures"]
        ),
        tests("RAGPipelineTests", ["RAGCore", "RAGText", "RAGDocuments", "RAGPipeline", "RAGTestKit", metrics]),
        tests("RAGModelsTests", ["RAGCore", "RAGModels", "RAGTransport", "RAGTestKit", nioCore, logging], fixtures: ["Fixtures"]),
        tests("RAGPythonTests", ["RAGCore", "RAGPython", "RAGTestKit", logging]),
        tests("RAGRedisTests", ["RAGCore", "RAGRedis", "RAGTestKit", nioCore, .product(name: "NIOPosix", package: "swift-nio"), logging]),
        tests("RAGQdrantTests", ["RAGCore", "RAGText", "RAGTransport", "RAGQdrant", "RAGTestKit", nioCore, logging]),
        tests("GroundedTests", ["grounded"]),
        tests("RAGTelemetryTests", ["RAGCore", "RAGTelemetry", logging, metrics]),
        tests(
            "RAGHTTPTests",
            [
                "RAGCore", "RAGPipeline", "RAGHTTP", "RAGTestKit", "RAGDocuments", logging, nioCore,
                .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HummingbirdTesting", package: "hummingbird"),
            ]
        ),
    ],
    cxxLanguageStandard: .cxx17
)
