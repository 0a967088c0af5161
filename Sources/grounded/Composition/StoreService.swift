// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ServiceLifecycle

/// Keeps the store in order while the server runs, and closes it last.
struct StoreService: Service {
    let store: ServingStore

    func run() async throws {
        try? await cancelWhenGracefulShutdown { try await store.run() }
        try await store.close()
    }
}
