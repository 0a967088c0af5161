// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

#ifndef GROUNDED_CODES_H
#define GROUNDED_CODES_H

#include <cstddef>

namespace grounded {

/// A row in a quarter of its bytes, for finding one's way: a float, the scale, then one signed byte per dimension. A code's value in a
/// dimension is its byte times the scale; the largest byte is ±127.
inline size_t codeSize(size_t dimension) { return sizeof(float) + dimension; }

/// Writes the code of a row of finite floats; `code` has room for `codeSize(dimension)` bytes.
void encode(const float *row, size_t dimension, char *code);

/// 1 - dot product of two codes; the third argument points to the dimension, a `size_t`.
using CodeDistance = float (*)(const void *, const void *, const void *);

/// The distance over the kernel that this processor can run.
CodeDistance codeDistance();

}  // namespace grounded

#endif
