// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Synchronization

/// A Python object of the interpreter of this process. It lives as long as the process.
struct InProcessModel: PythonModel {
    private let methods: [PythonMethod: PythonObject]

    /// Makes the object and looks its methods up; blocks.
    init(_ spec: PythonModelSpec, runtime: PythonRuntime) throws(PythonError) {
        let object = try runtime.instantiate(spec)
        var methods: [PythonMethod: PythonObject] = [:]
        for method in spec.methods { methods[method] = try object.attribute(method.rawValue) }
        self.methods = methods
    }

    private func method(_ name: PythonMethod) throws(PythonError) -> PythonObject {
        guard let method = methods[name] else {
            throw PythonError(.wrongResult, type: "AttributeError", message: "the model was made without \(name.rawValue)")
        }
        return method
    }

    func text(_ method: PythonMethod, _ arguments: [String], _ turn: PythonTurn) throws(PythonError) -> String {
        try self.method(method).text(arguments)
    }

    func matrix(_ texts: ArraySlice<String>, role: String, _ turn: PythonTurn) throws(PythonError) -> FloatMatrix {
        try method(.embed).matrix(texts, role: role)
    }

    func spans(_ texts: ArraySlice<String>, _ turn: PythonTurn) throws(PythonError) -> [TokenSpans] {
        try method(.tokenSpans).spans(texts)
    }

    func scores(_ query: String, _ passages: ArraySlice<String>, _ turn: PythonTurn) throws(PythonError) -> [Float] {
        try method(.scores).scores(query, passages)
    }

    func open(_ arguments: [String], _ turn: PythonTurn) throws(PythonError) -> any PythonStream {
        InProcessStream(try method(.open).call(arguments))
    }
}

/// A `Stream` of `grounded_models.streams` in this process.
final class InProcessStream: PythonStream {
    /// The lock is held for each call, so that nothing is released while it is used; a call takes a moment at most.
    private let stream: Mutex<PythonObject?>

    init(_ stream: PythonObject) { self.stream = Mutex(stream) }

    var thread: Int? { nil }

    func nextEvent(_ turn: PythonTurn) throws(PythonError) -> String {
        try stream.withLock { (stream) throws(PythonError) in
            guard let stream else { throw PythonError(.wrongResult, type: "RuntimeError", message: "the stream is closed") }
            return try Self.call("next_event", of: stream)
        }
    }

    func close(_ turn: PythonTurn) {
        stream.withLock { stream in
            guard let open = stream else { return }
            _ = try? Self.call("close", of: open)
            open.release()
            stream = nil
        }
    }

    private static func call(_ name: String, of stream: PythonObject) throws(PythonError) -> String {
        let method = try stream.attribute(name)
        defer { method.release() }
        return try method.text([])
    }
}
