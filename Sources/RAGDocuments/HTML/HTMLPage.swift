// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import CGumbo
import RAGCore

/// A web page as Markdown.
struct HTMLPage {
    var text: String
    var title: String?

    /// The page's readable text: its `main` or `article` where that holds most of it, without navigation, forms, scripts and styles.
    ///
    /// Text is not escaped unless a line of it would begin raw HTML or code that swallows what follows.
    /// - Throws: `unreadableDocument` if elements nest too deeply.
    static func markdown(of html: String) throws(RAGError) -> HTMLPage {
        let cleaned = try HTMLCleaner.clean(html)
        let tree = try HTMLTree(parsing: cleaned)
        let root = tree.readableRoot()
        var text = HTMLConverter.markdown(of: root, leavingOut: HTMLConverter.furniture)
        // Some pages stand in one form, or consist of navigation.
        if text.isEmpty || text.utf8.count * 4 < tree.textLength(of: root) {
            text = HTMLConverter.markdown(of: root, leavingOut: HTMLConverter.unreadable)
        }
        return HTMLPage(text: text, title: tree.title())
    }
}
