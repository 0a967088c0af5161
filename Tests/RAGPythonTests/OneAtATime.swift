// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Testing

/// Suites that measure time or memory, or fill the processor: none of them runs beside another.
@Suite(.serialized) enum OneAtATime {}
