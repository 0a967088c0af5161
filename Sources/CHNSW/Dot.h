// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

#ifndef GROUNDED_DOT_H
#define GROUNDED_DOT_H

namespace grounded {

/// 1 - dot product; the third argument points to the dimension, a `size_t`.
using Distance = float (*)(const void *, const void *, const void *);

/// The distance over the kernel that this processor can run.
Distance distance();

}  // namespace grounded

#endif
