// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// One event of a server-sent event stream.
package struct ServerSentEvent: Sendable, Hashable {
    /// The event's name; `message` where the server gave none.
    package var name: String
    /// The data lines, joined by line feeds.
    package var data: String
    /// The last id that the stream set, if any.
    package var id: String?
}

/// Reads `text/event-stream` as the HTML standard defines it, from chunks that may end anywhere.
///
/// Lines end with CR, LF or CRLF; a byte order mark at the start is skipped; an event that is not ended by a blank line is dropped.
package struct SSEParser: Sendable {
    /// Most bytes that one event (or one line) may have.
    package let maximumEventSize: Int

    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var name = ""
    private var id: String?
    private var lastWasCarriageReturn = false
    private var seen = 0

    package init(maximumEventSize: Int = 1 << 20) { self.maximumEventSize = maximumEventSize }

    /// The events that `bytes` complete, in order.
    /// - Throws: `unavailable` when an event is larger than its limit; the parser is of no use afterwards.
    package mutating func feed(_ bytes: some Sequence<UInt8>) throws(RAGError) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            let followsCarriageReturn = lastWasCarriageReturn
            lastWasCarriageReturn = byte == 0x0D
            if byte == 0x0A, followsCarriageReturn { continue }
            guard byte != 0x0A, byte != 0x0D else {
                if let event = endLine() { events.append(event) }
                continue
            }
            guard line.count + data.count < maximumEventSize else {
                throw RAGError(.unavailable, "the server sent an event of more than \(maximumEventSize) bytes")
            }
            line.append(byte)
            skipByteOrderMark()
        }
        return events
    }

    private mutating func skipByteOrderMark() {
        guard seen < 3 else { return }
        seen += 1
        if seen == 3, line == [0xEF, 0xBB, 0xBF] { line.removeAll() }
    }

    private mutating func endLine() -> ServerSentEvent? {
        seen = 3
        defer { line.removeAll(keepingCapacity: true) }
        if line.isEmpty { return endEvent() }
        guard line[0] != UInt8(ascii: ":") else { return nil }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[min(colon + 1, line.endIndex)...]
        if value.first == 0x20 { value = value.dropFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "data":
            if hasData { data.append(0x0A) }
            data.append(contentsOf: value)
            hasData = true
        case "event": name = String(decoding: value, as: UTF8.self)
        case "id": if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
        default: break
        }
        return nil
    }

    private mutating func endEvent() -> ServerSentEvent? {
        defer {
            data.removeAll(keepingCapacity: true)
            hasData = false
            name = ""
        }
        guard hasData else { return nil }
        return ServerSentEvent(name: name.isEmpty ? "message" : name, data: String(decoding: data, as: UTF8.self), id: id)
    }
}
