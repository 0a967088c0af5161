// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline

/// The members of `POST /query` that say how passages are found and ordered.
enum RetrievalBody {
    static let fields = ["explain", "fusion", "recency", "mmr", "boosts", "expand", "collapse"]
    static let fusionFields = ["method", "dense_weight"]
    static let recencyFields = ["field", "half_life_days", "weight"]
    static let diversityFields = ["lambda"]
    static let boostFields = ["title", "heading"]
    static let share = 0.0...1.0
    static let halfLifeDays = 0.01...36_500.0
    /// Ages count from the last full hour, so that equal questions have equal replies for a while.
    private static let clockStep = 3_600.0

    /// - Parameter mode: What is searched, because not every expansion fits every search.
    static func options(_ reader: FieldReader, mode: SearchMode) throws(RAGError) -> RetrievalOptions {
        var options = RetrievalOptions()
        options.isExplained = try reader.bool("explain") ?? false
        options.collapsesDuplicates = try reader.bool("collapse")
        options.expansion = try reader.word("expand", QueryExpansion.self) ?? .none
        if options.expansion == .prf, mode == .dense {
            throw reader.invalid("expand", "prf adds words to the question, and mode dense searches for no words; give another mode")
        }
        if let value = reader.value("fusion") {
            let fusion = try FieldReader(value, path: "fusion", fields: fusionFields)
            options.fusion = FusionChoice(
                method: try fusion.word("method", FusionChoice.Method.self),
                denseWeight: try fusion.number("dense_weight", in: share).map { Float($0) }
            )
        }
        if let value = reader.value("recency") { options.recency = try recency(value) }
        if let value = reader.value("mmr") {
            let diversity = try FieldReader(value, path: "mmr", fields: diversityFields)
            options.relevanceShare = Float(try diversity.number("lambda", in: share) ?? 0.5)
        }
        if let value = reader.value("boosts") {
            let boosts = try FieldReader(value, path: "boosts", fields: boostFields)
            options.boosts = FieldBoosts(
                title: Float(try boosts.number("title", in: share) ?? 0),
                heading: Float(try boosts.number("heading", in: share) ?? 0)
            )
        }
        return options
    }

    private static func recency(_ value: JSONValue) throws(RAGError) -> RecencyPreference {
        let reader = try FieldReader(value, path: "recency", fields: recencyFields)
        guard let field = try reader.string("field", maximumBytes: DocumentBody.maximumNameBytes), !field.isEmpty else {
            // Stores give no revision's own time with their hits.
            throw reader.missing("field", "name the metadata field that holds the date, as ISO 8601 or as seconds since 1970")
        }
        return RecencyPreference(
            field: field,
            halfLifeDays: try reader.number("half_life_days", in: halfLifeDays) ?? 30,
            weight: Float(try reader.number("weight", in: share) ?? 0.3),
            now: (Timestamp.now / clockStep).rounded(.down) * clockStep
        )
    }
}
