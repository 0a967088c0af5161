// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Writes Markdown line by line: collects the words of a paragraph, puts quote marks and list indentation before each line.
struct MarkdownWriter {
    /// Quotes and lists nested deeper are written at this depth.
    private static let maximumPrefixes = 16

    private var output: [UInt8] = []
    private var prefixes: [[UInt8]] = []
    /// List markers that wait for the item's first line.
    private var marker: [UInt8]?
    /// How many prefixes stand before the marker.
    private var markerDepth = 0
    private var inline: [UInt8] = []
    private var pendingSpace = false
    private var needsBlankLine = false
    private var isTight = false

    /// The text so far, open paragraph included.
    mutating func finish() -> String {
        endParagraph()
        return String(decoding: output, as: UTF8.self)
    }

    mutating func push(prefix: StaticString) {
        endParagraph()
        prefixes.append((0..<prefix.utf8CodeUnitCount).map { prefix.utf8Start[$0] })
    }

    mutating func pop() {
        endParagraph()
        if !prefixes.isEmpty { prefixes.removeLast() }
    }

    /// Begins a list item; `pop()` ends it.
    mutating func beginItem(_ itemMarker: String, isFirst: Bool) {
        endParagraph()
        isTight = !isFirst || !prefixes.isEmpty
        marker = Array(itemMarker.utf8)
        markerDepth = prefixes.count
        prefixes.append([UInt8](repeating: 0x20, count: itemMarker.utf8.count))
    }

    /// Ends an item; one without text leaves nothing behind.
    mutating func endItem() {
        pop()
        marker = nil
        isTight = false
    }

    /// Adds text of a paragraph; runs of white space become one space.
    mutating func add(_ text: UnsafePointer<CChar>) {
        var text = text
        while text.pointee != 0 {
            let byte = UInt8(bitPattern: text.pointee)
            text += 1
            if byte <= 0x20 || byte == 0x7F {
                pendingSpace = true
            } else if byte == 0xC2, UInt8(bitPattern: text.pointee) == 0xA0 {
                pendingSpace = true
                text += 1
            } else {
                addWordByte(byte)
            }
        }
    }

    mutating func add(_ text: String) { text.withCString { add($0) } }

    /// A line break inside a paragraph.
    mutating func lineBreak() {
        pendingSpace = false
        if !inline.isEmpty, inline.last != 0x0A { inline.append(0x0A) }
    }

    /// Ends the paragraph, if one is open.
    mutating func endParagraph() {
        defer {
            inline.removeAll(keepingCapacity: true)
            pendingSpace = false
        }
        while inline.last == 0x0A { inline.removeLast() }
        guard !inline.isEmpty else { return }
        beginBlock()
        for line in inline.split(separator: 0x0A, omittingEmptySubsequences: false) { addLine(Self.escaped(line)) }
    }

    /// A heading of one line.
    mutating func heading(_ text: String, level: Int) {
        endParagraph()
        guard !text.isEmpty else { return }
        beginBlock()
        addLine(Array(String(repeating: "#", count: level).utf8) + [0x20] + Array(text.utf8))
    }

    /// A block of lines that are kept as they are.
    mutating func lines(_ lines: [ArraySlice<UInt8>]) {
        endParagraph()
        guard !lines.isEmpty else { return }
        beginBlock()
        for line in lines { addLine(line) }
    }

    private mutating func addWordByte(_ byte: UInt8) {
        if pendingSpace, !inline.isEmpty, inline.last != 0x0A { inline.append(0x20) }
        pendingSpace = false
        inline.append(byte)
    }

    private mutating func beginBlock() {
        if needsBlankLine, !(isTight && marker != nil) { addPrefix(trimming: true) }
        isTight = false
        needsBlankLine = true
    }

    private mutating func addLine(_ line: some Collection<UInt8>) {
        let isBlank = line.isEmpty
        addPrefix(trimming: isBlank, endingLine: false)
        output += line
        output.append(0x0A)
    }

    private mutating func addPrefix(trimming: Bool, endingLine: Bool = true) {
        let start = output.count
        if let marker {
            for prefix in prefixes.prefix(min(markerDepth, Self.maximumPrefixes)) { output += prefix }
            if !endingLine {
                output += marker
                for prefix in prefixes.dropFirst(markerDepth + 1).prefix(Self.maximumPrefixes) { output += prefix }
                self.marker = nil
            }
        } else {
            for prefix in prefixes.prefix(Self.maximumPrefixes) { output += prefix }
        }
        if trimming { while output.count > start, output.last == 0x20 { output.removeLast() } }
        if endingLine { output.append(0x0A) }
    }

    /// Raw HTML and code fences at the start of a line would swallow the text behind them.
    private static func escaped(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isFence = line.starts(with: "```".utf8) || line.starts(with: "~~~".utf8)
        guard isFence || line.first == UInt8(ascii: "<") else { return line }
        return [UInt8(ascii: "\\")] + line
    }
}
