// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

#ifndef GROUNDED_GRAPH_H
#define GROUNDED_GRAPH_H

#include <cstdio>
#include <exception>

#include "CHNSW.h"
#include "Dot.h"
#include "hnswlib/hnswlib.h"

namespace grounded {

/// hnswlib's view of our distance.
class Space final : public hnswlib::SpaceInterface<float> {
 public:
    explicit Space(size_t dimension) : dimension_(dimension) {}
    size_t get_data_size() override { return dimension_ * sizeof(float); }
    hnswlib::DISTFUNC<float> get_dist_func() override { return distance(); }
    void *get_dist_func_param() override { return &dimension_; }

 private:
    size_t dimension_;
};

using Index = hnswlib::HierarchicalNSW<float>;
using hnswlib::linklistsizeint;
using hnswlib::tableint;

/// The number of a row that a copy leaves out.
constexpr tableint absent = ~tableint(0);

/// The most levels a row can have; the chance of more is below 16^-60.
constexpr int highestLevel = 60;

inline bool contains(const uint64_t *words, size_t index) { return (words[index / 64] >> (index % 64)) & 1; }

inline grounded_hnsw_status fail(grounded_hnsw_message *message, grounded_hnsw_status status, const char *text) {
    if (message) snprintf(message->text, sizeof message->text, "%s", text);
    return status;
}

/// Runs `body`; whatever it throws becomes `GROUNDED_HNSW_FAILED`.
template <typename Body>
grounded_hnsw_status guarded(grounded_hnsw_message *message, Body body) {
    try {
        return body();
    } catch (const std::exception &error) {
        return fail(message, GROUNDED_HNSW_FAILED, error.what());
    } catch (...) {
        return fail(message, GROUNDED_HNSW_FAILED, "unknown exception");
    }
}

}  // namespace grounded

/// hnswlib's index and the space it points to. Row number, label and internal id are the same number.
struct grounded_hnsw {
    grounded_hnsw(size_t dimension, size_t capacity, size_t m, size_t ef_construction);

    /// Puts in row number `count()` without links; `level` upper levels are allocated and zeroed.
    void place(const void *vector, int level);
    size_t count() const { return index.cur_element_count; }

    grounded::Space space;
    size_t dimension;
    bool sealed = false;
    grounded::Index index;
};

#endif
