// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

#include "Graph.h"

#include <algorithm>
#include <new>
#include <queue>

#if defined(__linux__)
#include <sys/mman.h>
#endif

using namespace grounded;

namespace {

constexpr size_t seed = 100;

/// Asks for large pages: a search jumps about in all of the memory, and small pages cost it more than the arithmetic does.
void useLargePages(char *memory, size_t size) {
#if defined(__linux__)
    constexpr uintptr_t page = 2 << 20;
    uintptr_t begin = (reinterpret_cast<uintptr_t>(memory) + page - 1) & ~(page - 1);
    uintptr_t end = (reinterpret_cast<uintptr_t>(memory) + size) & ~(page - 1);
    if (begin < end) madvise(reinterpret_cast<void *>(begin), end - begin, MADV_HUGEPAGE);
#else
    (void)memory;
    (void)size;
#endif
}

/// The row from which the search of the lowest level begins.
tableint descend(const Index &index, const char *query) {
    tableint current = index.enterpoint_node_;
    float best = index.fstdistfunc_(query, index.getDataByInternalId(current), index.dist_func_param_);
    for (int level = index.maxlevel_; level > 0; level--) {
        for (bool changed = true; changed;) {
            changed = false;
            const linklistsizeint *list = index.get_linklist(current, level);
            size_t size = *reinterpret_cast<const unsigned short *>(list);
            for (size_t i = 1; i <= size; i++) {
                float distance = index.fstdistfunc_(query, index.getDataByInternalId(list[i]), index.dist_func_param_);
                if (distance < best) {
                    best = distance;
                    current = list[i];
                    changed = true;
                }
            }
        }
    }
    return current;
}

using Candidate = std::pair<float, tableint>;

/// Asks the memory for all of a row's code.
inline void fetch(const Index &index, tableint id) {
    const char *code = index.getDataByInternalId(id);
    for (size_t i = 0; i < index.data_size_; i += 64) __builtin_prefetch(code + i);
}

/// The `width` nearest rows that a walk over the lowest level finds, in no order; only those in `allowed`, if it is given.
///
/// hnswlib's walk, but all neighbours of a row are asked for before the first is looked at: the walk waits for the memory more than it
/// computes. `patience` is how many rows that are not allowed it passes over; `gaveUp` says that they were more.
std::vector<Candidate> walk(
    const Index &index, tableint entry, const char *query, size_t width, const uint64_t *allowed, size_t patience, bool &gaveUp) {
    hnswlib::VisitedList *visited = index.visited_list_pool_->getFreeVisitedList();
    struct Return {
        hnswlib::VisitedListPool *pool;
        hnswlib::VisitedList *list;
        ~Return() { pool->releaseVisitedList(list); }
    } giveBack{index.visited_list_pool_.get(), visited};

    std::vector<Candidate> found;
    found.reserve(width + 1);
    std::priority_queue<Candidate, std::vector<Candidate>, std::greater<Candidate>> open;
    auto meet = [&](tableint id) {
        float distance = index.fstdistfunc_(query, index.getDataByInternalId(id), index.dist_func_param_);
        if (found.size() >= width && distance >= found.front().first) return;
        open.emplace(distance, id);
        if (allowed && !contains(allowed, id)) {
            if (patience-- == 0) gaveUp = true;
            return;
        }
        found.emplace_back(distance, id);
        std::push_heap(found.begin(), found.end());
        if (found.size() > width) {
            std::pop_heap(found.begin(), found.end());
            found.pop_back();
        }
    };
    visited->mass[entry] = visited->curV;
    meet(entry);
    std::vector<tableint> unseen;
    while (!open.empty() && !gaveUp) {
        Candidate next = open.top();
        if (found.size() >= width && next.first > found.front().first) break;
        open.pop();
        const linklistsizeint *list = index.get_linklist0(next.second);
        size_t size = *reinterpret_cast<const unsigned short *>(list);
        unseen.clear();
        for (size_t i = 1; i <= size; i++) {
            if (visited->mass[list[i]] == visited->curV) continue;
            visited->mass[list[i]] = visited->curV;
            unseen.push_back(list[i]);
            fetch(index, list[i]);
        }
        for (tableint id : unseen) {
            meet(id);
            if (gaveUp) break;
        }
        if (!open.empty()) __builtin_prefetch(index.get_linklist0(open.top().second));
    }
    return found;
}

}  // namespace

grounded_hnsw::grounded_hnsw(size_t dimension, size_t capacity, size_t m, size_t ef_construction)
    : space(dimension), dimension(dimension), index(&space, capacity, m, ef_construction, seed) {
    rows.reset(static_cast<float *>(malloc(capacity * dimension * sizeof(float))));
    if (!rows) throw std::bad_alloc();
    useLargePages(index.data_level0_memory_, capacity * index.size_data_per_element_);
    useLargePages(reinterpret_cast<char *>(rows.get()), capacity * dimension * sizeof(float));
}

