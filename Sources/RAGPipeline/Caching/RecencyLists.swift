// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// The three parts of a cache, each a list of slots in order of use. Every call takes constant time.
struct RecencyLists: Sendable {
    enum Segment: Int, Sendable, CaseIterable {
        /// What came last.
        case window
        /// What was admitted and not asked for since.
        case probation
        /// What was asked for after it was admitted.
        case protected
    }

    private struct Link: Sendable {
        var newer: Int?
        var older: Int?
    }

    private var links: [Link] = []
    private var newest: [Int?] = [nil, nil, nil]
    private var oldest: [Int?] = [nil, nil, nil]

    /// The slot that was not used for longest.
    func oldest(in segment: Segment) -> Int? { oldest[segment.rawValue] }

    /// The next younger one in the same list.
    func newer(than slot: Int) -> Int? { links[slot].newer }

    /// Puts a slot that stands in no list at the young end of one.
    mutating func append(_ slot: Int, to segment: Segment) {
        while links.count <= slot { links.append(Link()) }
        let last = newest[segment.rawValue]
        links[slot] = Link(newer: nil, older: last)
        if let last { links[last].newer = slot } else { oldest[segment.rawValue] = slot }
        newest[segment.rawValue] = slot
    }

    /// Takes a slot out of the list that it stands in.
    mutating func remove(_ slot: Int, from segment: Segment) {
        let link = links[slot]
        if let newer = link.newer { links[newer].older = link.older } else { newest[segment.rawValue] = link.older }
        if let older = link.older { links[older].newer = link.newer } else { oldest[segment.rawValue] = link.newer }
        links[slot] = Link()
    }
}
