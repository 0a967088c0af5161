// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore

/// One line on standard error that shows how far a long command is: rewritten in place on a terminal, every 10 s elsewhere.
struct ProgressLine {
    private let title: String
    private let total: Int
    private let start = ContinuousClock.now
    private var lastShown: ContinuousClock.Instant
    private let isTerminal = isatty(2) == 1

    init(_ title: String, total: Int) {
        self.title = title
        self.total = total
        lastShown = start
    }

    /// Shows `done` of the total if it is time to.
    mutating func show(_ done: Int, _ note: String = "") {
        let now = ContinuousClock.now
        guard lastShown.duration(to: now) >= (isTerminal ? .milliseconds(200) : .seconds(10)) else { return }
        lastShown = now
        let seconds = start.duration(to: now).inSeconds
        let rate = seconds > 0 ? Double(done) / seconds : 0
        let line = "\(title): \(done)/\(total)  \(String(format: "%.1f", rate))/s  \(note)"
        FileHandle.standardError.write(Data((isTerminal ? "\r\u{1B}[K" + line : line + "\n").utf8))
    }

    /// Removes the line.
    func end() {
        if isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }
}
