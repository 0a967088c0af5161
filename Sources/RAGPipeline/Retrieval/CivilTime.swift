// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Reads dates and times of ISO 8601.
package enum CivilTime {
    /// Seconds since 1970 of `2024`, `2024-05`, `2024-05-01` or `2024-05-01T12:30[:00[.5]][Z|+02:00]`; nil for anything else.
    ///
    /// What is left out is the beginning of the year, month or day; a time without a zone is in UTC. The fraction is left out.
    package static func seconds(_ text: String) -> Double? {
        var reader = Reader(bytes: Array(text.utf8.prefix(40)))
        guard text.utf8.count <= 40, let year = reader.number(digits: 4) else { return nil }
        var (month, day, seconds) = (1, 1, 0)
        if reader.take("-") {
            guard let value = reader.number(digits: 2), (1...12).contains(value) else { return nil }
            month = value
            if reader.take("-") {
                guard let value = reader.number(digits: 2), (1...daysIn(month, of: year)).contains(value) else { return nil }
                day = value
                if reader.take("T") || reader.take("t") || reader.take(" ") {
                    guard let time = reader.time() else { return nil }
                    seconds = time
                }
            }
        }
        guard reader.isAtEnd else { return nil }
        return Double(days(year, month, day) * 86_400 + seconds)
    }

    private static func daysIn(_ month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days from 1970-01-01 in the Gregorian calendar; the year begins in March here, so that the leap day is its last.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        var isAtEnd: Bool { position == bytes.count }

        mutating func take(_ sign: Unicode.Scalar) -> Bool {
            guard position < bytes.count, bytes[position] == UInt8(ascii: sign) else { return false }
            position += 1
            return true
        }

        mutating func number(digits: Int) -> Int? {
            guard position + digits <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[position..<position + digits] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            position += digits
            return value
        }

        /// Seconds since midnight in UTC.
        mutating func time() -> Int? {
            guard let hour = number(digits: 2), hour < 24, take(":"), let minute = number(digits: 2), minute < 60 else { return nil }
            var seconds = hour * 3_600 + minute * 60
            if take(":") {
                // 60 is a leap second.
                guard let second = number(digits: 2), second <= 60 else { return nil }
                seconds += second
                if take(".") || take(",") {
                    guard number(digits: 1) != nil else { return nil }
                    while number(digits: 1) != nil {}
                }
            }
            if take("Z") || take("z") { return seconds }
            let isEast = take("+")
            guard isEast || take("-") else { return seconds }
            guard let hours = number(digits: 2), hours < 24 else { return nil }
            var offset = hours * 3_600
            if !isAtEnd {
                _ = take(":")
                guard let minutes = number(digits: 2), minutes < 60 else { return nil }
                offset += minutes * 60
            }
            return isEast ? seconds - offset : seconds + offset
        }
    }
}
