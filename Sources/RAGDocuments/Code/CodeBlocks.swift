// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// The structure of source code in any language: its definitions, as lines and words show them, without parsing.
///
/// A definition begins at the left margin or at the level of members inside a type, together with the comments and decorators right above it, and ends
/// where the next thing at its level begins. Its path is the types around it and the line that opens it. What stands between definitions
/// is divided at blank lines. Every line that is not blank is part of a block.
enum CodeBlocks {
    static func blocks(of text: String) -> [TextBlock] {
        let lines = TextLines(text)
        var scan = CodeScan(lines: lines)
        let starts = scan.starts()
        var blocks: [TextBlock] = []
        for (index, start) in starts.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1].line : lines.count
            guard start.line < end, let range = lines.trimmed(start.line..<end) else { continue }
            blocks.append(TextBlock(kind: .code, range: lines.range(range), headingPath: start.path))
        }
        return blocks
    }
}

/// Walks over lines and finds where blocks begin.
struct CodeScan {
    struct Start {
        var line: Int
        var path: [String]
    }

    /// A type whose members are definitions of their own.
    private struct Container {
        var indent: Int
        var name: String
        /// Where its members stand; known from the first of them.
        var memberIndent: Int?
    }

    /// What the lines belong to at the moment.
    private struct Current {
        var indent: Int
        var isDefinition: Bool
        /// Whether something deeper was seen: then the next line at its level is no longer part of it.
        var hasBody: Bool
    }

    /// How many types around a definition are followed: a namespace and a class.
    private static let maximumDepth = 2

    private let lines: TextLines
    private let kinds: [CodeLine]
    private var found: [Start] = []
    /// The types around the current line, outermost first.
    private var containers: [Container] = []
    private var current: Current?

    init(lines: TextLines) {
        self.lines = lines
        var reader = CodeLineReader()
        kinds = (0..<lines.count).map { lines.isBlank($0) ? .blank : reader.read(lines[$0]) }
    }

    /// Where blocks begin, in order, the first at the first line.
    mutating func starts() -> [Start] {
        for line in 0..<lines.count {
            guard case .code(let indent, let opening) = kinds[line] else { continue }
            visit(line, indent: indent, opening: opening)
        }
        if found.first?.line != 0 { found.insert(Start(line: 0, path: []), at: 0) }
        return found
    }

    private mutating func visit(_ line: Int, indent: Int, opening: CodeOpening) {
        if opening == .continuation {
            if indent == current?.indent { current?.hasBody = true }
            return
        }
        while let around = containers.last, indent <= around.indent { containers.removeLast() }
        if let innermost = containers.indices.last, containers[innermost].memberIndent == nil {
            containers[innermost].memberIndent = indent
        }
        let isMember = containers.last?.memberIndent == indent
        guard indent == 0 || isMember else {
            current?.hasBody = true
            return
        }
        if case .definition(let isContainer) = opening {
            begin(line, indent: indent, isContainer: isContainer)
        } else {
            continueLoosely(line, indent: indent)
        }
    }

    private mutating func begin(_ line: Int, indent: Int, isContainer: Bool) {
        let name = CodeName.name(in: lines[line])
        let path = containers.map(\.name) + [name]
        found.append(Start(line: top(of: line), path: path.filter { !$0.isEmpty }))
        current = Current(indent: indent, isDefinition: true, hasBody: CodeName.isWhole(lines[line]))
        if isContainer, containers.count < Self.maximumDepth { containers.append(Container(indent: indent, name: name)) }
    }

    /// A line at a level of definitions that defines nothing: part of what is there, or the beginning of something else.
    private mutating func continueLoosely(_ line: Int, indent: Int) {
        let top = top(of: line)
        if let current {
            // The fields of a type stand with its first line.
            if current.isDefinition, indent > current.indent { return }
            if current.isDefinition, current.indent == indent, !current.hasBody { return }
            let followsBlank = top > 0 && kinds[top - 1] == .blank
            if !current.isDefinition, current.indent == indent, !followsBlank { return }
        }
        found.append(Start(line: top, path: containers.map(\.name)))
        current = Current(indent: indent, isDefinition: false, hasBody: true)
    }

    /// The first of the comments and decorators that stand right above a line.
    private func top(of line: Int) -> Int {
        var top = line
        let bottom = found.last.map(\.line) ?? -1
        while top - 1 > bottom, kinds[top - 1] == .comment || kinds[top - 1] == .decorator { top -= 1 }
        return top
    }
}
