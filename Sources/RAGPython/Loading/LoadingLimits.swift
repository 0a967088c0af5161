// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// What reading one document may take, and how many are read side by side.
package struct LoadingLimits: Sendable, Hashable {
    /// Documents read at the same time, each in a process of its own.
    package var processes: Int
    /// Longest time for one document; its processor time has the same limit.
    package var time: Duration
    /// Most memory of a process, in bytes of its address space.
    package var memory: Int
    /// Most bytes of the text that comes of a document.
    package var textBytes: Int
    /// Whether pages that hold only images are read by character recognition.
    package var recognisesCharacters: Bool

    package init(
        processes: Int = 1,
        time: Duration = .seconds(60),
        memory: Int = 512 << 20,
        textBytes: Int = 32 << 20,
        recognisesCharacters: Bool = false
    ) {
        self.processes = max(1, processes)
        self.time = time
        self.memory = memory
        self.textBytes = textBytes
        self.recognisesCharacters = recognisesCharacters
    }
}
