// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGText
import Synchronization

/// The place of one tenant's index: closed, being opened, or open.
///
/// Searches take the current value and go; changes, merges and openings exclude each other, so none is lost between reading the value
/// and putting the next one.
final class TenantSlot: Sendable {
    private enum Phase {
        case closed
        case opening(changes: [IndexChanges.Changes], waiters: [IndexWaiter])
        case open(TenantIndex)
    }

    private struct State {
        var phase: Phase = .closed
        /// Counts changes of the index's content or segments.
        var version = 0
        /// The version that the snapshot on the disk holds.
        var savedVersion = 0
        /// The version that the merge policy was content with.
        var settledVersion = 0
        var lastUse = ContinuousClock.now
    }

    /// The tenant's key.
    let tenant: Int64
    private let state = Mutex(State())
    /// Held while a new value is computed; never while searching.
    private let change = Mutex(())

    init(tenant: Int64) { self.tenant = tenant }

    /// The index if it is open; counts as a use.
    func current() -> TenantIndex? {
        state.withLock { state in
            guard case .open(let index) = state.phase else { return nil }
            state.lastUse = .now
            return index
        }
    }

    /// The index if it is open, its version, and whether a snapshot has it; not a use.
    func peek() -> (index: TenantIndex, version: Int, isSaved: Bool, lastUse: ContinuousClock.Instant)? {
        state.withLock { state in
            guard case .open(let index) = state.phase else { return nil }
            return (index, state.version, state.version == state.savedVersion, state.lastUse)
        }
    }

    /// Waits for the index. The first to come must open it and call `finish`.
    /// - Returns: Whether the caller is the first; nothing if `waiter` was answered or will be.
    func join(_ waiter: IndexWaiter) -> Bool {
        state.withLock { state in
            state.lastUse = .now
            switch state.phase {
            case .open(let index):
                waiter.answer(.success(index))
                return false
            case .opening(let changes, var waiters):
                waiters.append(waiter)
                state.phase = .opening(changes: changes, waiters: waiters)
                return false
            case .closed:
                state.phase = .opening(changes: [], waiters: [waiter])
                return true
            }
        }
    }

    /// Notes that the index is being opened though nobody waits for it yet.
    /// - Returns: Whether it was closed, so that the caller must open it and call `finish`.
    func beginOpening() -> Bool {
        state.withLock { state in
            guard case .closed = state.phase else { return false }
            state.phase = .opening(changes: [], waiters: [])
            state.lastUse = .now
            return true
        }
    }

    /// Puts the opened index in force, with everything that was committed while it was read.
    func finish(_ result: Result<OpenedIndex, RAGError>, extractor: TermExtractor) {
        change.withLock { _ in
            // Only commits append here, and they wait for `change`.
            let pending: (changes: [IndexChanges.Changes], waiters: [IndexWaiter])? = state.withLock { state in
                guard case .opening(let changes, let waiters) = state.phase else { return nil }
                return (changes, waiters)
            }
            guard let pending else { return }
            switch result {
            case .failure(let error):
                let late = take(.closed)
                for waiter in late { waiter.answer(.failure(error)) }
            case .success(let opened):
                var known = opened.keys
                var index = opened.index
                for changes in pending.changes {
                    index = Self.apply(changes.unseen(by: &known), to: index, extractor)
                }
                let late = take(.open(index), saved: opened.isSaved && pending.changes.isEmpty)
                for waiter in late { waiter.answer(.success(index)) }
            }
        }
    }

    /// Brings an open index up to a commit; remembers the commit for an index that is being opened.
    func apply(_ changes: IndexChanges.Changes, extractor: TermExtractor) {
        change.withLock { _ in
            let index: TenantIndex? = state.withLock { state in
                switch state.phase {
                case .closed: return nil
                case .opening(let earlier, let waiters):
                    state.phase = .opening(changes: earlier + [changes], waiters: waiters)
                    return nil
                case .open(let index): return index
                }
            }
            guard let index else { return }
            put(Self.apply(changes, to: index, extractor))
        }
    }

    /// Replaces the open index by what `transform` makes of it; nothing if it is closed.
    func update(_ transform: (TenantIndex) -> TenantIndex) {
        change.withLock { _ in
            guard let index = peek()?.index else { return }
            put(transform(index))
        }
    }

    /// Notes that the snapshot on the disk holds this version.
    func saved(version: Int) { state.withLock { $0.savedVersion = version } }

    /// The open index and its version if the merge policy has not seen it yet.
    func unsettled() -> (index: TenantIndex, version: Int)? {
        state.withLock { state in
            guard case .open(let index) = state.phase, state.version != state.settledVersion else { return nil }
            return (index, state.version)
        }
    }

    /// Notes that the merge policy wants nothing of this version.
    func settled(version: Int) { state.withLock { $0.settledVersion = version } }

    /// Closes the index if nothing happened since `version`.
    func close(ifVersion version: Int) {
        // Not while a change is computed: putting it would take the place of an opening and of those who wait for it.
        change.withLock { _ in
            state.withLock { state in
                if case .open = state.phase, state.version == version { state.phase = .closed }
            }
        }
    }

    private func put(_ index: TenantIndex) {
        state.withLock { state in
            state.phase = .open(index)
            state.version += 1
        }
    }

    private func take(_ phase: Phase, saved: Bool = false) -> [IndexWaiter] {
        state.withLock { state in
            var waiters: [IndexWaiter] = []
            if case .opening(_, let late) = state.phase { waiters = late }
            state.phase = phase
            state.version += 1
            state.savedVersion = saved ? state.version : state.version - 1
            return waiters
        }
    }

    private static func apply(
        _ changes: IndexChanges.Changes,
        to index: TenantIndex,
        _ extractor: TermExtractor
    ) -> TenantIndex {
        guard !changes.added.isEmpty || !changes.removed.isEmpty else { return index }
        return index.applying(
            adding: changes.added.map(\.indexed),
            removing: changes.removed.map { (key: $0.key, terms: extractor.terms(of: $0.indexedText)) }
        )
    }
}

/// An index as it was read, and what it was read from.
struct OpenedIndex: Sendable {
    var index: TenantIndex
    /// The keys of its chunks.
    var keys: Set<Int64>
    /// Whether the snapshot on the disk holds exactly this.
    var isSaved: Bool
}

extension IndexChanges.Changes {
    /// The changes that an index with `known` keys has not seen; keys are never used twice, so they tell.
    fileprivate func unseen(by known: inout Set<Int64>) -> IndexChanges.Changes {
        let removed = removed.filter { known.remove($0.key) != nil }
        let added = added.filter { known.insert($0.key).inserted }
        return IndexChanges.Changes(added: added, removed: removed)
    }
}
