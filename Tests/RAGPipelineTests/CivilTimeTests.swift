// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGPipeline
import Testing

@Suite("Dates") struct CivilTimeTests {
    @Test(
        arguments: [
            ("1970-01-01", 0), ("1970-01-01T00:00:01Z", 1), ("2000-03-01", 951_868_800), ("2024-02-29", 1_709_164_800),
            ("2024", 1_704_067_200),
            ("2024-05", 1_714_521_600), ("2024-05-01T12:30", 1_714_566_600), ("2024-05-01 12:30:15.75", 1_714_566_615),
            ("2024-05-01T12:30:00+02:00", 1_714_559_400), ("2024-05-01T12:30:00-0230", 1_714_575_600), ("1900-01-01", -2_208_988_800),
            ("0000-01-01", -62_167_219_200), ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] as [(String, Double)]
    )
    func aDateIsSecondsSince1970(text: String, seconds: Double) { #expect(CivilTime.seconds(text) == seconds) }

    @Test(arguments: [
        "", "now", "24", "2024-13", "2024-00-01", "2023-02-29", "1900-02-29", "2024-04-31", "2024-05-01T24:00", "2024-05-01T12",
        "2024-05-01T12:60", "2024-05-01T12:30:00+2", "2024-05-01T12:30:00.Z", "2024-05-01x", "２０２４", "2024-5-1", "-2024", "2024-05-01T",
        "2024-05-01T12:30:00Z and a long tail that goes on and on", "99999999999999999999",
    ])
    func anythingElseIsNoDate(text: String) { #expect(CivilTime.seconds(text) == nil) }
}
