// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <memory>

#include "Graph.h"

using namespace grounded;

namespace {

/// The most rows that are left out whose neighbours one row looks through for new ones.
constexpr size_t mostBridges = 64;
/// The share of rows that may be out of reach of the entry point, in thousandths.
constexpr size_t tolerated = 2;

struct Copier {
    const Index &source;
    Index &target;
    /// Old number to new number, or `absent`.
    std::vector<tableint> numbers;

    size_t size(const linklistsizeint *list) const { return *reinterpret_cast<const unsigned short *>(list); }

    void relink(tableint old, int level) {
        const linklistsizeint *list = source.get_linklist_at_level(old, level);
        size_t links = size(list);
        std::vector<tableint> kept;
        std::vector<tableint> bridges;
        for (size_t i = 1; i <= links; i++) {
            if (numbers[list[i]] != absent) kept.push_back(numbers[list[i]]);
            else bridges.push_back(list[i]);
        }
        tableint self = numbers[old];
        if (!bridges.empty()) fill(self, kept, links, cross(bridges, self, level, kept));
        linklistsizeint *out = target.get_linklist_at_level(self, level);
        target.setListCount(out, static_cast<unsigned short>(kept.size()));
        std::copy(kept.begin(), kept.end(), out + 1);
    }

    float distance(tableint a, tableint b) const {
        return target.fstdistfunc_(target.getDataByInternalId(a), target.getDataByInternalId(b), target.dist_func_param_);
    }

    /// The rows that are reached over rows that are left out, without those that are linked already.
    std::vector<tableint> cross(
        std::vector<tableint> &bridges, tableint self, int level, const std::vector<tableint> &kept) const {
        std::vector<tableint> found;
        size_t neighbours = bridges.size();
        for (size_t next = 0; next < bridges.size() && next < mostBridges; next++) {
            // Going on over ever more rows that are left out is for those that have found nothing yet.
            if (next >= neighbours && !found.empty()) break;
            const linklistsizeint *list = source.get_linklist_at_level(bridges[next], level);
            size_t links = size(list);
            for (size_t i = 1; i <= links; i++) {
                tableint number = numbers[list[i]];
                if (number != absent) {
                    if (number != self && std::find(kept.begin(), kept.end(), number) == kept.end()) found.push_back(number);
                } else if (std::find(bridges.begin(), bridges.end(), list[i]) == bridges.end()) {
                    bridges.push_back(list[i]);
                }
            }
        }
        std::sort(found.begin(), found.end());
        found.erase(std::unique(found.begin(), found.end()), found.end());
        return found;
    }

    /// Gives the places of links that are gone to those of `found` that are nearer to the row than to any of its links: hnswlib's rule,
    /// without a second look at the links that remain.
    void fill(tableint self, std::vector<tableint> &kept, size_t most, const std::vector<tableint> &found) const {
        std::vector<std::pair<float, tableint>> candidates;
        candidates.reserve(found.size());
        for (tableint id : found) candidates.emplace_back(distance(self, id), id);
        std::sort(candidates.begin(), candidates.end());
        for (const auto &candidate : candidates) {
            if (kept.size() >= most) break;
            bool isGood = std::all_of(kept.begin(), kept.end(), [&](tableint link) {
                return distance(link, candidate.second) >= candidate.first;
            });
            if (isGood) kept.push_back(candidate.second);
        }
        // A row needs a way out, even one that the rule would not choose.
        if (kept.empty() && !candidates.empty()) kept.push_back(candidates.front().second);
    }

    /// How many rows a walk over the lowest level's links reaches.
    size_t reached() const {
        std::vector<bool> seen(target.cur_element_count);
        std::vector<tableint> open{target.enterpoint_node_};
        seen[target.enterpoint_node_] = true;
        for (size_t next = 0; next < open.size(); next++) {
            const linklistsizeint *list = target.get_linklist0(open[next]);
            size_t links = size(list);
            for (size_t i = 1; i <= links; i++) {
                if (seen[list[i]]) continue;
                seen[list[i]] = true;
                open.push_back(list[i]);
            }
        }
        return open.size();
    }
};

}  // namespace

extern "C" grounded_hnsw_status grounded_hnsw_copy(
    const grounded_hnsw *graph, const uint64_t *keep, size_t capacity, grounded_hnsw **out, grounded_hnsw_message *message) {
    return guarded(message, [&] {
        const Index &source = graph->index;
        auto copy = std::make_unique<grounded_hnsw>(graph->dimension, capacity, source.M_, source.ef_construction_);
        Copier copier{source, copy->index, std::vector<tableint>(graph->count(), absent)};
        for (size_t i = 0; i < graph->count(); i++) {
            if (!contains(keep, i)) continue;
            if (copy->count() == capacity) return fail(message, GROUNDED_HNSW_INVALID, "the copy has no room for the rows");
            copier.numbers[i] = static_cast<tableint>(copy->count());
            int level = source.element_levels_[i];
            copy->place(graph->row(i), level);
            // hnswlib's search begins at a row that has the highest level there is.
            bool wasEntry = i == source.enterpoint_node_;
            if (level > copy->index.maxlevel_ || (wasEntry && level == copy->index.maxlevel_)) {
                copy->index.maxlevel_ = level;
                copy->index.enterpoint_node_ = copier.numbers[i];
            }
        }
        if (copy->count() == 0) return fail(message, GROUNDED_HNSW_DISCONNECTED, "no row is kept");
        for (size_t i = 0; i < graph->count(); i++) {
            if (copier.numbers[i] == absent) continue;
            for (int level = 0; level <= source.element_levels_[i]; level++) copier.relink(static_cast<tableint>(i), level);
        }
        if ((copy->count() - copier.reached()) * 1000 > copy->count() * tolerated)
            return fail(message, GROUNDED_HNSW_DISCONNECTED, "too many rows lost all links");
        *out = copy.release();
        return GROUNDED_HNSW_OK;
    });
}
