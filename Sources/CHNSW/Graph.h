// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

#ifndef GROUNDED_GRAPH_H
#define GROUNDED_GRAPH_H

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>

#include "CHNSW.h"
#include "Codes.h"
#include "hnswlib/hnswlib.h"

namespace grounded {

/// hnswlib's view of the codes that it walks over.
class Space final : public hnswlib::SpaceInterface<float> {
 public:
    explicit Space(size_t dimension) : dimension_(dimension) {}
    size_t get_data_size() override { return codeSize(dimension_); }
    hnswlib::DISTFUNC<float> get_dist_func() override { return codeDistance(); }
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

/// hnswlib's index over the rows' codes, and the rows. Row number, label and internal id are the same number.
struct grounded_hnsw {
    grounded_hnsw(size_t dimension, size_t capacity, size_t m, size_t ef_construction);

    /// Puts in row number `count()` without links; `level` upper levels are allocated and zeroed.
    void place(const float *row, int level);
    /// Puts in row number `count()` and links it.
    void append(const float *row);
    size_t count() const { return index.cur_element_count; }
    float *row(size_t id) const { return rows.get() + id * dimension; }

    grounded::Space space;
    size_t dimension;
    bool sealed = false;
    grounded::Index index;

 private:
    struct Free {
        void operator()(float *memory) const { free(memory); }
    };

    std::unique_ptr<float, Free> rows;
};

#endif
