// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// A method of a Python model.
enum PythonMethod: String, Sendable, Hashable, CaseIterable {
    case embed
    case tokenSpans = "token_spans"
    case scores
    case info
    case open
}

/// Which class a model is made of, with which arguments; enough to make it again in another process.
struct PythonModelSpec: Sendable, Hashable {
    /// `module:Class`
    let name: String
    /// Keyword arguments, as a JSON object.
    let options: String
    /// What the class must offer.
    let methods: [PythonMethod]

    init(name: String, options: JSONValue, methods: [PythonMethod] = []) {
        var writer = JSONWriter()
        writer.value(options)
        self.name = name
        self.options = String(decoding: writer.bytes, as: UTF8.self)
        self.methods = methods
    }
}

/// A Python object somewhere: in this process or in worker processes. Every call blocks, and is made in a turn of `PythonThreads`.
protocol PythonModel: Sendable {
    /// What `method` returns for text arguments: a text.
    func text(_ method: PythonMethod, _ arguments: [String], _ turn: PythonTurn) throws(PythonError) -> String

    /// `embed(texts, role)`
    func matrix(_ texts: ArraySlice<String>, role: String, _ turn: PythonTurn) throws(PythonError) -> FloatMatrix

    /// `token_spans(texts)`
    func spans(_ texts: ArraySlice<String>, _ turn: PythonTurn) throws(PythonError) -> [TokenSpans]

    /// `scores(query, passages)`
    func scores(_ query: String, _ passages: ArraySlice<String>, _ turn: PythonTurn) throws(PythonError) -> [Float]

    /// `open(…)`, which returns a stream of events.
    func open(_ arguments: [String], _ turn: PythonTurn) throws(PythonError) -> any PythonStream
}

/// Events that a Python model sends one after the other.
protocol PythonStream: Sendable {
    /// The only thread that can be asked for its events; nil if any can.
    var thread: Int? { get }

    /// The next event, as JSON; blocks for a moment at most.
    func nextEvent(_ turn: PythonTurn) throws(PythonError) -> String

    /// Ends what runs in Python and gives the stream back; the second time it does nothing.
    func close(_ turn: PythonTurn)
}
