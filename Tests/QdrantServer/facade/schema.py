# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What a collection holds: from the client's models to the engine's configuration and back to a description."""

import dataclasses

import qdrant_edge as edge
from qdrant_client.http import models

from facade.bodies import at_least
from facade.errors import unsupported

#: The vector of a collection without vectors: the engine needs one. No point ever has it, and no answer shows it.
PLACEHOLDER = "no-vectors"

HNSW = {"m": 16, "ef_construct": 100, "full_scan_threshold": 10000, "max_indexing_threads": 0, "on_disk": False}
OPTIMIZERS = {"deleted_threshold": 0.2, "vacuum_min_vector_number": 1000, "default_segment_number": 0, "flush_interval_sec": 5}


@dataclasses.dataclass(frozen=True)
class Shape:
    """What a vector must look like: kind "dense", "multi" or "sparse"; a sparse one has no size."""

    kind: str
    size: int = 0


def shapes(settings):
    """The shape of every vector of a collection, by name; the default vector's name is empty."""
    found = {}
    for name, vector in _dense(settings).items():
        found[name] = Shape("dense" if vector.multivector_config is None else "multi", vector.size)
    for name in settings.sparse_vectors or {}:
        found[name] = Shape("sparse")
    return found


def engine_config(settings):
    """The engine's configuration of a new collection; refuses what it cannot do."""
    for field in ("payload", "id_tracker", "sharding_method", "strict_mode_config"):
        if getattr(settings, field) is not None:
            raise unsupported(f"collection setting {field}")
    for field in ("shard_number", "replication_factor", "write_consistency_factor"):
        at_least(field, getattr(settings, field), 1)
    hnsw = _hnsw(settings.hnsw_config)
    dense = {name: _dense_vector(vector, settings.hnsw_config) for name, vector in _dense(settings).items()}
    sparse = {name: _sparse_vector(vector) for name, vector in (settings.sparse_vectors or {}).items()}
    if not dense and not sparse:
        sparse = {PLACEHOLDER: edge.EdgeSparseVectorParams()}
    return edge.EdgeConfig(
        vectors=dense or None,
        sparse_vectors=sparse or None,
        on_disk_payload=settings.on_disk_payload,
        hnsw_config=hnsw,
        quantization_config=_quantization(settings.quantization_config),
        optimizers=_optimizers(settings.optimizers_config),
    )


def _dense(settings):
    vectors = settings.vectors
    if vectors is None:
        return {}
    return vectors if isinstance(vectors, dict) else {"": vectors}


def _dense_vector(given, collection_hnsw):
    at_least("size", given.size, 1)
    multi = given.multivector_config
    return edge.EdgeVectorParams(
        given.size,
        _DISTANCES[given.distance],
        on_disk=given.on_disk,
        multivector_config=None if multi is None else edge.MultiVectorConfig(edge.MultiVectorComparator.MaxSim),
        datatype=_datatype(given.datatype),
        quantization_config=_quantization(given.quantization_config),
        hnsw_config=None if given.hnsw_config is None else _hnsw(collection_hnsw, given.hnsw_config),
        memory=memory(given.memory),
    )


def _sparse_vector(given):
    index = given.index
    return edge.EdgeSparseVectorParams(
        full_scan_threshold=None if index is None else index.full_scan_threshold,
        on_disk=None if index is None else index.on_disk,
        modifier=edge.Modifier.Idf if given.modifier is models.Modifier.IDF else None,
        datatype=None if index is None else _datatype(index.datatype),
        memory=None if index is None else memory(index.memory),
    )


def _hnsw(*differences):
    merged = {"on_disk": None, "memory": None, "payload_m": None, "inline_storage": None}
    merged.update((name, HNSW[name]) for name in ("m", "ef_construct", "full_scan_threshold", "max_indexing_threads"))
    for difference in differences:
        if difference is not None:
            merged.update((name, getattr(difference, name)) for name in merged if getattr(difference, name) is not None)
    merged["memory"] = memory(merged["memory"])
    return edge.HnswIndexConfig(**merged)


def _optimizers(given):
    if given is None:
        return None
    if given.memmap_threshold is not None or given.prevent_unoptimized:
        raise unsupported("optimizer setting memmap_threshold or prevent_unoptimized")
    return edge.EdgeOptimizersConfig(
        deleted_threshold=given.deleted_threshold,
        vacuum_min_vector_number=given.vacuum_min_vector_number,
        default_segment_number=given.default_segment_number,
        max_segment_size=given.max_segment_size,
        indexing_threshold=given.indexing_threshold,
    )


def _quantization(given):
    if given is None:
        return None
    if not isinstance(given, models.ScalarQuantization):
        raise unsupported(f"quantization {type(given).__name__}")
    scalar = given.scalar
    return edge.ScalarQuantizationConfig(
        edge.ScalarType.Int8, quantile=scalar.quantile, always_ram=scalar.always_ram, memory=memory(scalar.memory)
    )


def _datatype(given):
    if given is None:
        return None
    if given not in _DATATYPES:
        raise unsupported(f"datatype {given.value}")
    return _DATATYPES[given]


def memory(given):
    return None if given is None else _MEMORY[given]


_DISTANCES = {
    models.Distance.COSINE: edge.Distance.Cosine,
    models.Distance.EUCLID: edge.Distance.Euclid,
    models.Distance.DOT: edge.Distance.Dot,
    models.Distance.MANHATTAN: edge.Distance.Manhattan,
}

_DATATYPES = {
    models.Datatype.FLOAT32: edge.VectorStorageDatatype.Float32,
    models.Datatype.FLOAT16: edge.VectorStorageDatatype.Float16,
    models.Datatype.UINT8: edge.VectorStorageDatatype.Uint8,
}

_MEMORY = {
    models.Memory.COLD: edge.Memory.Cold,
    models.Memory.CACHED: edge.Memory.Cached,
    models.Memory.PINNED: edge.Memory.Pinned,
}
