// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Divides questions into those that settings are chosen on and those that judge the choice.
enum QuestionSplit {
    /// Halves by the question's text, so that the same question is on the same side in every run and every set.
    static func halves(_ questions: [TestSet.Question]) -> (training: [TestSet.Question], heldOut: [TestSet.Question]) {
        var training: [TestSet.Question] = []
        var heldOut: [TestSet.Question] = []
        for question in questions {
            if hash(question.text) % 2 == 0 { training.append(question) } else { heldOut.append(question) }
        }
        return (training, heldOut)
    }

    /// Over the words alone: the same question in other case or spacing is not on both sides.
    static func hash(_ text: String) -> UInt64 {
        let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: " ")
        // FNV-1a, then SplitMix64's finaliser: FNV's lowest bit is only the parity of the bytes.
        var mixed = SplitMix64(state: words.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
        return mixed.next()
    }
}
