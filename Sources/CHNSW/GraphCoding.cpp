// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

#include <memory>

#include "Graph.h"

using namespace grounded;

// Encoded links, little-endian: magic, version, links per row, width of construction, rows, highest level, entry point; then all rows'
// levels, one byte each; then for each row and level one byte with the number of links and the links, 4 bytes each.

namespace {

struct Header {
    uint32_t magic = 0x47484E53;
    uint32_t version = 1;
    uint32_t m = 0;
    uint32_t ef_construction = 0;
    uint32_t count = 0;
    int32_t highest = 0;
    uint32_t entry = 0;
};
static_assert(sizeof(Header) == 28, "the header has no gaps");

/// Reads bytes and stops at their end.
struct Reader {
    const uint8_t *next;
    const uint8_t *end;

    bool read(void *out, size_t size) {
        if (static_cast<size_t>(end - next) < size) return false;
        memcpy(out, next, size);
        next += size;
        return true;
    }
};

size_t links(const Index &index, tableint id, int level) {
    return *reinterpret_cast<const unsigned short *>(index.get_linklist_at_level(id, level));
}

bool isPlausible(const Header &header, size_t count) {
    Header expected;
    return header.magic == expected.magic && header.version == expected.version && header.m >= 2 && header.m <= 127
        && header.ef_construction >= 1 && header.ef_construction <= 100000 && header.count == count && count > 0
        && header.highest >= 0 && header.highest <= highestLevel && header.entry < count;
}

/// Reads the links of one row on one level; false if one of them cannot be right.
bool readLinks(Reader &reader, Index &index, tableint id, int level) {
    uint8_t size = 0;
    if (!reader.read(&size, 1) || size > (level == 0 ? index.maxM0_ : index.maxM_)) return false;
    linklistsizeint *list = index.get_linklist_at_level(id, level);
    if (!reader.read(list + 1, size * sizeof(tableint))) return false;
    index.setListCount(list, size);
    for (size_t i = 1; i <= size; i++) {
        if (list[i] >= index.cur_element_count || index.element_levels_[list[i]] < level) return false;
    }
    return true;
}

}  // namespace

extern "C" size_t grounded_hnsw_encoded_size(const grounded_hnsw *graph) {
    size_t size = sizeof(Header);
    for (tableint id = 0; id < graph->count(); id++) {
        int level = graph->index.element_levels_[id];
        size += 2 + static_cast<size_t>(level);
        for (int i = 0; i <= level; i++) size += links(graph->index, id, i) * sizeof(tableint);
    }
    return size;
}

extern "C" void grounded_hnsw_encode(const grounded_hnsw *graph, uint8_t *out) {
    const Index &index = graph->index;
    Header header;
    header.m = static_cast<uint32_t>(index.M_);
    header.ef_construction = static_cast<uint32_t>(index.ef_construction_);
    header.count = static_cast<uint32_t>(graph->count());
    header.highest = index.maxlevel_;
    header.entry = index.enterpoint_node_;
    memcpy(out, &header, sizeof header);
    out += sizeof header;
    // All levels come first, so that a link can be checked against its target's level.
    for (tableint id = 0; id < graph->count(); id++) *out++ = static_cast<uint8_t>(index.element_levels_[id]);
    for (tableint id = 0; id < graph->count(); id++) {
        for (int level = 0; level <= index.element_levels_[id]; level++) {
            size_t size = links(index, id, level);
            *out++ = static_cast<uint8_t>(size);
            memcpy(out, index.get_linklist_at_level(id, level) + 1, size * sizeof(tableint));
            out += size * sizeof(tableint);
        }
    }
}

extern "C" grounded_hnsw_status grounded_hnsw_decode(
    const uint8_t *bytes, size_t size, const float *rows, size_t dimension, size_t count, grounded_hnsw **out,
    grounded_hnsw_message *message) {
    return guarded(message, [&] {
        auto damaged = [&] { return fail(message, GROUNDED_HNSW_INVALID, "the graph's links are damaged"); };
        Reader reader{bytes, bytes + size};
        Header header;
        if (!reader.read(&header, sizeof header) || !isPlausible(header, count) || dimension == 0) return damaged();
        if (static_cast<size_t>(reader.end - reader.next) < count) return damaged();
        auto graph = std::make_unique<grounded_hnsw>(dimension, count, header.m, header.ef_construction);
        for (size_t i = 0; i < count; i++) {
            int level = *reader.next++;
            if (level > header.highest) return damaged();
            graph->place(rows + i * dimension, level);
        }
        if (graph->index.element_levels_[header.entry] != header.highest) return damaged();
        graph->index.maxlevel_ = header.highest;
        graph->index.enterpoint_node_ = header.entry;
        for (tableint id = 0; id < count; id++) {
            for (int level = 0; level <= graph->index.element_levels_[id]; level++) {
                if (!readLinks(reader, graph->index, id, level)) return damaged();
            }
        }
        if (reader.next != reader.end) return damaged();
        grounded_hnsw_seal(graph.get());
        *out = graph.release();
        return GROUNDED_HNSW_OK;
    });
}
