// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import CGumbo

/// A table's rows of text.
struct HTMLTable {
    typealias Node = HTMLTree.Node

    private(set) var caption = ""
    private var rows: [[String]] = []

    /// Nil for a table that arranges a page: one with a table, a list, code or a heading in it, or with a single column.
    init?(_ table: Node, leavingOut: Set<UInt32>) {
        var pending = [table]
        while let node = pending.popLast() {
            for child in HTMLTree.children(of: node).reversed() {
                if let child = HTMLTree.node(child) { pending.append(child) }
            }
            guard node != table, let tag = HTMLTree.tag(of: node) else { continue }
            switch tag {
            case GUMBO_TAG_TABLE, GUMBO_TAG_UL, GUMBO_TAG_OL, GUMBO_TAG_PRE, GUMBO_TAG_H1, GUMBO_TAG_H2, GUMBO_TAG_H3, GUMBO_TAG_BLOCKQUOTE:
                return nil
            case GUMBO_TAG_CAPTION: caption = HTMLConverter.plainText(of: node, leavingOut: leavingOut)
            case GUMBO_TAG_TR: rows.append([])
            case GUMBO_TAG_TD, GUMBO_TAG_TH:
                let text = HTMLConverter.plainText(of: node, leavingOut: leavingOut)
                if !rows.isEmpty {
                    rows[rows.count - 1].append(text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|"))
                }
            default: break
            }
        }
        rows.removeAll { row in row.allSatisfy(\.isEmpty) }
        guard columns > 1 else { return nil }
    }

    private var columns: Int { rows.map(\.count).max() ?? 0 }

    /// One line per row; the first row is the header, which GFM requires.
    func markdown() -> [String] {
        guard let header = rows.first else { return [] }
        let filled = header + [String](repeating: "", count: columns - header.count)
        let delimiter = [String](repeating: "---", count: columns)
        return ([filled, delimiter] + rows.dropFirst()).map { "| " + $0.joined(separator: " | ") + " |" }
    }
}
