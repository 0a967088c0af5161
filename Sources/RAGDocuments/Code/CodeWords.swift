// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// The words by which definitions are known, in any language.
enum CodeWords {
    private static let modifiers: Set<String> = [
        "public", "private", "protected", "internal", "fileprivate", "open", "package", "static", "final", "abstract", "async", "export",
        "default", "pub", "unsafe", "extern", "inline", "virtual", "override", "mutating", "nonmutating", "nonisolated", "isolated",
        "consuming", "borrowing", "sealed", "partial", "readonly", "suspend", "inner", "lateinit", "declare", "synchronized", "native",
        "local", "indirect", "convenience", "required", "lazy", "weak", "dynamic", "distributed", "infix", "operator", "tailrec",
        "external",
        "companion", "annotation", "value", "actual", "expect", "implicit", "case", "global", "constexpr", "consteval", "friend",
        "explicit",
        "typedef", "volatile", "const", "data", "strictfp", "transient", "crate", "get", "set",
    ]
    private static let containers: Set<String> = [
        "class", "struct", "enum", "interface", "protocol", "extension", "trait", "impl", "namespace", "module", "mod", "object", "record",
        "union", "actor", "defmodule", "defprotocol", "service", "message", "contract", "library", "@interface", "@implementation",
        "@protocol", "program", "unit",
    ]
    /// Parentheses, a receiver or an operator may follow instead of a name.
    private static let functions: Set<String> = ["def", "fn", "func", "function", "fun", "init", "deinit", "subscript", "constructor"]
    private static let definitions: Set<String> = [
        "sub", "macro_rules", "macro", "defp", "defmacro", "defmacrop", "defstruct", "procedure", "destructor", "type", "typealias",
        "newtype", "instance", "rpc", "theorem", "lemma",
        "resource", "variable", "output", "provider", "task", "subroutine", "entity", "architecture", "modifier", "event", "input",
        "schema",
    ]
    /// Begin lines that look like calls or declarations and are statements.
    private static let statements: Set<String> = [
        "if", "for", "while", "switch", "return", "do", "try", "sizeof", "throw", "new", "delete", "using", "import", "include",
        "print", "assert", "await", "yield", "with", "raise", "del", "not", "in", "and", "or", "unless", "until", "begin", "echo", "exec",
        "guard", "defer", "match", "when", "loop", "require", "from", "super", "self", "this", "repeat", "foreach", "lock", "select", "go",
        "goto", "break", "continue", "pass", "synchronized", "static_assert", "elsif", "let", "var", "val", "where",
        "case",
    ]
    /// Continue what stands above them.
    private static let continuations: Set<String> = [
        "else", "elif", "elsif", "elseif", "catch", "finally", "except", "rescue", "ensure", "end", "where", "then", "fi", "done", "esac",
        "@end", "endif", "endfunction", "endmodule", "until", "throws",
    ]

    /// What a line, without white space before it, begins.
    static func opening(of line: ArraySlice<UInt8>) -> CodeOpening {
        guard let first = line.first else { return .other }
        if ")}]{:>.,|&+=".utf8.contains(first) { return .continuation }
        if first == UInt8(ascii: "(") {
            return String(decoding: line.prefix(5), as: UTF8.self).hasPrefix("(def") ? .definition(isContainer: false) : .other
        }
        var words = CodeWordReader(line)
        var isFirst = true
        while let word = words.next() {
            if isFirst, continuations.contains(word), !words.isFollowedByOpening { return .continuation }
            isFirst = false
            if let opening = opening(of: word, words, line) { return opening }
            // Not a keyword: perhaps a type before a function's name.
            if !modifiers.contains(word), !word.hasPrefix("@") { return looksLikeFunction(line) ? .definition(isContainer: false) : .other }
            words.skipArguments()
        }
        return looksLikeFunction(line) ? .definition(isContainer: false) : .other
    }

    /// Whether a line holds nothing but an attribute of what follows.
    static func isDecorator(_ line: ArraySlice<UInt8>) -> Bool {
        guard let first = line.first else { return false }
        if first == UInt8(ascii: "["), line.last == UInt8(ascii: "]") { return true }
        if line.starts(with: Array("template".utf8)), line.last == UInt8(ascii: ">") { return true }
        guard first == UInt8(ascii: "@") else { return false }
        var words = CodeWordReader(line)
        while let word = words.next() {
            if containers.contains(word) || continuations.contains(word) || !word.hasPrefix("@") { return false }
            words.skipArguments()
        }
        return true
    }

    /// What a keyword begins; nil where `word` is none.
    private static func opening(of word: String, _ words: CodeWordReader, _ line: ArraySlice<UInt8>) -> CodeOpening? {
        if containers.contains(word) {
            guard words.isFollowedByName else { return .other }
            // `struct point *make(int x)` is a function.
            let isType = !["struct", "union", "enum"].contains(word) || !line.contains(UInt8(ascii: "("))
            return .definition(isContainer: isType)
        }
        if functions.contains(word) {
            return words.isFollowedByName || words.isFollowedByOpening || words.isFollowedByOperator
                ? .definition(isContainer: false) : .other
        }
        if definitions.contains(word) { return words.isFollowedByName ? .definition(isContainer: false) : .other }
        switch word {
        case "const", "let", "var", "val":
            return opensFunction(line) ? .definition(isContainer: false) : (word == "const" ? nil : .other)
        case "create", "CREATE", "Create":
            return words.isFollowedByName ? .definition(isContainer: false) : nil
        default:
            return nil
        }
    }

    /// Whether a value is a function, or a block in braces.
    private static func opensFunction(_ line: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: line, as: UTF8.self)
        return text.hasSuffix("{") || text.hasSuffix("=>") || text.contains("=> ") || text.contains("= function")
            || text.contains("= async") || text.contains("lambda")
    }

    /// Whether a line is the head of a function that no keyword names: a name and parentheses, with a brace at the end or a type before.
    private static func looksLikeFunction(_ line: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: line, as: UTF8.self)
        if text.contains("<- function") || text.contains(" :: ") { return true }
        guard let parenthesis = text.firstIndex(of: "("), text.last != ";" else {
            // `resource "a" "b" {` and the like.
            return text.hasSuffix("\" {")
        }
        let head = text[..<parenthesis]
        guard !head.contains(where: { "=.\"'+-!?%^;{}#$\\".contains($0) }) else { return false }
        let names = head.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "*" || $0 == "&" })
        guard let first = names.first, let last = names.last, !statements.contains(String(first)), !statements.contains(String(last)),
            last.last.map({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == ">" }) ?? false
        else { return false }
        if text.hasSuffix("{") { return true }
        return names.count > 1 && [")", ",", "("].contains(text.last)
    }
}
