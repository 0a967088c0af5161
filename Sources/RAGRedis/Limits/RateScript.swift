// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// The command that takes units of a quota in Redis, and what it answers.
///
/// One script, so that replicas never read what another is about to write, and Redis' own clock, so that theirs need not agree. A key holds
/// how full a bucket is and when that was, in units of which a microsecond drains `perMinute`: whole numbers below 2^53, which Lua's
/// numbers hold exactly. Where the clock was set back nothing drains until it moves on; a key that holds anything else counts as empty.
enum RateScript {
    /// The text is the same for every call, so that the server compiles it once.
    private static let text = """
        local rate, unit = tonumber(ARGV[1]), 60000000
        local capacity = tonumber(ARGV[2]) * unit
        local cost, owed = tonumber(ARGV[3]) * unit, tonumber(ARGV[4]) * unit
        local clock = redis.call('TIME')
        local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
        local level = 0
        local stored = redis.pcall('GET', KEYS[1])
        if type(stored) == 'string' then
          local held, time = string.match(stored, '^(%d+) (%d+)$')
          if held then level = math.max(0, tonumber(held) - math.max(0, now - tonumber(time)) * rate) end
        end
        level = math.min(capacity, level + owed)
        local wait = math.max(0, math.ceil((level + cost - capacity) / rate))
        if wait == 0 then level = level + cost end
        if owed > 0 or (wait == 0 and cost > 0) then
          redis.call('SET', KEYS[1], string.format('%.0f %.0f', level, now), 'PX', math.ceil(level / rate / 1000) + 1000)
        end
        return {wait, math.floor((capacity - level) / unit), math.ceil(level / rate)}
        """

    /// How many numbers the answer holds.
    static let numbers = 3

    static func command(_ cost: Int, owed: Int, of quota: RateQuota, key: String) -> RESPWriter {
        let range = 0...quota.burst
        let counts = [quota.perMinute, quota.burst] + [cost, owed].map { min(max($0, range.lowerBound), range.upperBound) }
        var writer = RESPWriter(capacity: text.utf8.count + key.utf8.count + 128)
        writer.command(["EVAL", text, "1", key] + counts.map(String.init))
        return writer
    }

    /// Nil where the numbers cannot be an answer.
    static func verdict(_ reply: RESPValue?, of quota: RateQuota) -> RateVerdict? {
        guard case .array(let items) = reply, items.count == numbers else { return nil }
        // A burst of 1,000,000 at one a minute is the longest wait there is.
        let bounds: [ClosedRange<Int64>] = [0...60_000_000_000_000, 0...Int64(quota.burst), 0...60_000_000_000_000]
        var values: [Int64] = []
        for (item, bound) in zip(items, bounds) {
            guard case .integer(let value) = item, bound.contains(value) else { return nil }
            values.append(value)
        }
        return RateVerdict(
            isAdmitted: values[0] == 0,
            remaining: Int(values[1]),
            retryAfter: .microseconds(values[0]),
            resetAfter: .microseconds(values[2])
        )
    }
}
