// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// A model that every worker process holds; a turn asks the process of its thread.
struct WorkerModel: PythonModel {
    private let object: UInt32
    private let lanes: [WorkerLane]
    private let models: WorkerModels

    init(object: UInt32, lanes: [WorkerLane], models: WorkerModels) {
        self.object = object
        self.lanes = lanes
        self.models = models
    }

    /// What asks a process to make an object.
    static func making(_ spec: PythonModelSpec, object: UInt32) throws(PythonError) -> WorkerRequest {
        try WorkerRequest(.make, object: object, arguments: [spec.name, spec.options] + spec.methods.map(\.rawValue))
    }

    func text(_ method: PythonMethod, _ arguments: [String], _ turn: PythonTurn) throws(PythonError) -> String {
        let request = try WorkerRequest(.text, object: object, arguments: [method.rawValue] + arguments)
        guard case .text(let text) = try lanes[turn.thread].call(request, during: turn) else { throw Self.mismatch }
        return text
    }

    func matrix(_ texts: ArraySlice<String>, role: String, _ turn: PythonTurn) throws(PythonError) -> FloatMatrix {
        let request = try WorkerRequest(
            .matrix,
            object: object,
            arguments: [PythonMethod.embed.rawValue, role],
            texts: texts
        )
        guard case .matrix(let matrix) = try lanes[turn.thread].call(request, during: turn) else { throw Self.mismatch }
        return matrix
    }

    func spans(_ texts: ArraySlice<String>, _ turn: PythonTurn) throws(PythonError) -> [TokenSpans] {
        let request = try WorkerRequest(.spans, object: object, arguments: [PythonMethod.tokenSpans.rawValue], texts: texts)
        guard case .spans(let spans) = try lanes[turn.thread].call(request, during: turn) else { throw Self.mismatch }
        guard spans.count == texts.count else {
            throw PythonError(.wrongResult, type: "TypeError", message: "one pair of arrays is needed for each text")
        }
        return spans
    }

    func scores(_ query: String, _ passages: ArraySlice<String>, _ turn: PythonTurn) throws(PythonError) -> [Float] {
        let request = try WorkerRequest(.scores, object: object, arguments: [PythonMethod.scores.rawValue, query], texts: passages)
        guard case .scores(let scores) = try lanes[turn.thread].call(request, during: turn) else { throw Self.mismatch }
        return scores
    }

    func open(_ arguments: [String], _ turn: PythonTurn) throws(PythonError) -> any PythonStream {
        let lane = lanes[turn.thread]
        let stream = models.nextObject()
        let request = try WorkerRequest(
            .open,
            object: object,
            newObject: stream,
            arguments: [PythonMethod.open.rawValue] + arguments
        )
        let incarnation = lane.incarnation
        guard case .done = try lane.call(request, during: turn) else { throw Self.mismatch }
        return WorkerStream(object: stream, thread: turn.thread, lane: lane, incarnation: incarnation)
    }

    fileprivate static let mismatch = PythonError(.wrongResult, type: "TypeError", message: "the worker answered another question")
}

/// A `Stream` of `grounded_models.streams` in one worker process.
struct WorkerStream: PythonStream {
    private let object: UInt32
    private let index: Int
    private let lane: WorkerLane
    private let incarnation: Int

    init(object: UInt32, thread: Int, lane: WorkerLane, incarnation: Int) {
        self.object = object
        self.index = thread
        self.lane = lane
        self.incarnation = incarnation
        lane.noteStream(opened: true, incarnation: incarnation)
    }

    var thread: Int? { index }

    func nextEvent(_ turn: PythonTurn) throws(PythonError) -> String {
        guard lane.incarnation == incarnation else {
            throw PythonError(.lost, type: "WorkerLost", message: "the worker process of the stream ended")
        }
        let request = try WorkerRequest(.text, object: object, arguments: ["next_event"])
        guard case .text(let text) = try lane.call(request, during: turn) else { throw WorkerModel.mismatch }
        return text
    }

    func close(_ turn: PythonTurn) {
        guard lane.incarnation == incarnation else { return }
        var isRunning = false
        do {
            let reply = try lane.call(WorkerRequest(.text, object: object, arguments: ["close"]), during: turn)
            isRunning = reply == .text("running")
            _ = try lane.call(WorkerRequest(.release, object: object, arguments: []), during: turn)
        } catch {
            // The process is gone, and the stream with it.
        }
        lane.noteStream(opened: false, encumbers: isRunning, incarnation: incarnation)
    }
}
