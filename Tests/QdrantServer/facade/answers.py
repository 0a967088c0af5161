# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Answers: from the engine's records to JSON values."""

import json

import qdrant_edge as edge

from facade.identifiers import json_id

encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")).encode


def json_vector(given):
    if isinstance(given, edge.SparseVector):
        return {"indices": given.indices, "values": given.values}
    return given


def json_vectors(given):
    if not isinstance(given, dict):
        return given
    if len(given) == 1 and "" in given:
        return json_vector(given[""])
    return {name: json_vector(vector) for name, vector in given.items()}


def _common(given, answer):
    if (payload := given.payload) is not None:
        answer["payload"] = payload
    if (vector := given.vector) is not None:
        answer["vector"] = json_vectors(vector)
    if (value := given.order_value) is not None:
        answer["order_value"] = value
    return answer


def json_record(given):
    return _common(given, {"id": json_id(given.id)})


def json_hit(given):
    return _common(given, {"id": json_id(given.id), "version": given.version, "score": given.score})
