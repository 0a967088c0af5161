// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline

extension JSONWriter {
    /// A score, rounded to six decimals so that it reads as it was meant.
    mutating func member(_ name: String, score: Float?) {
        member(name, score.map { (Double($0) * 1e6).rounded() / 1e6 })
    }

    /// A duration in milliseconds with microseconds as decimals.
    mutating func member(_ name: String, milliseconds: Duration) {
        member(name, (milliseconds.milliseconds * 1e3).rounded() / 1e3)
    }

    /// `timings_ms`: the steps in `always`, 0 where one did not run, then any other step, then `total`.
    mutating func member(timings: StageTimings, always: [String]) {
        key("timings_ms")
        object { writer in
            for name in always {
                writer.member(name, milliseconds: timings.stages.first { $0.name == name }?.duration ?? .zero)
            }
            for stage in timings.stages where !always.contains(stage.name) && stage.name != "total" {
                writer.member(stage.name, milliseconds: stage.duration)
            }
            writer.member("total", milliseconds: timings.total)
        }
    }

    mutating func member(_ name: String, strings: [String]) {
        key(name)
        array { writer in for text in strings { writer.string(text) } }
    }

    mutating func member(_ name: String, metadata: Metadata) {
        key(name)
        value(JSONValue(metadata))
    }
}
