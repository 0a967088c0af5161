// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// The neighbours of a passage in its section: what the generator may read beside it.
///
/// Retrieval compares small chunks, because they say one thing; an answer often needs the sentence before or after. Neighbours have texts
/// and ranges of their own, so that a quote from one stands where its citation says.
package struct Surroundings: Sendable, Hashable {
    /// In reading order, all before the passage.
    package var before: [PassageText]
    /// In reading order, all after the passage.
    package var after: [PassageText]

    package init(before: [PassageText] = [], after: [PassageText] = []) {
        self.before = before
        self.after = after
    }

    /// The chunks up to `reach` away from each passage, each asked for once and none that is a passage itself.
    static func references(around passages: [Passage], reach: Int) -> [ChunkReference] {
        var known = Set(passages.map(\.source.chunk))
        var references: [ChunkReference] = []
        for passage in passages {
            let chunk = passage.source.chunk
            for ordinal in max(0, chunk.ordinal - reach)...(chunk.ordinal + reach) {
                let reference = ChunkReference(document: chunk.document, revision: chunk.revision, ordinal: ordinal)
                if known.insert(reference).inserted { references.append(reference) }
            }
        }
        return references
    }

    /// The neighbours of each passage by its rank; each text is given to the first passage that it belongs to.
    ///
    /// A neighbour has the same headings, and nothing stands between it and the passage but other neighbours.
    static func assigned(_ texts: [PassageText], to passages: [Passage], reach: Int) -> [Int: Surroundings] {
        var open = Dictionary(texts.map { ($0.chunk, $0) }) { first, _ in first }
        var surroundings: [Int: Surroundings] = [:]
        for passage in passages {
            func take(_ step: Int) -> [PassageText] {
                var taken: [PassageText] = []
                var reference = passage.source.chunk
                for _ in 0..<reach {
                    reference.ordinal += step
                    guard let text = open[reference], text.headingPath == passage.source.headingPath else { break }
                    open[reference] = nil
                    taken.append(text)
                }
                return taken
            }
            let found = Surroundings(before: take(-1).reversed(), after: take(1))
            if found != Surroundings() { surroundings[passage.rank] = found }
        }
        return surroundings
    }
}
