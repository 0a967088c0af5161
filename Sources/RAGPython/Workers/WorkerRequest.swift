// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// What a worker process is asked, as it crosses the socket.
///
/// The number of bytes that follow (UInt32), the operation (UInt8), an object (UInt32), a new object (UInt32), the number of texts
/// (UInt32), the end of each text in the bytes that follow (UInt32 each), then all texts in UTF-8. Numbers have the machine's byte order:
/// both ends run on it.
struct WorkerRequest: Sendable {
    /// What is to be done. `python/grounded_models/worker.py` has the same list.
    enum Operation: UInt8 {
        /// Texts: `module:Class`, options as JSON, then the names of the methods that the object needs. Answer: `done`.
        case make = 1
        /// Texts: method, then arguments. Answer: `text`.
        case text = 2
        /// Texts: method, role, then texts. Answer: `matrix`.
        case matrix = 3
        /// Texts: method, then texts. Answer: `spans`.
        case spans = 4
        /// Texts: method, query, then passages. Answer: `scores`.
        case scores = 5
        /// Texts: method, then arguments; what it returns becomes the new object. Answer: `done`.
        case open = 6
        /// No texts; forgets the object. Answer: `done`.
        case release = 7
    }

    /// Most bytes of one request.
    static let maximumBytes = 256 << 20
    private static let headerBytes = 17

    let bytes: [UInt8]

    /// Throws if the texts are too large together.
    init(
        _ operation: Operation,
        object: UInt32,
        newObject: UInt32 = 0,
        arguments: [String],
        texts: ArraySlice<String> = []
    ) throws(PythonError) {
        let textBytes = arguments.reduce(texts.reduce(0) { $0 + $1.utf8.count }) { $0 + $1.utf8.count }
        let count = arguments.count + texts.count
        guard textBytes <= Self.maximumBytes, count <= Self.maximumBytes / 8 else {
            throw PythonError(.wrongResult, type: "OverflowError", message: "the texts of one call have \(textBytes) bytes")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerBytes + 4 * count + textBytes)
        Self.append(UInt32(Self.headerBytes - 4 + 4 * count + textBytes), to: &bytes)
        bytes.append(operation.rawValue)
        Self.append(object, to: &bytes)
        Self.append(newObject, to: &bytes)
        Self.append(UInt32(count), to: &bytes)
        var end = 0
        for text in arguments {
            end += text.utf8.count
            Self.append(UInt32(end), to: &bytes)
        }
        for text in texts {
            end += text.utf8.count
            Self.append(UInt32(end), to: &bytes)
        }
        for text in arguments { bytes.append(contentsOf: text.utf8) }
        for text in texts { bytes.append(contentsOf: text.utf8) }
        self.bytes = bytes
    }

    private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }
}
