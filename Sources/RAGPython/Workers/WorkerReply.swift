// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// What a worker process answers. Nothing in it is trusted: a reply that does not add up is a `Violation`, never a trap.
///
/// One byte says which case it is. Numbers have the machine's byte order.
enum WorkerReply: Sendable, Hashable {
    /// 0
    case done
    /// 1, UTF-8
    case text(String)
    /// 2, rows (UInt32), columns (UInt32), floats
    case matrix(FloatMatrix)
    /// 3, floats
    case scores([Float])
    /// 4, number of texts (UInt32); for each: number of tokens (UInt32), first bytes (Int32 each), bytes after the last (Int32 each)
    case spans([TokenSpans])
    /// 5, lengths of the type's name and of the message (UInt32 each), both, and the frames, in UTF-8
    case failure(PythonError)

    /// Why a reply cannot be read.
    struct Violation: Error, Sendable, Hashable {
        let reason: String
    }

    /// Most bytes of one reply.
    static let maximumBytes = 256 << 20

    init(parsing bytes: [UInt8]) throws(Violation) {
        var reader = Reader(bytes: bytes)
        switch try reader.byte() {
        case 0: self = .done
        case 1: self = .text(try reader.text(reader.remaining))
        case 2:
            let rows = Int(try reader.number())
            let columns = Int(try reader.number())
            let (count, overflows) = rows.multipliedReportingOverflow(by: columns)
            guard !overflows else { throw Violation(reason: "\(rows) × \(columns) floats are announced") }
            self = .matrix(FloatMatrix(rows: rows, columns: columns, values: try reader.numbers(count, of: Float.self)))
        case 3: self = .scores(try reader.numbers(reader.remaining / 4, of: Float.self))
        case 4: self = .spans(try Self.spans(&reader))
        case 5:
            let typeLength = Int(try reader.number())
            let messageLength = Int(try reader.number())
            let type = try reader.text(typeLength)
            let message = try reader.text(messageLength)
            self = .failure(PythonError(.exception, type: type, message: message, traceback: try reader.text(reader.remaining)))
        case let kind: throw Violation(reason: "there is no reply of kind \(kind)")
        }
        guard reader.remaining == 0 else { throw Violation(reason: "\(reader.remaining) bytes are left over") }
    }

    private static func spans(_ reader: inout Reader) throws(Violation) -> [TokenSpans] {
        let count = Int(try reader.number())
        // Each text takes four bytes at least, so no number makes the array larger than what was sent.
        guard count <= reader.remaining / 4 else { throw Violation(reason: "\(count) texts are announced") }
        var spans: [TokenSpans] = []
        spans.reserveCapacity(count)
        for _ in 0..<count {
            let tokens = Int(try reader.number())
            let starts = try reader.numbers(tokens, of: Int32.self)
            let ends = try reader.numbers(tokens, of: Int32.self)
            spans.append(TokenSpans(starts: starts.map(Int.init), ends: ends.map(Int.init)))
        }
        return spans
    }

    /// Reads from the front.
    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        var remaining: Int { bytes.count - position }

        mutating func byte() throws(Violation) -> UInt8 {
            guard remaining > 0 else { throw Violation(reason: "the reply is empty") }
            position += 1
            return bytes[position - 1]
        }

        mutating func number() throws(Violation) -> UInt32 { try numbers(1, of: UInt32.self)[0] }

        /// `Number` is a type of four bytes of which every pattern is a value.
        mutating func numbers<Number: BitwiseCopyable>(_ count: Int, of _: Number.Type) throws(Violation) -> [Number] {
            guard count <= remaining / 4 else { throw Violation(reason: "\(count) numbers are announced, \(remaining) bytes are there") }
            let start = position
            position += 4 * count
            return [Number](unsafeUninitializedCapacity: count) { target, filled in
                bytes.withUnsafeBytes { source in
                    UnsafeMutableRawBufferPointer(target).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: source[start..<start + 4 * count])
                    )
                }
                filled = count
            }
        }

        mutating func text(_ count: Int) throws(Violation) -> String {
            guard count <= remaining else { throw Violation(reason: "a text of \(count) bytes is announced") }
            defer { position += count }
            return String(decoding: bytes[position..<position + count], as: UTF8.self)
        }
    }
}
