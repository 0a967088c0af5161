# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Points to store: from the client's models to the engine's points, checked against the collection before the engine sees them.

The engine writes an operation to its log before it applies it, so what it would choke on must never reach it.
"""

import qdrant_edge as edge
from qdrant_client.http import models

from facade.errors import invalid, malformed, unsupported, wrong_input
from facade.identifiers import engine_id

_LARGEST_INDEX = 2**32 - 1


def engine_points(operation, schema):
    """The points of an upsert: a list of points or columns of them."""
    if isinstance(operation, models.PointsList):
        return [edge.Point(engine_id(each.id), engine_vectors(each.vector, schema), each.payload) for each in operation.points]
    return _columns(operation.batch, schema)


def _columns(batch, schema):
    count = len(batch.ids)
    vectors = batch.vectors
    if isinstance(vectors, dict):
        for column in vectors.values():
            _same_count("vectors", count, column)
        rows = [{name: column[row] for name, column in vectors.items()} for row in range(count)]
    elif isinstance(vectors, list):
        _same_count("vectors", count, vectors)
        rows = vectors
    else:
        raise unsupported("inference of vectors")
    payloads = batch.payloads
    if payloads is None:
        payloads = [None] * count
    _same_count("payloads", count, payloads)
    return [
        edge.Point(engine_id(batch.ids[row]), engine_vectors(rows[row], schema), payloads[row]) for row in range(count)
    ]


def _same_count(name, count, column):
    if len(column) != count:
        raise invalid("batch", f"number of ids and {name} must be equal ({count} != {len(column)})")


def engine_vectors(given, schema):
    """A point's vectors, by name; one without a name is the default vector."""
    if isinstance(given, list):
        return engine_vector(given, schema, "")
    if not isinstance(given, dict):
        raise unsupported("inference of vectors")
    return {name: engine_vector(value, schema, name) for name, value in given.items()}


def engine_vector(given, schema, name):
    """One vector, of the shape that the collection has under `name`."""
    shape = schema.get(name)
    if shape is None:
        raise wrong_input(f"Not existing vector name error: {name}")
    if shape.kind == "sparse":
        return engine_sparse(given)
    if not isinstance(given, list) or not given:
        raise wrong_input(f"Wrong vector kind or an empty vector for {name!r}")
    rows = given if shape.kind == "multi" else [given]
    for row in rows:
        if not isinstance(row, list) or (row and isinstance(row[0], list)):
            raise wrong_input(f"Wrong vector kind for {name!r}: {shape.kind} expected")
        if len(row) != shape.size:
            raise wrong_input(f"Vector dimension error: expected dim: {shape.size}, got {len(row)}")
    return given


def engine_sparse(given):
    if not isinstance(given, models.SparseVector):
        raise wrong_input("Wrong vector kind: sparse expected")
    indices, values = given.indices, given.values
    if len(indices) != len(values):
        raise invalid("indices", "must be the same length as values")
    if len(set(indices)) != len(indices):
        raise invalid("indices", "must be unique")
    if indices and not 0 <= min(indices) <= max(indices) <= _LARGEST_INDEX:
        raise malformed("sparse indices must be unsigned 32-bit integers")
    return edge.SparseVector(indices, values)
