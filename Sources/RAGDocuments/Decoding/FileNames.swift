// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// What file names say, by their extension in lower case.
package enum FileNames {
    /// Extensions of every format that can be read where there is Python; without it those of text.
    package static let readable: Set<String> = code.union(structured).union(documents).union([
        "txt", "text", "md", "markdown", "html", "htm", "xhtml",
    ])

    static let code: Set<String> = [
        "py", "pyi", "swift", "c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx", "m", "mm", "cs", "java", "kt", "kts", "scala", "groovy",
        "go",
        "rs", "rb", "php", "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "sh", "bash", "zsh", "ps1", "pl", "pm",
        "lua", "r", "jl", "ex", "exs", "erl", "hs", "ml", "mli", "fs", "clj", "cljs", "lisp", "el", "scm", "dart", "zig", "nim", "v", "sv",
        "vhd", "sql", "proto", "graphql", "thrift", "tf", "hcl", "cmake", "gradle", "f90", "f95", "pas", "d", "sol", "cu", "asm", "s",
    ]

    static let structured: Set<String> = [
        "csv", "tsv", "json", "jsonl", "ndjson", "xml", "yaml", "yml", "ipynb", "rst", "adoc", "asciidoc", "mdx", "org",
    ]

    /// Formats of documents that are not text.
    static let documents: Set<String> = [
        "pdf", "docx", "doc", "pptx", "xlsx", "xls", "odt", "ods", "odp", "rtf", "epub", "eml", "msg",
    ]

    /// What is known not to be text, whether a reader exists or not.
    static let foreign: Set<String> = documents.union([
        "ppt", "zip", "gz", "bz2", "xz", "7z", "rar", "tar", "png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp", "heic",
    ])

    static func extensionName(of name: String) -> String {
        let file = name.split(separator: "/").last ?? ""
        guard let dot = file.lastIndex(of: "."), dot > file.startIndex else { return "" }
        return file[file.index(after: dot)...].lowercased()
    }
}
