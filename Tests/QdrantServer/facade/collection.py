# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""One collection: one shard of the engine and the settings it was made with."""

import json
import os

import qdrant_edge as edge
from qdrant_client.http import models

from facade.bodies import parse
from facade.indexes import json_index
from facade.schema import HNSW, OPTIMIZERS, engine_config, shapes

_SETTINGS = "collection.json"
_SHARD = "shard"

#: How many bytes of requests may pile up before the engine is flushed: a restart replays what is not.
_LARGEST_BACKLOG_BYTES = 16 << 20


class Collection:
    def __init__(self, folder):
        """Opens a collection that `create` made; the engine replays its log."""
        self.folder = folder
        with open(os.path.join(folder, _SETTINGS), "rb") as file:
            body = file.read()
        self.description = json.loads(body)
        self.schema = shapes(parse(models.CreateCollection, body))
        self.shard = edge.EdgeShard.load(os.path.join(folder, _SHARD))
        self.operations = 0
        self._backlog_bytes = 0
        self._backlog_operations = 0

    @staticmethod
    def create(folder, body):
        """Makes the files of a new collection under `folder`, which must not exist."""
        config = engine_config(parse(models.CreateCollection, body))
        shard = os.path.join(folder, _SHARD)
        os.makedirs(shard)
        edge.EdgeShard.create(shard, config).close()
        with open(os.path.join(folder, _SETTINGS), "wb") as file:
            file.write(body)

    def update(self, operation, size):
        """Carries out what `updates` made of a request of `size` bytes. Once it returns, killing the process cannot lose it."""
        self.operations += 1
        found = operation(self.shard)
        if found is None:
            return
        self.shard.update(found)
        self._backlog_bytes += size
        self._backlog_operations += 1

    def flush_backlog(self, largest):
        """Flushes when more than `largest` operations, or too many bytes, have piled up."""
        if self._backlog_operations > largest or self._backlog_bytes > _LARGEST_BACKLOG_BYTES:
            self.flush()

    def flush(self):
        self.shard.flush()
        self._backlog_bytes = self._backlog_operations = 0

    def close(self):
        self.shard.flush()
        self.shard.close()

    def information(self):
        info = self.shard.info()
        given = self.description
        names = ("vectors", "sparse_vectors", "shard_number", "replication_factor", "write_consistency_factor", "on_disk_payload")
        parameters = {"vectors": {}, "shard_number": 1, "replication_factor": 1, "write_consistency_factor": 1, "on_disk_payload": True}
        parameters.update((name, given[name]) for name in names if given.get(name) is not None)
        config = {
            "params": parameters,
            "hnsw_config": {**HNSW, **_present(given.get("hnsw_config"))},
            "optimizer_config": {**OPTIMIZERS, **_present(given.get("optimizers_config"))},
            "wal_config": {"wal_capacity_mb": 32, "wal_segments_ahead": 0, **_present(given.get("wal_config"))},
            "quantization_config": given.get("quantization_config"),
        }
        if given.get("metadata") is not None:
            config["metadata"] = given["metadata"]
        return {
            "status": "green",
            "optimizer_status": "ok",
            "indexed_vectors_count": info.indexed_vectors_count,
            "points_count": info.points_count,
            "segments_count": info.segments_count,
            "config": config,
            "payload_schema": {field: json_index(index) for field, index in info.payload_schema.items()},
        }


def _present(given):
    return {name: value for name, value in (given or {}).items() if value is not None}
