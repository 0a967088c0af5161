// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// The rows of a CSV text as RFC 4180 has them: fields in quotes may hold delimiters, line breaks and doubled quotes.
///
/// The delimiter is a comma, a semicolon or a tab: whichever stands most often, outside quotes, in the first line.
struct DelimitedRows: Sendable {
    struct Row: Sendable {
        /// Of the row's first line, from 1.
        let line: Int
        var fields: [String]
    }

    private(set) var rows: [Row] = []

    /// - Throws: `unreadableDocument` where a quote is not closed, naming its line.
    init(_ text: String, file: String) throws(RAGError) {
        var scalars = Array(text.unicodeScalars)
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        let delimiter = Self.delimiter(of: scalars)
        var field = String.UnicodeScalarView()
        var fields: [String] = []
        var isQuoted = false
        var line = 1
        var firstLine = 1
        var quoteLine = 1
        var index = 0
        func endRow(_ rows: inout [Row]) {
            fields.append(String(field))
            field = String.UnicodeScalarView()
            if fields.contains(where: { !$0.trimmed.isEmpty }) { rows.append(Row(line: firstLine, fields: fields)) }
            fields = []
        }
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            if scalar == "\n" { line += 1 }
            if isQuoted {
                if scalar != "\"" {
                    field.append(scalar)
                } else if index < scalars.count, scalars[index] == "\"" {
                    field.append(scalar)
                    index += 1
                } else {
                    isQuoted = false
                }
            } else if scalar == "\"", field.allSatisfy({ $0 == " " }) {
                field = String.UnicodeScalarView()
                isQuoted = true
                quoteLine = line
            } else if scalar == delimiter {
                fields.append(String(field))
                field = String.UnicodeScalarView()
            } else if scalar == "\n" {
                endRow(&rows)
                firstLine = line
            } else if scalar != "\r" {
                field.append(scalar)
            }
        }
        if isQuoted { throw RAGError(.unreadableDocument, "\(file) line \(quoteLine): a quote is not closed") }
        endRow(&rows)
    }

    private static func delimiter(of scalars: [Unicode.Scalar]) -> Unicode.Scalar {
        var counts: [Unicode.Scalar: Int] = [",": 0, ";": 0, "\t": 0]
        var isQuoted = false
        for scalar in scalars {
            if scalar == "\"" { isQuoted.toggle() }
            if isQuoted { continue }
            if scalar == "\n" { break }
            if let count = counts[scalar] { counts[scalar] = count + 1 }
        }
        let candidates: [Unicode.Scalar] = [",", ";", "\t"]
        return candidates.reduce(",") { (counts[$1] ?? 0) > (counts[$0] ?? 0) ? $1 : $0 }
    }

    /// A row as CSV text with its line break; fields are quoted where they need it.
    static func line(_ fields: [String]) -> String {
        fields.map { field in
            let needsQuotes = field.unicodeScalars.contains { ",\"\n\r;\t".unicodeScalars.contains($0) } || field != field.trimmed
            return needsQuotes ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
        }.joined(separator: ",") + "\n"
    }
}
