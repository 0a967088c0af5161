// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Crypto
import NIOCore

/// A file of the web page, as it is sent.
struct PageFile: Sendable {
    let name: String
    let contentType: String
    let body: ByteBuffer
    /// The entity tag: a digest of the bytes, in quotation marks.
    let tag: String

    /// - Parameter name: The file's name, whose ending decides the media type.
    init(_ name: String, _ bytes: [UInt8]) {
        self.name = name
        contentType = Self.mediaType(of: name)
        body = ByteBuffer(bytes: bytes)
        let digest = SHA256.hash(data: bytes).prefix(16)
        tag = "\"" + digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\""
    }

    /// Whether a client that sent this `If-None-Match` holds the file already.
    func isKnown(_ condition: String?) -> Bool {
        guard let condition else { return false }
        return condition.split(separator: ",").contains { part in
            var candidate = part.drop { $0 == " " }
            while candidate.last == " " { candidate.removeLast() }
            if candidate.hasPrefix("W/") { candidate = candidate.dropFirst(2) }
            return candidate == "*" || candidate == tag[...]
        }
    }

    private static func mediaType(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        default: "application/octet-stream"
        }
    }
}
