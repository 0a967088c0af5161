// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A promise of a seam that an implementation does not keep.
public struct ConformanceFailure: Error, CustomStringConvertible {
    /// The promise, and what happened instead.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Throws, with the promise, unless it is kept.
func require(_ condition: Bool, _ promise: @autoclosure () -> String) throws {
    guard condition else { throw ConformanceFailure(promise()) }
}

/// Throws, with the promise and both values, unless they are equal.
func require<Value: Equatable>(_ actual: Value, equals expected: Value, _ promise: @autoclosure () -> String) throws {
    guard actual == expected else { throw ConformanceFailure("\(promise()): expected \(expected), got \(actual)") }
}

/// The value, or an error with the promise that there is one.
func unwrap<Value>(_ value: Value?, _ promise: @autoclosure () -> String) throws -> Value {
    guard let value else { throw ConformanceFailure(promise()) }
    return value
}
