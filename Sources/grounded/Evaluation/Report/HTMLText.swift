// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Text as HTML shows it: nothing in it is markup.
enum HTMLText {
    /// Safe between tags and in quoted attributes; control characters that HTML has no place for are left out.
    static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
            case "'": result.append(contentsOf: "&#39;".unicodeScalars)
            case "\n", "\t": result.append(scalar)
            default:
                if scalar.properties.generalCategory != .control { result.append(scalar) }
            }
        }
        return String(result)
    }

    /// Escaped, with every place where one of `phrases` stands marked; case does not count.
    static func marked(_ text: String, _ phrases: [String]) -> String {
        let characters = Array(text)
        let folded = characters.map { $0.lowercased() }
        let wanted = phrases.map { $0.trimmed.map { $0.lowercased() } }.filter { !$0.isEmpty }.sorted { $0.count > $1.count }
        var result = ""
        var plain = 0
        var place = 0
        while place < characters.count {
            let found = wanted.first { phrase in
                place + phrase.count <= folded.count && folded[place..<(place + phrase.count)].elementsEqual(phrase)
                    && isEdge(characters, place) && isEdge(characters, place + phrase.count)
            }
            guard let found else {
                place += 1
                continue
            }
            result += escaped(String(characters[plain..<place]))
            place += found.count
            result += "<mark>" + escaped(String(characters[(place - found.count)..<place])) + "</mark>"
            plain = place
        }
        return result + escaped(String(characters[plain...]))
    }

    /// Whether no Latin word or number goes on across `place`.
    private static func isEdge(_ characters: [Character], _ place: Int) -> Bool {
        guard place > 0, place < characters.count else { return true }
        func isWord(_ character: Character) -> Bool {
            (character.isLetter || character.isNumber) && character.unicodeScalars.allSatisfy { $0.value < 0x0E00 }
        }
        return !(isWord(characters[place - 1]) && isWord(characters[place]))
    }

    /// Escaped, without line breaks, at most `limit` characters.
    static func shortened(_ text: String, _ limit: Int) -> String {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return escaped(line.count > limit ? line.prefix(limit) + "…" : line)
    }
}
