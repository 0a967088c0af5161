# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Payload indexes: from the client's models to the engine's parameters and back to a description."""

import qdrant_edge as edge
from qdrant_client.http import models

from facade.errors import unsupported
from facade.schema import memory


def engine_index(given):
    """The schema of an index: a type by name, or a type with its parameters."""
    if given is None:
        raise unsupported("an index whose type is to be guessed from the data")
    if isinstance(given, models.PayloadSchemaType):
        return _TYPES[given]
    target, names = _PARAMETERS.get(type(given), (None, ()))
    if target is None:
        raise unsupported(f"index {type(given).__name__} with parameters")
    return target(memory=memory(given.memory), **{name: getattr(given, name) for name in names})


def json_index(given):
    """The description of an index as a collection's information shows it."""
    kind = _name(given.data_type)
    answer = {"data_type": kind, "points": given.points}
    if given.params is not None:
        names = _NAMES.get(kind, ())
        found = {name: getattr(given.params, name) for name in names}
        answer["params"] = {"type": kind, **{name: value for name, value in found.items() if value is not None}}
    return answer


def _name(given):
    return str(given).rpartition(".")[2].lower()


_SHARED = ("on_disk", "enable_hnsw", "nested")

_PARAMETERS = {
    models.KeywordIndexParams: (edge.KeywordIndexParams, ("is_tenant", "prefix", *_SHARED)),
    models.IntegerIndexParams: (edge.IntegerIndexParams, ("lookup", "range", "is_principal", *_SHARED)),
    models.FloatIndexParams: (edge.FloatIndexParams, ("is_principal", *_SHARED)),
    models.BoolIndexParams: (edge.BoolIndexParams, _SHARED),
    models.DatetimeIndexParams: (edge.DatetimeIndexParams, ("is_principal", *_SHARED)),
    models.UuidIndexParams: (edge.UuidIndexParams, ("is_tenant", *_SHARED)),
}

_NAMES = {str(target.__name__).removesuffix("IndexParams").lower(): names for target, names in _PARAMETERS.values()}

_TYPES = {
    models.PayloadSchemaType.KEYWORD: edge.PayloadSchemaType.Keyword,
    models.PayloadSchemaType.INTEGER: edge.PayloadSchemaType.Integer,
    models.PayloadSchemaType.FLOAT: edge.PayloadSchemaType.Float,
    models.PayloadSchemaType.TEXT: edge.PayloadSchemaType.Text,
    models.PayloadSchemaType.BOOL: edge.PayloadSchemaType.Bool,
    models.PayloadSchemaType.DATETIME: edge.PayloadSchemaType.Datetime,
    models.PayloadSchemaType.UUID: edge.PayloadSchemaType.Uuid,
}
