// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGTransport

/// Asks Text Embeddings Inference's `/tokenize` where the model's tokens lie.
///
/// A token comes with the bytes it covers and their text. Nothing is believed that the text does not show: the bytes must spell what
/// the server says that they spell. Servers that count characters instead, or put a prompt before every text, are told from that.
struct TEITokenizer: Sendable {
    /// What `start` and `stop` count.
    enum Unit: Sendable, CaseIterable {
        case bytes
        case characters
    }

    /// A part of a text, small enough for a request.
    private struct Piece {
        var text: String
        /// Its place among the texts, and its first byte there.
        var owner: Int
        var offset: Int
    }

    /// Bytes of a piece and of a request. A token takes about 70 bytes of JSON and six values, of which a reply may have a million.
    private static let pieceBytes = 16 * 1_024
    private static let requestBytes = 128 * 1_024
    /// Has characters of one to four bytes, so that the units differ.
    private static let sample = "Tokens: naïve 中文 🦆 end."

    private let server: ModelServer
    private let unit: Unit
    private let textsPerRequest: Int

    /// Tries the server's tokenizer; nil where there is none that can be used.
    /// - Throws: `unavailable` where the server cannot be asked at all, `deadlineExceeded`, `cancelled`.
    static func find(_ server: ModelServer, textsPerRequest: Int, deadline: Deadline) async throws(RAGError) -> TEITokenizer? {
        let reply: JSONValue
        do throws(RAGError) {
            reply = try await request([sample], of: server, deadline: deadline)
        } catch {
            guard let status = error.cause as? UpstreamStatus, (400..<500).contains(status.status) || status.status == 501 else {
                throw error
            }
            return nil
        }
        guard let tokens = reply.array?.first, reply.array?.count == 1 else { return nil }
        let unit = Unit.allCases.first { TEITokens(tokens, of: sample, unit: $0) != nil }
        return unit.map { TEITokenizer(server: server, unit: $0, textsPerRequest: textsPerRequest) }
    }

    /// The spans of each text.
    /// - Throws: `unavailable` where the server fails or its positions do not fit the text.
    func spans(of texts: [String], deadline: Deadline) async throws(RAGError) -> [TokenSpans] {
        var spans = Array(repeating: TokenSpans(starts: [], ends: []), count: texts.count)
        var waiting: [Piece] = []
        var bytes = 0
        for (owner, text) in texts.enumerated() {
            for piece in Self.pieces(of: text, owner: owner) {
                let size = piece.text.utf8.count
                if waiting.count == textsPerRequest || bytes + size > Self.requestBytes {
                    try await add(waiting, to: &spans, deadline: deadline)
                    waiting.removeAll(keepingCapacity: true)
                    bytes = 0
                }
                waiting.append(piece)
                bytes += size
            }
        }
        try await add(waiting, to: &spans, deadline: deadline)
        return spans
    }

    private func add(_ pieces: [Piece], to spans: inout [TokenSpans], deadline: Deadline) async throws(RAGError) {
        guard !pieces.isEmpty else { return }
        let reply = try await Self.request(pieces.map(\.text), of: server, deadline: deadline)
        guard let lists = reply.array, lists.count == pieces.count else {
            throw server.unexpected("returned the tokens of \(reply.array?.count ?? 0) texts, not of \(pieces.count)")
        }
        for (piece, list) in zip(pieces, lists) {
            guard let tokens = TEITokens(list, of: piece.text, unit: unit) else {
                throw server.unexpected("returned tokens that do not lie in their text")
            }
            spans[piece.owner].starts += tokens.spans.starts.lazy.map { $0 + piece.offset }
            spans[piece.owner].ends += tokens.spans.ends.lazy.map { $0 + piece.offset }
        }
    }

    private static func request(_ texts: [String], of server: ModelServer, deadline: Deadline) async throws(RAGError) -> JSONValue {
        var body = JSONWriter(capacity: texts.reduce(64) { $0 + $1.utf8.count + 8 })
        body.object { writer in
            writer.key("inputs")
            writer.array { writer in for text in texts { writer.string(text) } }
            writer.member("add_special_tokens", false)
        }
        return try await server.post("/tokenize", body, deadline: deadline)
    }

    /// The text in pieces that end at white space where there is some, otherwise after a character.
    private static func pieces(of text: String, owner: Int) -> [Piece] {
        guard text.utf8.count > pieceBytes else { return text.isEmpty ? [] : [Piece(text: text, owner: owner, offset: 0)] }
        let bytes = Array(text.utf8)
        var pieces: [Piece] = []
        var start = 0
        while start < bytes.count {
            var end = min(start + pieceBytes, bytes.count)
            if end < bytes.count {
                let half = start + pieceBytes / 2
                if let space = bytes[half..<end].lastIndex(where: { $0 == 0x20 || $0 == 0x0A }) {
                    end = space
                } else {
                    while bytes[end] & 0xC0 == 0x80 { end -= 1 }
                }
            }
            pieces.append(Piece(text: String(decoding: bytes[start..<end], as: UTF8.self), owner: owner, offset: start))
            start = end
        }
        return pieces
    }
}
