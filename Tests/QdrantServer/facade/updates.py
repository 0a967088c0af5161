# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Writes: from the client's models to operations that the engine can log and replay.

Each function checks and converts a request and gives back what is to be done with the shard: a function that returns the
engine's operation, or None when no point is touched. A batch converts all its requests before the first is carried out.
"""

import qdrant_edge as edge
from qdrant_client.http import models

from facade.conditions import engine_filter
from facade.errors import malformed, unsupported
from facade.identifiers import engine_id, engine_ids
from facade.points import engine_points, engine_vectors
from facade.queries import refuse_shard_key
from facade.resolution import ids_among, ids_matching, points_to_upsert

Operation = edge.UpdateOperation


def upsert(given, schema):
    refuse_shard_key(given)
    points = engine_points(given, schema)
    condition = engine_filter(given.update_filter)

    def operation(shard):
        passing = points_to_upsert(shard, points, condition, given.update_mode)
        return Operation.upsert_points(passing) if passing else None

    return operation


def update_vectors(given, schema):
    refuse_shard_key(given)
    points = [edge.PointVectors(engine_id(each.id), engine_vectors(each.vector, schema)) for each in given.points]
    condition = engine_filter(given.update_filter)

    def operation(shard):
        passing = points
        if condition is not None:
            existing = {each.id for each in shard.retrieve([each.id for each in points], False, False)}
            failing = existing - ids_among(shard, existing, condition)
            passing = [each for each in points if each.id not in failing]
        return Operation.update_vectors(passing) if passing else None

    return operation


def delete(given, _):
    return _selected(given, Operation.delete_points)


def clear_payload(given, _):
    return _selected(given, Operation.clear_payload)


def set_payload(given, _):
    return _targeted(given, Operation.set_payload, given.payload, given.key)


def overwrite_payload(given, _):
    return _targeted(given, Operation.overwrite_payload, given.payload, given.key)


def delete_payload(given, _):
    return _targeted(given, Operation.delete_payload, given.keys)


def delete_vectors(given, schema):
    for name in given.vector:
        if name not in schema:
            raise malformed(f"Not existing vector name error: {name}")
    return _targeted(given, Operation.delete_vectors, given.vector)


def _selected(given, convert):
    refuse_shard_key(given)
    if isinstance(given, models.PointIdsList):
        return _by_ids(given.points, convert)
    return _by_filter(given.filter, convert)


def _targeted(given, convert, *arguments):
    refuse_shard_key(given)
    if given.points is not None and given.filter is not None:
        raise unsupported("points and a filter in one operation")
    if given.points is not None:
        return _by_ids(given.points, convert, *arguments)
    if given.filter is not None:
        return _by_filter(given.filter, convert, *arguments)
    raise malformed("Either list of ids or a filter must be provided")


def _by_ids(given, convert, *arguments):
    operation = convert(engine_ids(given), *arguments)
    return lambda shard: operation


def _by_filter(given, convert, *arguments):
    condition = engine_filter(given)

    def operation(shard):
        ids = ids_matching(shard, condition)
        return convert(ids, *arguments) if ids else None

    return operation


def batched(given, schema):
    """The operation of one entry of a batch."""
    name, convert = _BATCHED[type(given)]
    return convert(getattr(given, name), schema)


_BATCHED = {
    models.UpsertOperation: ("upsert", upsert),
    models.DeleteOperation: ("delete", delete),
    models.SetPayloadOperation: ("set_payload", set_payload),
    models.OverwritePayloadOperation: ("overwrite_payload", overwrite_payload),
    models.DeletePayloadOperation: ("delete_payload", delete_payload),
    models.ClearPayloadOperation: ("clear_payload", clear_payload),
    models.UpdateVectorsOperation: ("update_vectors", update_vectors),
    models.DeleteVectorsOperation: ("delete_vectors", delete_vectors),
}