void grounded_hnsw::place(const float *row, int level) {
    tableint id = static_cast<tableint>(count());
    index.element_levels_[id] = 0;
    char *element = index.data_level0_memory_ + id * index.size_data_per_element_;
    memset(element, 0, index.offsetData_);
    memcpy(this->row(id), row, dimension * sizeof(float));
    encode(row, dimension, element + index.offsetData_);
    index.setExternalLabel(id, id);
    if (level > 0) {
        // hnswlib asks the memory for one link beyond the last.
        char *links = static_cast<char *>(calloc(1, index.size_links_per_element_ * static_cast<size_t>(level) + sizeof(tableint)));
        if (!links) throw std::bad_alloc();
        index.linkLists_[id] = links;
        index.element_levels_[id] = level;
    }
    index.cur_element_count++;
}

void grounded_hnsw::append(const float *row) {
    size_t id = count();
    memcpy(this->row(id), row, dimension * sizeof(float));
    std::vector<char> code(codeSize(dimension));
    encode(row, dimension, code.data());
    index.addPoint(code.data(), id);
}

extern "C" grounded_hnsw_status grounded_hnsw_create(
    size_t dimension, size_t capacity, size_t m, size_t ef_construction, grounded_hnsw **out, grounded_hnsw_message *message) {
    return guarded(message, [&] {
        if (dimension == 0 || dimension > 65536 || capacity == 0 || capacity > 0x7fffffff || m < 2 || m > 127)
            return fail(message, GROUNDED_HNSW_INVALID, "a graph's dimension, capacity or number of links is out of range");
        *out = new grounded_hnsw(dimension, capacity, m, ef_construction);
        return GROUNDED_HNSW_OK;
    });
}

extern "C" grounded_hnsw_status grounded_hnsw_append(
    grounded_hnsw *graph, const float *rows, size_t stride, size_t count, grounded_hnsw_message *message) {
    return guarded(message, [&] {
        if (graph->sealed) return fail(message, GROUNDED_HNSW_INVALID, "a sealed graph takes no rows");
        if (count > graph->index.max_elements_ - graph->count())
            return fail(message, GROUNDED_HNSW_INVALID, "the graph has no room for the rows");
        // Levels must differ from call to call, and be the same in every run.
        graph->index.level_generator_.seed(seed + graph->count());
        const char *row = reinterpret_cast<const char *>(rows);
        for (size_t i = 0; i < count; i++, row += stride) graph->append(reinterpret_cast<const float *>(row));
        return GROUNDED_HNSW_OK;
    });
}

extern "C" void grounded_hnsw_seal(grounded_hnsw *graph) {
    Index &index = graph->index;
    std::unordered_map<hnswlib::labeltype, tableint>().swap(index.label_lookup_);
    std::vector<std::mutex>().swap(index.label_op_locks_);
    std::vector<std::mutex>().swap(index.link_list_locks_);
    graph->sealed = true;
}

extern "C" grounded_hnsw_status grounded_hnsw_search(
    const grounded_hnsw *graph, const float *query, size_t k, size_t ef, const uint64_t *allowed, size_t patience,
    uint32_t *slots, float *scores, size_t *found, grounded_hnsw_message *message) {
    return guarded(message, [&] {
        *found = 0;
        if (graph->count() == 0 || k == 0) return GROUNDED_HNSW_OK;
        const Index &index = graph->index;
        std::vector<char> code(codeSize(graph->dimension));
        encode(query, graph->dimension, code.data());
        tableint entry = descend(index, code.data());
        bool gaveUp = false;
        auto exact = walk(index, entry, code.data(), std::max(ef, k), allowed, patience, gaveUp);
        if (gaveUp) return fail(message, GROUNDED_HNSW_GAVE_UP, "the filter lets too little pass");
        // The codes only lead the way: all that was found is scored exactly.
        for (Candidate &candidate : exact) candidate.first = -grounded_dot(query, graph->row(candidate.second), graph->dimension);
        *found = std::min(k, exact.size());
        std::partial_sort(exact.begin(), exact.begin() + static_cast<ptrdiff_t>(*found), exact.end());
        for (size_t i = 0; i < *found; i++) {
            slots[i] = exact[i].second;
            scores[i] = -exact[i].first;
        }
        return GROUNDED_HNSW_OK;
    });
}

extern "C" size_t grounded_hnsw_count(const grounded_hnsw *graph) { return graph->count(); }

extern "C" const float *grounded_hnsw_rows(const grounded_hnsw *graph, size_t *stride) {
    *stride = graph->dimension * sizeof(float);
    return graph->row(0);
}

extern "C" void grounded_hnsw_free(grounded_hnsw *graph) { delete graph; }
