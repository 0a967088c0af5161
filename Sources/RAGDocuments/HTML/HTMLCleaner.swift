// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// Rewrites HTML before it is parsed: comments, scripts, styling tags and attributes are left out, the rest stays as it is.
///
/// A parser that follows the HTML standard copies open styling elements into every paragraph, compares each attribute with all others
/// and walks its open elements for each tag: a small page can cost minutes and gigabytes. Without those there is only the depth left
/// to bound.
struct HTMLCleaner {
    /// Deepest nesting that is read; browsers stop at about as much.
    static let maximumDepth = 512

    private let input: [UInt8]
    private var output: [UInt8] = []
    private var position = 0
    private var open: [String] = []
    /// Hidden elements that have no end tag any more: not looked for again.
    private var unclosed: Set<String> = []

    /// The cleaned bytes.
    /// - Throws: `unreadableDocument` if elements nest deeper than `maximumDepth`.
    static func clean(_ html: String) throws(RAGError) -> [UInt8] {
        var cleaner = HTMLCleaner(input: Array(html.utf8))
        try cleaner.run()
        return cleaner.output
    }

    private init(input: [UInt8]) {
        self.input = input
        output.reserveCapacity(input.count)
    }

    private mutating func run() throws(RAGError) {
        while position < input.count {
            let byte = input[position]
            if byte != UInt8(ascii: "<") {
                output.append(byte)
                position += 1
                continue
            }
            switch peek(1) {
            case UInt8(ascii: "!"), UInt8(ascii: "?"): skipDeclaration()
            case UInt8(ascii: "/") where Self.isLetter(peek(2)): endTag()
            case let next where Self.isLetter(next): try startTag()
            default:
                output += "&lt;".utf8
                position += 1
            }
        }
    }

    private func peek(_ offset: Int) -> UInt8 { position + offset < input.count ? input[position + offset] : 0 }

