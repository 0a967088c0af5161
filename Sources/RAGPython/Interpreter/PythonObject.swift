// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import CPythonBridge
import RAGCore

/// A Python object that lives as long as the process, unless `release` is called. Every call blocks: make them on `PythonThreads`.
///
/// Safety: the pointer never changes, the bridge takes the GIL around each use, and who releases an object sees that nobody uses it.
package struct PythonObject: @unchecked Sendable {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    /// The module of that name, imported if need be.
    static func module(_ name: String) throws(PythonError) -> PythonObject {
        var error = gpy_error()
        guard let pointer = gpy_import(name, &error) else { throw PythonError(taking: &error) }
        return PythonObject(pointer)
    }

    /// The attribute `name`; look methods up once and keep them.
    package func attribute(_ name: String) throws(PythonError) -> PythonObject {
        var error = gpy_error()
        guard let result = gpy_attribute(pointer, name, &error) else { throw PythonError(taking: &error) }
        return PythonObject(result)
    }

    /// Calls this object with text arguments and keeps what it returns for the life of the process.
    package func call(_ arguments: [String]) throws(PythonError) -> PythonObject {
        var error = gpy_error()
        let result = TextBuffer(arguments).withTexts { gpy_call(pointer, $0, &error) }
        guard let result else { throw PythonError(taking: &error) }
        return PythonObject(result)
    }

    /// Calls this object with text arguments; it returns a text.
    package func text(_ arguments: [String]) throws(PythonError) -> String {
        var error = gpy_error()
        var output = ""
        let status = TextBuffer(arguments).withTexts { texts in
            withUnsafeMutablePointer(to: &output) { output in
                gpy_call_text(pointer, texts, copyText, output, &error)
            }
        }
        guard status == 0 else { throw PythonError(taking: &error) }
        return output
    }

    /// Calls this object with a list of texts and a role; it returns a float32 matrix.
    package func matrix(_ texts: some Collection<String>, role: String) throws(PythonError) -> FloatMatrix {
        var error = gpy_error()
        var output = FloatMatrix()
        let status = TextBuffer(texts).withTexts { texts in
            withUnsafeMutablePointer(to: &output) { output in
                gpy_call_matrix(pointer, texts, role, copyMatrix, output, &error)
            }
        }
        guard status == 0 else { throw PythonError(taking: &error) }
        return output
    }

    /// Calls this object with a query and a list of passages; it returns a float32 array of one dimension.
    func scores(_ query: String, _ passages: some Collection<String>) throws(PythonError) -> [Float] {
        var error = gpy_error()
        var output = FloatMatrix()
        let status = TextBuffer(CollectionOfOne(query)).withTexts { query in
            TextBuffer(passages).withTexts { passages in
                withUnsafeMutablePointer(to: &output) { output in
                    gpy_call_scores(pointer, query, passages, copyMatrix, output, &error)
                }
            }
        }
        guard status == 0 else { throw PythonError(taking: &error) }
        return output.values
    }

    /// Gives the reference back; nothing may use this object or a copy of it afterwards.
    func release() { gpy_release(pointer) }

    /// Calls this object with a list of texts; it returns the token spans of each.
    func spans(_ texts: some Collection<String>) throws(PythonError) -> [TokenSpans] {
        var error = gpy_error()
        var output: [TokenSpans] = []
        output.reserveCapacity(texts.count)
        let status = TextBuffer(texts).withTexts { texts in
            withUnsafeMutablePointer(to: &output) { output in
                gpy_call_spans(pointer, texts, copySpans, output, &error)
            }
        }
        guard status == 0 else { throw PythonError(taking: &error) }
        return output
    }
}

// The sinks run while the bridge holds the memory that it lends; `context` is the `output` of the call above.

private let copyText: gpy_text_sink = { context, bytes, count in
    guard let context, let bytes else { return }
    let buffer = UnsafeRawBufferPointer(start: bytes, count: count)
    context.assumingMemoryBound(to: String.self).pointee = String(decoding: buffer, as: UTF8.self)
}

private let copyMatrix: gpy_matrix_sink = { context, values, rows, columns in
    guard let context else { return }
    context.assumingMemoryBound(to: FloatMatrix.self).pointee = FloatMatrix(
        rows: rows,
        columns: columns,
        values: Array(UnsafeBufferPointer(start: values, count: rows * columns))
    )
}

private let copySpans: gpy_spans_sink = { context, _, starts, ends, count in
    guard let context else { return }
    let spans = TokenSpans(
        starts: UnsafeBufferPointer(start: starts, count: count).map(Int.init),
        ends: UnsafeBufferPointer(start: ends, count: count).map(Int.init)
    )
    context.assumingMemoryBound(to: [TokenSpans].self).pointee.append(spans)
}

extension PythonError {
    /// Takes over what `error` holds and frees it.
    init(taking error: inout gpy_error) {
        self.init(
            .exception,
            type: error.type.map { String(cString: $0) } ?? "Exception",
            message: error.message.map { String(cString: $0) } ?? "",
            traceback: error.traceback.map { String(cString: $0) } ?? ""
        )
        gpy_error_clear(&error)
    }
}
