// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Testing

@Suite struct RateBucketTests {
    private func share(_ perMinute: Int, burst: Int, replicas: Int = 1) -> RateBucket.Share {
        .init(of: RateQuota("test", perMinute: perMinute, burst: burst), replicas: replicas)
    }

    @Test func aQuietMinuteGivesTheBurstAndEverySecondItsPart() {
        let share = share(60, burst: 3)
        var bucket = RateBucket()
        let answers = (0..<4).map { _ in bucket.take(1, of: share, at: 0) }
        #expect(answers.map(\.isAdmitted) == [true, true, true, false])
        #expect(answers.map(\.remaining) == [2, 1, 0, 0])
        #expect(answers[3].retryAfter == .seconds(1) && answers[3].resetAfter == .seconds(3))
        #expect(!bucket.take(1, of: share, at: 999_999).isAdmitted)
        #expect(bucket.take(1, of: share, at: 1_000_000).isAdmitted)
        #expect(!bucket.take(1, of: share, at: 1_000_001).isAdmitted)
    }

    @Test func aClockThatGoesBackGivesNothingAndLocksNobodyOut() {
        let share = share(60, burst: 1)
        var bucket = RateBucket()
        #expect(bucket.take(1, of: share, at: 1_000_000_000).isAdmitted)
        #expect(!bucket.take(1, of: share, at: 5).isAdmitted)
        #expect(bucket.take(1, of: share, at: 1_000_005).isAdmitted)
        #expect(!bucket.take(1, of: share, at: .min).isAdmitted)
        #expect(bucket.take(1, of: share, at: .max).isAdmitted || bucket.take(1, of: share, at: .max).retryAfter <= .seconds(1))
    }

    @Test func theLargestFiguresDoNotOverflow() {
        let share = share(.max, burst: .max, replicas: .max)
        var bucket = RateBucket()
        for time in [Int64.min, 0, 1, .max] {
            _ = bucket.take(.max, of: share, at: time)
            bucket.fill(.max, of: share, at: time)
            #expect(bucket.take(.min, of: share, at: time).isAdmitted)
        }
        #expect(share.quota.perMinute == 1_000_000 && share.replicas == 1_000)
    }

    @Test func aCostAboveTheShareOfTheBurstWaitsForAnEmptyBucketAndIsPaidOff() {
        let share = share(60, burst: 60, replicas: 3)
        var bucket = RateBucket()
        #expect(bucket.take(1, of: share, at: 0).isAdmitted)
        #expect(bucket.take(50, of: share, at: 0).retryAfter == .seconds(3))
        #expect(bucket.take(50, of: share, at: 3_000_000).isAdmitted)
        let next = bucket.take(1, of: share, at: 3_000_000)
        // 50 take 150 s at a third of the rate; 19 of 20 may be left for one more to fit.
        #expect(!next.isAdmitted && next.retryAfter == .seconds(93) && next.resetAfter == .seconds(150))
    }

    /// Random figures and moments: no stretch of time is given more than its rate and the burst, and the moment told is the right one.
    @Test(arguments: 0..<200) func noStretchIsGivenMoreThanItsRateAndTheBurst(_ round: UInt64) throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let replicas = Int.random(in: 1...4, using: &random)
        let share = share(Int.random(in: 1...5_000, using: &random), burst: Int.random(in: 1...300, using: &random), replicas: replicas)
        let quota = share.quota
        var bucket = RateBucket()
        var time: Int64 = 0
        var admitted: [(time: Int64, cost: Int)] = []
        for _ in 0..<300 {
            time +=
                Bool.random(using: &random) ? Int64.random(in: 0...3_000, using: &random) : Int64.random(in: 0...5_000_000, using: &random)
            let cost = Int.random(in: 1...(Bool.random(using: &random) ? 1 : quota.burst), using: &random)
            let before = bucket
            let verdict = bucket.take(cost, of: share, at: time)
            if verdict.isAdmitted {
                admitted.append((time, cost))
                continue
            }
            // What is told is the first moment that would do.
            let (seconds, attoseconds) = verdict.retryAfter.components
            let moment = time + seconds * 1_000_000 + attoseconds / 1_000_000_000_000
            var (early, punctual) = (before, before)
            #expect(!early.take(cost, of: share, at: moment - 1).isAdmitted, "seed \(seed)")
            #expect(punctual.take(cost, of: share, at: moment).isAdmitted, "seed \(seed)")
            #expect(bucket.isEmpty(share, at: moment) == false || cost * replicas >= quota.burst, "seed \(seed)")
        }
        for first in admitted.indices {
            var (total, largest): (Int64, Int64) = (0, 0)
            for last in first..<admitted.count {
                total += Int64(admitted[last].cost)
                largest = max(largest, Int64(admitted[last].cost))
                let stretch = admitted[last].time - admitted[first].time
                let units = Int64(60_000_000 * replicas)
                let burst = max(Int64(60_000_000 * quota.burst), largest * units)
                #expect(total * units <= stretch * Int64(quota.perMinute) + burst, "seed \(seed), \(quota) for \(replicas)")
            }
        }
    }
}
