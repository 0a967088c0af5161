// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// How one request wants its passages found and ordered; by default as the server's settings say.
package struct RetrievalOptions: Sendable, Hashable {
    /// Whether the reply says how each passage came to its place.
    package var isExplained = false
    /// Another fusion than the settings'.
    package var fusion: FusionChoice?
    /// Whether newer passages are preferred.
    package var recency: RecencyPreference?
    /// Maximal marginal relevance: how much relevance counts beside difference from the passages before, 0 to 1; nil leaves it out.
    package var relevanceShare: Float?
    /// What the question's words in title and headings add.
    package var boosts = FieldBoosts()
    /// How the question is searched for in other words too.
    package var expansion = QueryExpansion.none
    /// Whether passages that say the same in the same words are shown once; nil: where an answer is wanted, because whoever asks for
    /// passages alone may count every copy.
    package var collapsesDuplicates: Bool?

    package init() {}

    /// Whether passages are put into another order than the fused one once they have been read.
    package var isReordering: Bool { recency != nil || relevanceShare != nil || boosts != FieldBoosts() }

    /// The fusion in force for this request.
    func fusion(over settings: Fusion) -> Fusion {
        guard let fusion else { return settings }
        let method: Fusion.Method =
            switch (fusion.method, settings.method) {
            case (nil, let method): method
            case (.absolute?, _): .absolute
            case (.minMax?, _): .minMax
            case (.reciprocalRank?, .reciprocalRank(let k)): .reciprocalRank(k: k)
            case (.reciprocalRank?, _): .reciprocalRank(k: 60)
            }
        // A weight that was chosen for one method says nothing of another.
        return Fusion(method: method, denseWeight: fusion.denseWeight ?? (method == settings.method ? settings.denseWeight : nil))
    }
}

/// What a request says about fusion; nil where the settings decide.
package struct FusionChoice: Sendable, Hashable {
    /// The methods by their names on the wire.
    package enum Method: String, Sendable, Hashable, CaseIterable {
        case absolute
        case minMax = "minmax"
        case reciprocalRank = "rrf"
    }

    package var method: Method?
    /// How much the dense search counts, 0 to 1.
    package var denseWeight: Float?

    package init(method: Method? = nil, denseWeight: Float? = nil) {
        self.method = method
        self.denseWeight = denseWeight
    }
}

/// How much newer passages are preferred. A passage's freshness halves with every half-life of its age.
package struct RecencyPreference: Sendable, Hashable {
    /// The metadata field with the date: ISO 8601, or seconds since 1970.
    package var field: String
    package var halfLifeDays: Double
    /// The share of the score that freshness has, 0 to 1.
    package var weight: Float
    /// The moment from which ages count, in seconds since 1970. Part of the request, so that equal requests have equal replies.
    package var now: Double

    package init(field: String, halfLifeDays: Double = 30, weight: Float = 0.3, now: Double) {
        self.field = field
        self.halfLifeDays = halfLifeDays
        self.weight = weight
        self.now = now
    }
}

/// What the share of the question's words that a field holds adds to a passage's score.
package struct FieldBoosts: Sendable, Hashable {
    /// 0 to 1.
    package var title: Float
    /// 0 to 1; the headings above the passage.
    package var heading: Float

    package init(title: Float = 0, heading: Float = 0) {
        self.title = title
        self.heading = heading
    }
}

/// How a question is searched for in other words too. All but `prf` ask the language model.
package enum QueryExpansion: String, Sendable, Hashable, CaseIterable {
    case none
    /// Pseudo-relevance feedback: words of the best passages, without a language model.
    case prf
    /// The question asked in other ways.
    case multiQuery = "multi_query"
    /// The simpler questions that it consists of.
    case subQuestions = "sub_questions"
    /// A passage that could answer it, searched for by meaning.
    case hyde

    /// Whether a language model writes the other words.
    package var isGenerative: Bool { self != .none && self != .prf }
}
