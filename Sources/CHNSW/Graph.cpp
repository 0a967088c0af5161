// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

#include "Graph.h"

#include <algorithm>
#include <new>

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

/// A filter that loses patience: it then lets everything pass, which ends hnswlib's search soon, and the result is void.
class Allowed final : public hnswlib::BaseFilterFunctor {
 public:
    Allowed(const uint64_t *words, size_t patience) : words_(words), patience_(patience) {}

    bool operator()(hnswlib::labeltype id) override {
        if (contains(words_, id)) return true;
        if (patience_ == 0) return true;
        patience_--;
        return false;
    }

    bool gaveUp() const { return patience_ == 0; }

 private:
    const uint64_t *words_;
    size_t patience_;
};

/// The row from which the search of the lowest level begins.
tableint descend(const Index &index, const float *query) {
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

}  // namespace

grounded_hnsw::grounded_hnsw(size_t dimension, size_t capacity, size_t m, size_t ef_construction)
    : space(dimension), dimension(dimension), index(&space, capacity, m, ef_construction, seed) {
    useLargePages(index.data_level0_memory_, capacity * index.size_data_per_element_);
}

void grounded_hnsw::place(const void *vector, int level) {
    tableint id = static_cast<tableint>(count());
    index.element_levels_[id] = 0;
    char *element = index.data_level0_memory_ + id * index.size_data_per_element_;
    memset(element, 0, index.offsetData_);
    memcpy(element + index.offsetData_, vector, index.data_size_);
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
        for (size_t i = 0; i < count; i++, row += stride) graph->index.addPoint(row, graph->count());
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
        tableint entry = descend(index, query);
        size_t width = std::max(ef, k);
        Allowed filter(allowed, patience);
        auto nearest = allowed ? index.searchBaseLayerST<false>(entry, query, width, &filter)
                               : index.searchBaseLayerST<true>(entry, query, width);
        if (allowed && filter.gaveUp()) return fail(message, GROUNDED_HNSW_GAVE_UP, "the filter lets too little pass");
        while (nearest.size() > k) nearest.pop();
        *found = nearest.size();
        for (size_t i = nearest.size(); i-- > 0; nearest.pop()) {
            slots[i] = nearest.top().second;
            // Not 1 - distance: that would have lost the last bits of the score.
            const char *row = index.getDataByInternalId(slots[i]);
            scores[i] = grounded_dot(query, reinterpret_cast<const float *>(row), graph->dimension);
        }
        return GROUNDED_HNSW_OK;
    });
}

extern "C" size_t grounded_hnsw_count(const grounded_hnsw *graph) { return graph->count(); }

extern "C" const float *grounded_hnsw_rows(const grounded_hnsw *graph, size_t *stride) {
    *stride = graph->index.size_data_per_element_;
    return reinterpret_cast<const float *>(graph->index.data_level0_memory_ + graph->index.offsetData_);
}

extern "C" void grounded_hnsw_free(grounded_hnsw *graph) { delete graph; }