    private static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }

    private mutating func skipDeclaration() {
        if peek(1) == UInt8(ascii: "!"), peek(2) == UInt8(ascii: "-"), peek(3) == UInt8(ascii: "-") {
            // The dashes that open may be among those that close: `<!-->`.
            position += 2
            while position < input.count {
                if input[position] == UInt8(ascii: "-"), peek(1) == UInt8(ascii: "-"), peek(2) == UInt8(ascii: ">") {
                    position += 3
                    return
                }
                position += 1
            }
            return
        }
        while position < input.count, input[position] != UInt8(ascii: ">") { position += 1 }
        position = min(position + 1, input.count)
    }

    private mutating func endTag() {
        position += 2
        let name = tagName()
        _ = attributes()
        if name == "p" || name == "br" {
            output += "</\(name)>".utf8
        } else if !HTMLTags.transparent.contains(name), !HTMLTags.hidden.contains(name) {
            output += "</\(name)>".utf8
            guard !HTMLTags.closedByOthers.contains(name), !HTMLTags.void.contains(name) else { return }
            for index in open.indices.reversed() {
                if open[index] == name {
                    open.removeSubrange(index...)
                    return
                }
                if HTMLTags.scopes.contains(open[index]) { return }
            }
        }
    }

    private mutating func startTag() throws(RAGError) {
        let offset = position
        position += 1
        let name = tagName()
        let attributes = attributes()
        if HTMLTags.transparent.contains(name) {
            if name == "sup" { raise() }
            return
        }
        if HTMLTags.hidden.contains(name) { return skipContent(of: name) }
        output += "<\(name)".utf8
        for (attribute, value) in attributes { output += " \(attribute)=\"".utf8 + value + [UInt8(ascii: "\"")] }
        output.append(UInt8(ascii: ">"))
        if name == "title" { return copyTitle() }
        guard !HTMLTags.void.contains(name), !HTMLTags.closedByOthers.contains(name) else { return }
        open.append(name)
        guard open.count <= Self.maximumDepth else {
            throw RAGError(
                .unreadableDocument,
                "the HTML nests more than \(Self.maximumDepth) elements at byte \(offset); documents that are read nest less"
            )
        }
    }

    /// Ten to the fifth must not become 105.
    private mutating func raise() {
        let next = peek(0)
        guard let last = output.last, last >= 0x30, last <= 0x39 || last == UInt8(ascii: ")") else { return }
        if next >= 0x30 && next <= 0x39 || next == UInt8(ascii: "-") { output.append(UInt8(ascii: "^")) }
    }

    private mutating func tagName() -> String {
        let start = position
        while position < input.count, !Self.endsName(input[position]) { position += 1 }
        return String(decoding: input[start..<min(position, start + 32)], as: UTF8.self).lowercased().filter {
            $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ":")
        }
    }

    private static func endsName(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ">")
    }

    /// Goes behind the tag's `>` and returns the attributes that are of use: an image's `alt`, where a list starts.
    private mutating func attributes() -> [(name: String, value: [UInt8])] {
        var kept: [(name: String, value: [UInt8])] = []
        while position < input.count {
            let byte = input[position]
            if byte == UInt8(ascii: ">") {
                position += 1
                return kept
            }
            if byte <= 0x20 || byte == UInt8(ascii: "/") {
                position += 1
                continue
            }
            let start = position
            position += 1
            while position < input.count, !Self.endsName(input[position]), input[position] != UInt8(ascii: "=") { position += 1 }
            let name = input[start..<position]
            let value = attributeValue()
            guard name.count <= 5, kept.count < 2 else { continue }
            let word = String(decoding: name, as: UTF8.self).lowercased()
            if word == "alt" || word == "start", !kept.contains(where: { $0.name == word }) { kept.append((word, value)) }
        }
        return kept
    }

    private mutating func attributeValue() -> [UInt8] {
        var ahead = position
        while ahead < input.count, input[ahead] <= 0x20 { ahead += 1 }
        guard ahead < input.count, input[ahead] == UInt8(ascii: "=") else { return [] }
        ahead += 1
        while ahead < input.count, input[ahead] <= 0x20 { ahead += 1 }
        position = ahead
        guard position < input.count else { return [] }
        let quote = input[position]
        let start: Int
        let end: Int
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            start = position + 1
            end = input[start...].firstIndex(of: quote) ?? input.count
            position = min(end + 1, input.count)
        } else {
            start = position
            end = input[start...].firstIndex { $0 <= 0x20 || $0 == UInt8(ascii: ">") } ?? input.count
            position = end
        }
        return input[start..<end].flatMap { $0 == UInt8(ascii: "\"") ? Array("&quot;".utf8) : [$0] }
    }

    /// Goes behind the end tag; an element that is never closed loses only its tag, except where HTML says that it hides the rest.
    private mutating func skipContent(of name: String) {
        guard !unclosed.contains(name) else { return }
        if let end = closing(name) {
            position = end
            _ = attributes()
        } else {
            unclosed.insert(name)
            if name != "svg", name != "noscript" { position = input.count }
        }
    }

    /// A title holds text only: what looks like a tag in it is none.
    private mutating func copyTitle() {
        guard !unclosed.contains("title"), let behind = closing("title") else {
            unclosed.insert("title")
            output += "</title>".utf8
            return
        }
        for byte in input[position..<behind - "</title".utf8.count] {
            if byte == UInt8(ascii: "<") { output += "&lt;".utf8 } else { output.append(byte) }
        }
        position = behind
        _ = attributes()
        output += "</title>".utf8
    }

    /// Behind the name of the next end tag of that name.
    private func closing(_ name: String) -> Int? {
        let pattern = Array("</\(name)".utf8)
        var index = position
        while index + pattern.count <= input.count {
            if input[index] == UInt8(ascii: "<") {
                let matches = pattern.indices.allSatisfy { offset in
                    let byte = input[index + offset]
                    return byte == pattern[offset] || (Self.isLetter(byte) && byte | 0x20 == pattern[offset])
                }
                if matches, index + pattern.count == input.count || Self.endsName(input[index + pattern.count]) {
                    return index + pattern.count
                }
            }
            index += 1
        }
        return nil
    }
}
