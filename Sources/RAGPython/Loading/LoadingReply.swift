// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// What a loader process answers: one JSON object behind its length. Nothing in it is trusted: what does not add up is a `Violation`.
enum LoadingReply: Sendable, Hashable {
    case ready
    case loaded(LoadedDocument)
    case refused(RAGError.Code, String)

    /// Why a reply cannot be read.
    struct Violation: Error, Sendable, Hashable {
        let reason: String
    }

    private static let maximumTitleBytes = 2_048
    private static let maximumSentenceBytes = 500
    private static let maximumWarnings = 20
    /// JSON takes up to three times the bytes of a text whose every character it escapes, and a little for the rest.
    static func maximumBytes(_ limits: LoadingLimits) -> Int { limits.textBytes * 3 + (1 << 20) }

    init(parsing bytes: [UInt8]) throws(Violation) {
        let value: JSONValue
        do throws(RAGError) {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw Violation(reason: error.message)
        }
        if value["ready"]?.bool == true {
            self = .ready
        } else if let error = value["error"] {
            self = .refused(
                Self.code(error["code"]?.string ?? ""),
                Self.sentence(error["message"]?.string ?? "the document cannot be read")
            )
        } else {
            guard let text = value["text"]?.string else { throw Violation(reason: "there is no text in the answer") }
            guard let format = value["format"]?.string.flatMap(TextFormat.init(rawValue:)) else {
                throw Violation(reason: "the text's format is not known")
            }
            self = .loaded(
                LoadedDocument(
                    text: text,
                    format: format,
                    title: value["title"]?.string.map { Self.line($0, maximumBytes: Self.maximumTitleBytes) }.flatMap {
                        $0.isEmpty ? nil : $0
                    },
                    warnings: (value["warnings"]?.array ?? []).prefix(Self.maximumWarnings).compactMap(\.string).map(Self.sentence)
                )
            )
        }
    }

    private static func code(_ word: String) -> RAGError.Code {
        switch word {
        case "unsupported": .unsupportedMediaType
        case "too_large": .tooLarge
        default: .unreadableDocument
        }
    }

    private static func sentence(_ text: String) -> String { line(text, maximumBytes: maximumSentenceBytes) }

    /// `text` on one line, without control characters, cut at a character.
    private static func line(_ text: String, maximumBytes: Int) -> String {
        var line = ""
        var bytes = 0
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || scalar.value == 0x7F || (0x80...0x9F).contains(scalar.value)
            let kept: Unicode.Scalar = isControl ? " " : scalar
            bytes += kept.utf8.count
            guard bytes <= maximumBytes else { break }
            line.unicodeScalars.append(kept)
        }
        return line
    }
}
