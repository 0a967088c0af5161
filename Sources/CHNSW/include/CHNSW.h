// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

#ifndef GROUNDED_CHNSW_H
#define GROUNDED_CHNSW_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Dot products. The kernel (AVX-512F, AVX2 with FMA, or portable) is chosen once at start. All of these functions add in the same
// order, so one pair of vectors has one score, whichever function computes it.

/// The dot product of two vectors of `dimension` floats.
float grounded_dot(const float *a, const float *b, size_t dimension);

/// `out[i]` is the dot product of `query` and row `i`; rows begin `stride` bytes apart.
void grounded_dot_many(const float *query, const float *rows, size_t stride, size_t count, size_t dimension, float *out);

/// `out[i]` is the dot product of `query` and row `slots[i]`.
void grounded_dot_chosen(
    const float *query, const float *rows, size_t stride, const uint32_t *slots, size_t count, size_t dimension, float *out);

/// The name of the kernel in use: "avx512f", "avx2" or "portable".
const char *grounded_dot_kernel(void);

// A graph over vectors of length 1 that finds those with the largest dot products. Rows are numbered 0, 1, 2… in the order in which
// they are appended. Any number of threads may search a sealed graph; appending and sealing need it alone.

typedef struct grounded_hnsw grounded_hnsw;

typedef enum {
    GROUNDED_HNSW_OK = 0,
    /// The arguments or the bytes cannot be right.
    GROUNDED_HNSW_INVALID = 1,
    /// Something was thrown, for example for lack of memory.
    GROUNDED_HNSW_FAILED = 2,
    /// Too many rows would be out of reach; build a new graph instead.
    GROUNDED_HNSW_DISCONNECTED = 3,
    /// The filter let too few rows pass where the search looked.
    GROUNDED_HNSW_GAVE_UP = 4,
} grounded_hnsw_status;

/// Room for what went wrong, in words.
typedef struct {
    char text[160];
} grounded_hnsw_message;

/// An empty graph with room for `capacity` rows.
grounded_hnsw_status grounded_hnsw_create(
    size_t dimension, size_t capacity, size_t m, size_t ef_construction, grounded_hnsw **out, grounded_hnsw_message *message);

/// Adds `count` rows; deterministic.
grounded_hnsw_status grounded_hnsw_append(
    grounded_hnsw *graph, const float *rows, size_t stride, size_t count, grounded_hnsw_message *message);

/// A copy that holds only the rows whose bit is set in `keep`, in the same order, with room for `capacity` rows. Rows that lose
/// neighbours are linked to their neighbours' neighbours.
grounded_hnsw_status grounded_hnsw_copy(
    const grounded_hnsw *graph, const uint64_t *keep, size_t capacity, grounded_hnsw **out, grounded_hnsw_message *message);

/// Gives back the memory that only appending needs. Nothing can be appended afterwards.
void grounded_hnsw_seal(grounded_hnsw *graph);

/// Up to `k` rows with the largest dot products, best first, with their scores; only rows whose bit is set in `allowed`, if it is given,
/// and then the search gives up after it has passed over `patience` others. `slots` and `scores` have room for `k`.
grounded_hnsw_status grounded_hnsw_search(
    const grounded_hnsw *graph, const float *query, size_t k, size_t ef, const uint64_t *allowed, size_t patience,
    uint32_t *slots, float *scores, size_t *found, grounded_hnsw_message *message);

/// Number of rows.
size_t grounded_hnsw_count(const grounded_hnsw *graph);

/// The first row and, in `stride`, the number of bytes from one row to the next; valid as long as the graph.
const float *grounded_hnsw_rows(const grounded_hnsw *graph, size_t *stride);

/// Bytes that `grounded_hnsw_encode` writes: the links, without the vectors.
size_t grounded_hnsw_encoded_size(const grounded_hnsw *graph);
void grounded_hnsw_encode(const grounded_hnsw *graph, uint8_t *out);

/// A sealed graph from encoded links and the rows they were built on. Every number is checked before it is used.
grounded_hnsw_status grounded_hnsw_decode(
    const uint8_t *bytes, size_t size, const float *rows, size_t dimension, size_t count, grounded_hnsw **out,
    grounded_hnsw_message *message);

void grounded_hnsw_free(grounded_hnsw *graph);

#ifdef __cplusplus
}
#endif

#endif
