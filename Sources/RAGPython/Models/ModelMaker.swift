// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// Makes models where a host keeps them.
protocol ModelMaker: Sendable {
    /// Process numbers of the workers that run now.
    var processes: [Int32] { get }

    /// Makes a model, once or in each worker process. Throws `invalidConfiguration` with the Python exception as its cause,
    /// `unavailable`, `deadlineExceeded`, `cancelled`.
    func make(
        _ spec: PythonModelSpec,
        name: String,
        subject: String,
        threads: PythonThreads,
        deadline: Deadline
    ) async throws(RAGError) -> any PythonModel
}

extension PythonAllowance {
    /// A model may be fetched and read first: its deadline alone bounds that.
    static let loading = PythonAllowance(callTime: .seconds(3_600))
}

/// Makes models in the interpreter of this process.
struct InProcessMaker: ModelMaker {
    let runtime: PythonRuntime

    var processes: [Int32] { [] }

    func make(
        _ spec: PythonModelSpec,
        name: String,
        subject: String,
        threads: PythonThreads,
        deadline: Deadline
    ) async throws(RAGError) -> any PythonModel {
        let runtime = runtime
        let models = try await threads.run(
            priority: .query,
            deadline: deadline,
            allowance: .loading,
            step: "loading \(subject)"
        ) { _ throws(RAGError) in
            do throws(PythonError) {
                return try InProcessModel(spec, runtime: runtime)
            } catch {
                throw RAGError(.invalidConfiguration, "\(subject) \(name) cannot be loaded: \(error.summary)", cause: error)
            }
        }
        guard let model = models.first else { throw RAGError(.internal, "\(subject) was not loaded") }
        return model
    }
}

/// Makes models in each worker process.
struct WorkerMaker: ModelMaker {
    let lanes: [WorkerLane]
    let models: WorkerModels

    var processes: [Int32] { lanes.compactMap(\.processIdentifier) }

    func make(
        _ spec: PythonModelSpec,
        name: String,
        subject: String,
        threads: PythonThreads,
        deadline: Deadline
    ) async throws(RAGError) -> any PythonModel {
        let object = models.nextObject()
        // From now on, so that a process that starts meanwhile has it too.
        models.add(object, spec)
        let lanes = lanes
        do throws(RAGError) {
            try await withWaitingGroup(lanes.indices.map { $0 }) { thread throws(RAGError) in
                _ = try await threads.run(
                    thread: thread,
                    priority: .query,
                    deadline: deadline,
                    allowance: .loading,
                    step: "loading \(subject)"
                ) { turn throws(RAGError) in
                    try Self.make(spec, object, on: lanes[thread], name: name, subject: subject, turn)
                }
            }
        } catch {
            models.remove(object)
            throw error
        }
        models.prove(object)
        return WorkerModel(object: object, lanes: lanes, models: models)
    }

    private static func make(
        _ spec: PythonModelSpec,
        _ object: UInt32,
        on lane: WorkerLane,
        name: String,
        subject: String,
        _ turn: PythonTurn
    ) throws(RAGError) {
        do throws(PythonError) {
            let request = try WorkerModel.making(spec, object: object)
            guard try lane.call(request, during: turn) == .done else {
                throw PythonError.wrongResult("the worker answered another question")
            }
        } catch {
            let code: RAGError.Code = error.kind == .exception ? .invalidConfiguration : .unavailable
            throw RAGError(code, "\(subject) \(name) cannot be loaded: \(error.summary)", cause: error)
        }
    }
}

/// Runs `body` for all elements side by side; throws the first error.
private func withWaitingGroup<Element: Sendable>(
    _ elements: [Element],
    _ body: @escaping @Sendable (Element) async throws(RAGError) -> Void
) async throws(RAGError) {
    let results = await withTaskGroup(of: RAGError?.self) { group in
        for element in elements {
            group.addTask {
                do throws(RAGError) {
                    try await body(element)
                    return nil
                } catch {
                    return error
                }
            }
        }
        var first: RAGError?
        for await error in group { first = first ?? error }
        return first
    }
    if let results { throw results }
}
