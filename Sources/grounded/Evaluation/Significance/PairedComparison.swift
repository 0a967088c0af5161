// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// What a second configuration adds to a first, over the same questions.
struct PairedComparison: Sendable {
    /// The smallest chance of being wrong that is still called a difference.
    static let level = 0.05

    /// Each question's difference, second minus first.
    let differences: [Double]
    /// Their mean and its 95% interval.
    let difference: BootstrappedMean
    /// By the paired randomisation test, which decides; the other two are there to compare with.
    let pValue: Double
    let tTest: Double
    let signedRank: Double

    var wins: Int { differences.count { $0 > 0 } }
    var losses: Int { differences.count { $0 < 0 } }
    var isSignificant: Bool { pValue < Self.level }

    /// - Parameters:
    ///   - first: One value per question.
    ///   - second: As many, in the same order.
    init(_ first: [Double], _ second: [Double]) {
        differences = zip(first, second).map { $1 - $0 }
        difference = BootstrappedMean(differences)
        pValue = RandomisationTest.pValue(differences)
        tTest = PairedTTest.pValue(differences)
        signedRank = SignedRankTest.pValue(differences)
    }
}
