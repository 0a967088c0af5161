// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import RAGCore

/// `/` and `/page/{id}`: the web page and the files that it consists of.
///
/// They hold nobody's data, so anyone may read them; the page's own requests are authenticated as everybody's are.
struct PageRoutes: Sendable {
    /// What the page may do: nothing but load its own files and call the server that it came from.
    static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:", "base-uri 'none'",
        "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
    ].joined(separator: "; ")

    let page = PageFile("index.html", PackageResources.index_html)
    /// The other files, by name.
    let files: [String: PageFile]

    init() {
        let files = [
            PageFile("style.css", PackageResources.style_css),
            PageFile("icon.svg", PackageResources.icon_svg),
            PageFile("main.js", PackageResources.main_js),
            PageFile("answer.js", PackageResources.answer_js),
            PageFile("api.js", PackageResources.api_js),
            PageFile("ask.js", PackageResources.ask_js),
            PageFile("compare.js", PackageResources.compare_js),
            PageFile("documents.js", PackageResources.documents_js),
            PageFile("dom.js", PackageResources.dom_js),
            PageFile("events.js", PackageResources.events_js),
            PageFile("facts.js", PackageResources.facts_js),
            PageFile("keys.js", PackageResources.keys_js),
            PageFile("panel.js", PackageResources.panel_js),
            PageFile("upload.js", PackageResources.upload_js),
        ]
        self.files = Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0) })
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/", .open) { request in Self.reply(with: page, to: request) },
            Endpoint(.get, "/page/{id}", .open) { request in
                guard let file = files[request.pathID ?? ""] else { throw RAGError(.notFound, "the page has no such file") }
                return Self.reply(with: file, to: request)
            },
        ]
    }

    private static func reply(with file: PageFile, to request: APIRequest) -> Response {
        // A file may be kept, but is asked for every time: page and server are always of one version.
        var headers: HTTPFields = [.eTag: file.tag, .cacheControl: "no-cache", .contentSecurityPolicy: policy]
        headers.set("Cross-Origin-Resource-Policy", "same-origin")
        if file.isKnown(request.http.headers[.ifNoneMatch]) { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = file.contentType
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.body))
    }
}
