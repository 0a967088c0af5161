# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Writes: from the client's models to the engine's operations."""

import qdrant_edge as edge
from qdrant_client.http import models

from facade.conditions import engine_filter
from facade.errors import malformed, unsupported
from facade.identifiers import engine_id, engine_ids
from facade.points import UPDATE_MODES, engine_points, engine_vectors
from facade.queries import refuse_shard_key

Operation = edge.UpdateOperation


def upsert(given, schema):
    """Conditions and modes are the engine's own: it decides point by point inside one operation."""
    refuse_shard_key(given)
    points = engine_points(given, schema)
    mode = None if given.update_mode is None else UPDATE_MODES[given.update_mode]
    return Operation.upsert_points(points, engine_filter(given.update_filter), mode)


def delete(given, _):
    return _selected(given, Operation.delete_points, Operation.delete_points_by_filter)


def clear_payload(given, _):
    return _selected(given, Operation.clear_payload, Operation.clear_payload_by_filter)


def set_payload(given, _):
    return _targeted(given, Operation.set_payload, Operation.set_payload_by_filter, given.payload, given.key)


def overwrite_payload(given, _):
    return _targeted(given, Operation.overwrite_payload, Operation.overwrite_payload_by_filter, given.payload, given.key)


def delete_payload(given, _):
    return _targeted(given, Operation.delete_payload, Operation.delete_payload_by_filter, given.keys)


def delete_vectors(given, _):
    return _targeted(given, Operation.delete_vectors, Operation.delete_vectors_by_filter, given.vector)


def update_vectors(given, schema):
    refuse_shard_key(given)
    points = [edge.PointVectors(engine_id(each.id), engine_vectors(each.vector, schema)) for each in given.points]
    return Operation.update_vectors(points, engine_filter(given.update_filter))


def _selected(given, by_ids, by_filter):
    refuse_shard_key(given)
    if isinstance(given, models.PointIdsList):
        return by_ids(engine_ids(given.points))
    return by_filter(engine_filter(given.filter))


def _targeted(given, by_ids, by_filter, *arguments):
    refuse_shard_key(given)
    if given.points is not None and given.filter is not None:
        raise unsupported("points and a filter in one operation")
    if given.points is not None:
        return by_ids(engine_ids(given.points), *arguments)
    if given.filter is not None:
        return by_filter(engine_filter(given.filter), *arguments)
    raise malformed("Either list of ids or a filter must be provided")


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
