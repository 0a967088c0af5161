// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import CGumbo
import RAGCore

/// A parsed page.
struct HTMLTree {
    typealias Node = UnsafePointer<GumboNode>

    /// Deepest tree that is walked: what the cleaner lets through, and the elements that the standard puts in between.
    static let maximumDepth = HTMLCleaner.maximumDepth * 4

    private let arena = GumboArena()
    /// The parser's nodes point into the bytes.
    private let bytes: [UInt8]
    let root: Node

    init(parsing cleaned: [UInt8]) throws(RAGError) {
        bytes = cleaned
        var options = kGumboDefaultOptions
        options.allocator = { arena, size in
            guard let arena else { return nil }
            return Unmanaged<GumboArena>.fromOpaque(arena).takeUnretainedValue().allocate(size)
        }
        options.deallocator = { _, _ in }
        options.userdata = Unmanaged.passUnretained(arena).toOpaque()
        options.max_errors = 0
        let output = bytes.withUnsafeBytes { buffer in
            gumbo_parse_with_options(&options, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count)
        }
        guard let output, let root = output.pointee.root else {
            throw RAGError(.unreadableDocument, "the HTML holds no element")
        }
        self.root = Node(root)
        try Self.checkDepth(self.root)
    }

    /// An element's children.
    static func children(of node: Node) -> UnsafeBufferPointer<UnsafeMutableRawPointer?> {
        let vector: GumboVector
        switch node.pointee.type {
        case GUMBO_NODE_ELEMENT, GUMBO_NODE_TEMPLATE: vector = node.pointee.v.element.children
        case GUMBO_NODE_DOCUMENT: vector = node.pointee.v.document.children
        default: return UnsafeBufferPointer(start: nil, count: 0)
        }
        return UnsafeBufferPointer(start: vector.data, count: Int(vector.length))
    }

    static func node(_ pointer: UnsafeMutableRawPointer?) -> Node? {
        pointer.map { Node($0.assumingMemoryBound(to: GumboNode.self)) }
    }

    static func tag(of node: Node) -> GumboTag? {
        node.pointee.type == GUMBO_NODE_ELEMENT ? node.pointee.v.element.tag : nil
    }

    static func attribute(_ name: String, of node: Node) -> String? {
        guard tag(of: node) != nil else { return nil }
        var attributes = node.pointee.v.element.attributes
        guard let attribute = gumbo_get_attribute(&attributes, name), let value = attribute.pointee.value else { return nil }
        return String(cString: value)
    }

    static func text(of node: Node) -> UnsafePointer<CChar>? {
        switch node.pointee.type {
        case GUMBO_NODE_TEXT, GUMBO_NODE_WHITESPACE, GUMBO_NODE_CDATA: node.pointee.v.text.text
        default: nil
        }
    }

    /// The text of `title`, otherwise of the first `h1`.
    func title() -> String? {
        for tag in [GUMBO_TAG_TITLE, GUMBO_TAG_H1] {
            var found: Node?
            visit(root) { node in
                if found == nil, Self.tag(of: node) == tag { found = node }
                return found == nil
            }
            if let found {
                let text = HTMLConverter.plainText(of: found)
                if !text.isEmpty { return text }
            }
        }
        return nil
    }

    /// `main` or an `article` that holds at least half of the page's text, otherwise the page.
    func readableRoot() -> Node {
        let whole = textLength(of: root)
        for tag in [GUMBO_TAG_MAIN, GUMBO_TAG_ARTICLE] {
            var best: Node?
            visit(root) { node in
                guard best == nil else { return false }
                guard Self.tag(of: node) == tag else { return true }
                if textLength(of: node) * 2 >= whole { best = node }
                return false
            }
            if let best { return best }
        }
        return root
    }

    /// Bytes of text below `node` that are not white space, hidden elements left out.
    func textLength(of node: Node) -> Int {
        var length = 0
        visit(node) { node in
            if let tag = Self.tag(of: node), HTMLConverter.unreadable.contains(tag.rawValue) { return false }
            guard var text = Self.text(of: node) else { return true }
            while text.pointee != 0 {
                if UInt8(bitPattern: text.pointee) > 0x20 { length += 1 }
                text += 1
            }
            return true
        }
        return length
    }

    /// Calls `body` for `node` and all below it, in order; what is below is left out where it returns false.
    private func visit(_ node: Node, _ body: (Node) -> Bool) {
        var pending = [node]
        while let next = pending.popLast() {
            guard body(next) else { continue }
            for child in Self.children(of: next).reversed() {
                if let child = Self.node(child) { pending.append(child) }
            }
        }
    }

    private static func checkDepth(_ root: Node) throws(RAGError) {
        var pending = [(root, 1)]
        while let (node, depth) = pending.popLast() {
            guard depth <= maximumDepth else {
                throw RAGError(.unreadableDocument, "the HTML nests more than \(maximumDepth) elements; documents that are read nest less")
            }
            for child in children(of: node) {
                if let child = Self.node(child) { pending.append((child, depth + 1)) }
            }
        }
    }
}
