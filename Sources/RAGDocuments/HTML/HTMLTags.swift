// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// What the reader of HTML does with each kind of element.
enum HTMLTags {
    /// Elements whose end tags are often left out; they close one another and so do not nest without another element between.
    static let closedByOthers: Set<String> = [
        "p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "optgroup", "colgroup", "caption", "html", "head",
        "body", "h1", "h2", "h3", "h4", "h5", "h6",
    ]

    static let void: Set<String> = [
        "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link", "meta", "param",
        "source", "track", "wbr",
    ]

    /// Elements that only style their text: their tags are left out, their text stays.
    static let transparent: Set<String> = [
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "label",
        "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "plaintext",
    ]

    /// Elements whose content is not text to be read; left out with everything up to their end tag.
    static let hidden: Set<String> = ["script", "style", "svg", "iframe", "noembed", "noframes", "noscript", "xmp", "textarea"]

    /// An end tag does not close what was opened outside of these.
    static let scopes: Set<String> = ["table", "td", "th", "caption", "template", "marquee", "object", "applet", "select", "button"]
}
