// swift-tools-version: 6.2
// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import PackageDescription

// The parsers' sources are linked into this package, because what is `package` there must be visible here.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// One fuzzed parser: an executable whose `main` is libFuzzer's.
func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies,
        swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])],
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]
    )
}

let package = Package(
    name: "grounded-fuzzing",
    platforms: [.macOS(.v15)],
    targets: [
        .target(name: "RAGCore", swiftSettings: settings),
        .target(name: "RAGText", dependencies: ["RAGCore", "CStemmer"], swiftSettings: settings),
        .target(name: "RAGDocuments", dependencies: ["RAGCore", "CMarkGFM", "CGumbo"], swiftSettings: settings),
        .target(name: "RESP", swiftSettings: settings),
        // What the server reads from Python's worker processes.
        .target(name: "WorkerReplies", dependencies: ["RAGCore"], swiftSettings: settings),
        .systemLibrary(name: "CStemmer"),
        .systemLibrary(name: "CMarkGFM"),
        .systemLibrary(name: "CGumbo", pkgConfig: "gumbo"),
        fuzzer("FuzzJSON", ["RAGCore"]),
        fuzzer("FuzzMarkdown", ["RAGCore", "RAGDocuments"]),
        fuzzer("FuzzHTML", ["RAGCore", "RAGDocuments"]),
        fuzzer("FuzzTerms", ["RAGText"]),
        fuzzer("FuzzSentences", ["RAGText"]),
        fuzzer("FuzzWorkerReply", ["WorkerReplies"]),
        fuzzer("FuzzRESP", ["RESP"]),
    ]
)
