// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import CGumbo

/// Walks a page and writes its text as Markdown. Recursion is bounded by `HTMLTree.maximumDepth`.
struct HTMLConverter {
    typealias Node = HTMLTree.Node

    /// Elements without text to be read.
    static let unreadable: Set<UInt32> = Set(
        [
            GUMBO_TAG_HEAD, GUMBO_TAG_TITLE, GUMBO_TAG_SCRIPT, GUMBO_TAG_STYLE, GUMBO_TAG_TEMPLATE, GUMBO_TAG_NOSCRIPT, GUMBO_TAG_SELECT,
            GUMBO_TAG_BUTTON, GUMBO_TAG_TEXTAREA, GUMBO_TAG_IFRAME, GUMBO_TAG_SVG, GUMBO_TAG_OBJECT, GUMBO_TAG_AUDIO, GUMBO_TAG_VIDEO,
            GUMBO_TAG_CANVAS,
        ].map(\.rawValue)
    )

    /// Those, and what surrounds the text of most pages.
    static let furniture = unreadable.union([GUMBO_TAG_NAV, GUMBO_TAG_FOOTER, GUMBO_TAG_ASIDE, GUMBO_TAG_FORM].map(\.rawValue))

    private let leftOut: Set<UInt32>
    private var writer = MarkdownWriter()

    /// The readable text below `root`, or nothing.
    static func markdown(of root: Node, leavingOut: Set<UInt32>) -> String {
        var converter = HTMLConverter(leftOut: leavingOut)
        converter.walkChildren(of: root)
        return converter.writer.finish()
    }

    /// The text below `node` on one line.
    static func plainText(of node: Node, leavingOut: Set<UInt32> = []) -> String {
        var text: [UInt8] = []
        appendText(of: node, leavingOut, to: &text)
        return String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private init(leftOut: Set<UInt32>) { self.leftOut = leftOut }

    private static func appendText(of node: Node, _ leftOut: Set<UInt32>, to text: inout [UInt8]) {
        if let characters = HTMLTree.text(of: node) {
            text += UnsafeBufferPointer(start: characters, count: length(of: characters)).map { UInt8(bitPattern: $0) }
            return
        }
        if let tag = HTMLTree.tag(of: node) {
            if leftOut.contains(tag.rawValue) { return }
            if tag == GUMBO_TAG_IMG { text += (HTMLTree.attribute("alt", of: node) ?? "").utf8 }
            text.append(0x20)
        }
        for child in HTMLTree.children(of: node) {
            if let child = HTMLTree.node(child) { appendText(of: child, leftOut, to: &text) }
        }
        if HTMLTree.tag(of: node) != nil { text.append(0x20) }
    }

    private static func length(of text: UnsafePointer<CChar>) -> Int {
        var length = 0
        while text[length] != 0 { length += 1 }
        return length
    }

    private mutating func walkChildren(of node: Node) {
        for child in HTMLTree.children(of: node) {
            if let child = HTMLTree.node(child) { walk(child) }
        }
    }

    private mutating func walk(_ node: Node) {
        if let text = HTMLTree.text(of: node) { return writer.add(text) }
        guard let tag = HTMLTree.tag(of: node), !leftOut.contains(tag.rawValue) else { return }
        switch tag {
        case GUMBO_TAG_H1, GUMBO_TAG_H2, GUMBO_TAG_H3, GUMBO_TAG_H4, GUMBO_TAG_H5, GUMBO_TAG_H6:
            writer.heading(Self.plainText(of: node, leavingOut: leftOut), level: Int(tag.rawValue - GUMBO_TAG_H1.rawValue) + 1)
        case GUMBO_TAG_BR: writer.lineBreak()
        case GUMBO_TAG_IMG: if let alt = HTMLTree.attribute("alt", of: node) { writer.add(alt) }
        case GUMBO_TAG_UL, GUMBO_TAG_OL, GUMBO_TAG_MENU, GUMBO_TAG_DIR: list(node, isOrdered: tag == GUMBO_TAG_OL)
        case GUMBO_TAG_BLOCKQUOTE:
            writer.push(prefix: "> ")
            walkChildren(of: node)
            writer.pop()
        case GUMBO_TAG_PRE, GUMBO_TAG_LISTING, GUMBO_TAG_XMP: code(node)
        case GUMBO_TAG_TABLE: table(node)
        default:
            writer.endParagraph()
            walkChildren(of: node)
            writer.endParagraph()
        }
    }

    private mutating func list(_ node: Node, isOrdered: Bool) {
        writer.endParagraph()
        var number = isOrdered ? HTMLTree.attribute("start", of: node).flatMap { Int($0) } ?? 1 : 1
        if !(0...999_999).contains(number) { number = 1 }
        var isFirst = true
        for child in HTMLTree.children(of: node) {
            guard let child = HTMLTree.node(child) else { continue }
            guard HTMLTree.tag(of: child) == GUMBO_TAG_LI else {
                walk(child)
                continue
            }
            writer.beginItem(isOrdered ? "\(number). " : "- ", isFirst: isFirst)
            walkChildren(of: child)
            writer.endItem()
            number += 1
            isFirst = false
        }
        writer.endParagraph()
    }

    private mutating func code(_ node: Node) {
        var text: [UInt8] = []
        Self.appendCode(of: node, to: &text)
        var lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
        while let first = lines.first, Self.isBlank(first) { lines.removeFirst() }
        while let last = lines.last, Self.isBlank(last) { lines.removeLast() }
        guard !lines.isEmpty else { return }
        let longest = lines.map { $0.drop { $0 == 0x20 }.prefix { $0 == UInt8(ascii: "`") }.count }.max() ?? 0
        let fence = [UInt8](repeating: UInt8(ascii: "`"), count: max(3, longest + 1))
        writer.lines([fence[...]] + lines + [fence[...]])
    }

    private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool { line.allSatisfy { $0 <= 0x20 } }

    private static func appendCode(of node: Node, to text: inout [UInt8]) {
        if let characters = HTMLTree.text(of: node) {
            for index in 0..<length(of: characters) {
                let byte = UInt8(bitPattern: characters[index])
                if byte >= 0x20 || byte == 0x0A || byte == 0x09 { text.append(byte) }
            }
        } else if HTMLTree.tag(of: node) == GUMBO_TAG_BR {
            text.append(0x0A)
        }
        for child in HTMLTree.children(of: node) {
            if let child = HTMLTree.node(child) { appendCode(of: child, to: &text) }
        }
    }

    /// A table of cells becomes a GFM table; one that only arranges the page is walked like any other element.
    private mutating func table(_ node: Node) {
        writer.endParagraph()
        guard let table = HTMLTable(node, leavingOut: leftOut) else {
            walkChildren(of: node)
            return writer.endParagraph()
        }
        if !table.caption.isEmpty {
            writer.add(table.caption)
            writer.endParagraph()
        }
        writer.lines(table.markdown().map { Array($0.utf8)[...] })
    }
}
