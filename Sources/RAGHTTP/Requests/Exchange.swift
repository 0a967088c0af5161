// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Synchronization

/// What one request and its response know of each other while both are under way.
final class Exchange: Sendable {
    private struct State {
        var bodyRead = false
        var failure: String?
        var rate: RateState?
    }

    private let state = Mutex(State())

    /// The whole body was received.
    func bodyWasRead() { state.withLock { $0.bodyRead = true } }

    var isBodyRead: Bool { state.withLock { $0.bodyRead } }

    /// Notes the code of an error that was sent inside a stream, for the access line.
    func streamFailed(_ code: String) { state.withLock { $0.failure = code } }

    /// Notes the quota that the request was counted under, for the reply's head.
    func counted(_ rate: RateState) { state.withLock { $0.rate = rate } }

    var rate: RateState? { state.withLock { $0.rate } }

    var streamFailure: String? { state.withLock { $0.failure } }
}
