// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Testing

@testable import RAGText

struct BM25ParametersTests {
    @Test func weighsAsLuceneDoes() {
        let parameters = BM25Parameters(k1: 1.2, b: 0.4)
        #expect(abs(parameters.idf(documentFrequency: 1, documents: 10) - 1.992_43) < 1e-4)
        #expect(abs(parameters.idf(documentFrequency: 10, documents: 10) - 0.046_52) < 1e-4)
        #expect(abs(parameters.saturation(termFrequency: 1, length: 100, averageLength: 100) - 1 / 2.2) < 1e-6)
        #expect(abs(parameters.saturation(termFrequency: 3, length: 200, averageLength: 100) - 3 / 4.68) < 1e-6)
    }

    @Test func oddCountsStayFinite() {
        let parameters = BM25Parameters.standard
        #expect(parameters.idf(documentFrequency: 5, documents: 0) > 0)
        #expect(parameters.idf(documentFrequency: -1, documents: 0).isFinite)
        #expect(parameters.saturation(termFrequency: 0, length: 0, averageLength: 0) == 0)
        #expect(parameters.saturation(termFrequency: 2, length: 10, averageLength: 0) < 1)
    }
}
