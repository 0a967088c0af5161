// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Synchronization

/// The models that every worker process holds, so that a new one can make them again.
final class WorkerModels: Sendable {
    /// A model and whether it was made everywhere once.
    struct Entry: Sendable {
        let object: UInt32
        let spec: PythonModelSpec
        var isProven = false
    }

    private let entries = Mutex<[Entry]>([])
    private let objects = Atomic<UInt32>(0)

    /// A number that no object has had.
    func nextObject() -> UInt32 { objects.wrappingAdd(1, ordering: .relaxed).newValue }

    /// Has every process that starts from now on make this model.
    func add(_ object: UInt32, _ spec: PythonModelSpec) { entries.withLock { $0.append(Entry(object: object, spec: spec)) } }

    /// Notes that the model was made everywhere.
    func prove(_ object: UInt32) {
        entries.withLock { entries in
            for index in entries.indices where entries[index].object == object { entries[index].isProven = true }
        }
    }

    /// Forgets a model that could not be made.
    func remove(_ object: UInt32) { entries.withLock { $0.removeAll { $0.object == object } } }

    var all: [Entry] { entries.withLock { $0 } }
}
