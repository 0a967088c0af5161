// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Whose data a call may touch. Every call of a store, an ingest log or a cache that holds tenants' data requires one.
///
/// It can only be made inside this package: by authentication, by the single-tenant default, and by a store that reads back
/// work that a scope was given for. Third-party code can pass a scope on but not forge one.
public struct TenantScope: Hashable, Sendable, CustomStringConvertible {
    /// The tenant's name: 1 to 64 characters of `a-z A-Z 0-9 _ -`.
    public let tenant: String

    package init(authenticated tenant: String) { self.tenant = tenant }

    /// The tenant of a server without keys.
    package static let singleTenant = TenantScope(authenticated: "default")

    /// Whether `name` may name a tenant.
    public static func isValid(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
                    || byte == 0x5F || byte == 0x2D
            }
    }

    public var description: String { tenant }
}
