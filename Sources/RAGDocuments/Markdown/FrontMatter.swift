// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// YAML between `---` lines at the top of a Markdown text.
enum FrontMatter {
    /// Most lines that are searched for the end.
    private static let maximumLines = 500

    /// How many lines it takes, both markers counted; 0 if there is none.
    static func lineCount(in lines: TextLines) -> Int {
        guard lines.count > 2, isMarker(lines[0], "---") else { return 0 }
        var hasKey = false
        for index in 1..<min(lines.count, maximumLines) {
            let line = lines[index]
            if isMarker(line, "---") || isMarker(line, "...") { return hasKey ? index + 1 : 0 }
            guard let first = line.first, !lines.isBlank(index) else { continue }
            let isKey = line.contains(UInt8(ascii: ":"))
            let continues = first == 0x20 || first == 0x09 || first == UInt8(ascii: "-") || first == UInt8(ascii: "#")
            // A text that merely begins with a rule reads otherwise.
            guard isKey || continues else { return 0 }
            hasKey = hasKey || isKey
        }
        return 0
    }

    /// The value of `title:`, without quotation marks.
    static func title(in lines: TextLines) -> String? {
        let key = Array("title:".utf8)
        for index in 0..<lineCount(in: lines) where lines[index].starts(with: key) {
            let value = String(decoding: lines[index].dropFirst(key.count), as: UTF8.self)
            let title = MarkdownTitle.trimmed(value[...])
            for quote: Character in ["\"", "'"] where title.count >= 2 && title.first == quote && title.last == quote {
                return nonEmpty(MarkdownTitle.trimmed(title.dropFirst().dropLast()))
            }
            return nonEmpty(title)
        }
        return nil
    }

    private static func nonEmpty(_ text: Substring) -> String? { text.isEmpty ? nil : String(text) }

    private static func isMarker(_ line: ArraySlice<UInt8>, _ marker: StaticString) -> Bool {
        let rest = line.dropFirst(marker.utf8CodeUnitCount)
        return line.count >= marker.utf8CodeUnitCount
            && (0..<marker.utf8CodeUnitCount).allSatisfy { line[line.startIndex + $0] == marker.utf8Start[$0] }
            && rest.allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }
}
