# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Which points a conditional or filtered write touches, decided before the engine logs the write.

The engine decides both itself, but it logs the condition and decides again when it replays its log after a kill, against whatever
reached the disk by then. A Qdrant server asks first and logs ids (its `resolve_operation`), and so does this module: the engine finds
the points, and what it is then given names them. Nothing comes between the two, because nothing runs meanwhile.
"""

import qdrant_edge as edge
from qdrant_client.http import models

_ALL = 2**31


def ids_matching(shard, condition):
    """The ids of all points that match an engine's filter."""
    return _ids(shard, condition, _ALL)


def points_to_upsert(shard, points, condition, mode):
    """Those of an upsert's points that its condition and mode let through; `points` are the engine's, `mode` is the model's."""
    if condition is None and mode in (None, models.UpdateMode.UPSERT):
        return points
    ids = [each.id for each in points]
    existing = {each.id for each in shard.retrieve(ids, False, False)}
    if mode is models.UpdateMode.INSERT_ONLY:
        return [each for each in points if each.id not in existing]
    passing = existing if condition is None else ids_among(shard, existing, condition)
    if mode is models.UpdateMode.UPDATE_ONLY:
        return [each for each in points if each.id in passing]
    return [each for each in points if each.id not in existing or each.id in passing]


def ids_among(shard, ids, condition):
    """The ids among `ids` whose points match an engine's filter."""
    if not ids:
        return set()
    return set(_ids(shard, edge.Filter(must=[edge.HasIdCondition(set(ids)), condition]), len(ids)))


def _ids(shard, condition, limit):
    found, _ = shard.scroll(edge.ScrollRequest(limit=limit, filter=condition, with_payload=False, with_vector=False))
    return [each.id for each in found]
