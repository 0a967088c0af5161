// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Reads replies from bytes that come in pieces of any size. Pure and bounded: what a server sends is not trusted.
///
/// Every byte is looked at once, so that a reply that comes byte by byte costs no more than one that comes at once. After an error nothing
/// more is read: the same error is thrown again.
package struct RESPParser: Sendable {
    /// What a reply may be at most.
    package struct Limits: Sendable {
        /// Arrays within arrays.
        package var depth = 16
        package var lineBytes = 64 << 10
        package var bulkBytes = 16 << 20
        /// All that one reply holds, nested ones included.
        package var replyBytes = 32 << 20
        package var elements = 65_536

        package init() {}
    }

    private enum BulkKind { case bytes, error, verbatim }

    private enum AggregateKind { case array, map, push, attribute }

    private struct Aggregate {
        var kind: AggregateKind
        var count: Int
        var items: [RESPValue] = []
    }

    /// What was read: a value that is whole, or the beginning of one.
    private enum Item {
        case value(RESPValue)
        case opened(Aggregate)
        case bulk(count: Int, kind: BulkKind)
    }

    private static let types = Array("+(-:_#,$!=*~%>|".utf8)

    private let limits: Limits
    private var buffer: [UInt8] = []
    /// What stands before it has been read.
    private var position = 0
    /// The end of the line does not stand before it.
    private var searched = 0
    private var bulk: (count: Int, kind: BulkKind)?
    private var stack: [Aggregate] = []
    private var elements = 0
    private var replyBytes = 0
    private var failure: RESPError?

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// Takes what came from the server.
    package mutating func append(_ bytes: some Sequence<UInt8>) {
        guard failure == nil else { return }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole reply, or nil until more bytes have come.
    package mutating func next() throws(RESPError) -> RESPValue? {
        if let failure { throw failure }
        do {
            let value = try read()
            if value == nil { dropWhatWasRead() }
            return value
        } catch {
            failure = error
            buffer = []
            stack = []
            throw error
        }
    }

    private mutating func read() throws(RESPError) -> RESPValue? {
        while true {
            let value: RESPValue
            if let (count, kind) = bulk {
                guard let content = try bulkContent(count) else { return nil }
                bulk = nil
                value = try Self.bulkValue(content, kind)
            } else {
                guard let line = try nextLine() else { return nil }
                elements += 1
                guard elements <= limits.elements else { throw RESPError("a reply of too many elements") }
                switch try item(line) {
                case .value(let whole): value = whole
                case .bulk(let count, let kind):
                    bulk = (count, kind)
                    continue
                case .opened(let aggregate):
                    guard stack.count < limits.depth else { throw RESPError("arrays nested too deeply") }
                    guard aggregate.kind != .push || stack.isEmpty else { throw RESPError("a push within a reply") }
                    stack.append(aggregate)
                    guard aggregate.count == 0 else { continue }
                    guard let empty = closeAggregate() else { continue }
                    value = empty
                }
            }
            if let reply = fold(value) {
                elements = 0
                replyBytes = 0
                return reply
            }
        }
    }

    /// Puts a value where it belongs; the reply, if that makes it whole.
    private mutating func fold(_ value: RESPValue) -> RESPValue? {
        var value = value
        while !stack.isEmpty {
            let top = stack.count - 1
            stack[top].items.append(value)
            guard stack[top].items.count == stack[top].count, let whole = closeAggregate() else { return nil }
            value = whole
        }
        return value
    }

    /// The innermost aggregate as a value; nil for attributes, which only tell about the value that follows.
    private mutating func closeAggregate() -> RESPValue? {
        guard let aggregate = stack.popLast() else { return nil }
        return switch aggregate.kind {
        case .array: .array(aggregate.items)
        case .map: .map(aggregate.items)
        case .push: .push(aggregate.items)
        case .attribute: nil
        }
    }

    private func item(_ line: Range<Int>) throws(RESPError) -> Item {
        let content = buffer[(line.lowerBound + 1)..<line.upperBound]
        switch buffer[line.lowerBound] {
        case UInt8(ascii: "+"), UInt8(ascii: "("): return .value(.simple(String(decoding: content, as: UTF8.self)))
        case UInt8(ascii: "-"): return .value(.error(String(decoding: content, as: UTF8.self)))
        case UInt8(ascii: ":"): return .value(.integer(Int64(try Self.number(content))))
        case UInt8(ascii: "_"):
            guard content.isEmpty else { throw RESPError("a null with content") }
            return .value(.null)
        case UInt8(ascii: "#"): return .value(.boolean(try Self.boolean(content)))
        case UInt8(ascii: ","):
            guard let number = Double(String(decoding: content, as: UTF8.self)) else { throw RESPError("a double that is none") }
            return .value(.double(number))
        case UInt8(ascii: "$"): return try bulkItem(content, .bytes)
        case UInt8(ascii: "!"): return try bulkItem(content, .error)
        case UInt8(ascii: "="): return try bulkItem(content, .verbatim)
        case UInt8(ascii: "*"), UInt8(ascii: "~"): return try aggregate(content, .array)
        case UInt8(ascii: "%"): return try aggregate(content, .map)
        case UInt8(ascii: ">"): return try aggregate(content, .push)
        case UInt8(ascii: "|"): return try aggregate(content, .attribute)
        default: throw RESPError("a reply of unknown type")
        }
    }

    private func bulkItem(_ content: ArraySlice<UInt8>, _ kind: BulkKind) throws(RESPError) -> Item {
        let count = try Self.number(content)
        if count == -1, kind == .bytes { return .value(.null) }
        guard count >= 0 else { throw RESPError("a string of negative length") }
        guard count <= limits.bulkBytes else { throw RESPError("a string that is too long") }
        return .bulk(count: count, kind: kind)
    }

    private func aggregate(_ content: ArraySlice<UInt8>, _ kind: AggregateKind) throws(RESPError) -> Item {
        let count = try Self.number(content)
        if count == -1, kind == .array { return .value(.null) }
        guard count >= 0 else { throw RESPError("an array of negative length") }
        guard count <= limits.elements else { throw RESPError("a reply of too many elements") }
        return .opened(Aggregate(kind: kind, count: kind == .map || kind == .attribute ? count * 2 : count))
    }

    private static func boolean(_ content: ArraySlice<UInt8>) throws(RESPError) -> Bool {
        guard content.count == 1, let byte = content.first, byte == UInt8(ascii: "t") || byte == UInt8(ascii: "f") else {
            throw RESPError("a boolean that is none")
        }
        return byte == UInt8(ascii: "t")
    }

    private static func number(_ content: ArraySlice<UInt8>) throws(RESPError) -> Int {
        let isNegative = content.first == UInt8(ascii: "-")
        let digits = isNegative ? content.dropFirst() : content
        guard !digits.isEmpty, digits.count <= 19 else { throw RESPError("a number that is none") }
        var number = 0
        for byte in digits {
            guard byte >= 0x30, byte <= 0x39 else { throw RESPError("a number that is none") }
            let (product, overflowed) = number.multipliedReportingOverflow(by: 10)
            let digit = Int(byte - 0x30)
            let (sum, overflowedAgain) =
                isNegative
                ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            guard !overflowed, !overflowedAgain else { throw RESPError("a number that is too large") }
            number = sum
        }
        return number
    }

    private static func bulkValue(_ content: [UInt8], _ kind: BulkKind) throws(RESPError) -> RESPValue {
        switch kind {
        case .bytes: return .bulk(content)
        case .error: return .error(String(decoding: content, as: UTF8.self))
        case .verbatim:
            guard content.count >= 4, content[3] == UInt8(ascii: ":") else { throw RESPError("a verbatim string without a format") }
            return .bulk(Array(content[4...]))
        }
    }

    /// Where the next line stands, its end not included; at least its type.
    private mutating func nextLine() throws(RESPError) -> Range<Int>? {
        let start = position
        guard start < buffer.count else { return nil }
        // What is no reply is told from its first byte, not after a line of it has come.
        guard Self.types.contains(buffer[start]) else { throw RESPError("a reply of unknown type") }
        guard let end = buffer[max(searched, start)...].firstIndex(of: 0x0A) else {
            searched = buffer.count
            guard buffer.count - start <= limits.lineBytes else { throw RESPError("a line that is too long") }
            return nil
        }
        guard end - start <= limits.lineBytes else { throw RESPError("a line that is too long") }
        guard end - start >= 2, buffer[end - 1] == 0x0D else { throw RESPError("a line without its end") }
        try count(end - start)
        position = end + 1
        searched = position
        return start..<(end - 1)
    }

    private mutating func bulkContent(_ count: Int) throws(RESPError) -> [UInt8]? {
        guard buffer.count - position >= count + 2 else { return nil }
        let end = position + count
        guard buffer[end] == 0x0D, buffer[end + 1] == 0x0A else { throw RESPError("a string without its end") }
        try self.count(count)
        let content = Array(buffer[position..<end])
        position = end + 2
        searched = position
        return content
    }

    private mutating func count(_ bytes: Int) throws(RESPError) {
        replyBytes += bytes
        guard replyBytes <= limits.replyBytes else { throw RESPError("a reply that is too large") }
    }

    /// Frees what was read, without moving a few bytes again and again.
    private mutating func dropWhatWasRead() {
        if position == buffer.count {
            if buffer.capacity <= 1 << 20 { buffer.removeAll(keepingCapacity: true) } else { buffer = [] }
        } else if position >= 64 << 10 || (position > 0 && position * 2 >= buffer.count) {
            buffer.removeSubrange(0..<position)
        } else {
            return
        }
        searched -= position
        position = 0
    }
}
