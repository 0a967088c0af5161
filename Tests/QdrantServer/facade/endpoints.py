# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What each address does: body in, result out."""

from qdrant_client.http import models
import qdrant_edge as edge

from facade import updates
from facade.answers import json_hit, json_record
from facade.bodies import PointInsertOperations, PointsSelector, at_least, parse
from facade.conditions import engine_filter
from facade.errors import malformed, not_found
from facade.identifiers import engine_id, engine_ids, json_id
from facade.indexes import engine_index
from facade.queries import engine_query, engine_scroll, payload_selection, refuse_shard_key


def _status(collection, parameters):
    state = "completed" if parameters.get("wait") == "true" else "acknowledged"
    return {"operation_id": collection.operations, "status": state}


def _write(kind, convert):
    def endpoint(collection, parameters, body):
        collection.update(convert(parse(kind, body), collection.schema), len(body))
        return _status(collection, parameters)

    return endpoint


def batch(collection, parameters, body):
    """All operations are checked before the first is applied."""
    given = parse(models.UpdateOperations, body)
    results = []
    for operation in [updates.batched(each, collection.schema) for each in given.operations]:
        collection.update(operation, len(body) // len(given.operations))
        results.append(_status(collection, parameters))
    return results


def retrieve(collection, parameters, body):
    given = parse(models.PointRequest, body)
    refuse_shard_key(given)
    selection = payload_selection(given.with_payload, True)
    found = collection.shard.retrieve(engine_ids(given.ids), selection, given.with_vector or False)
    return [json_record(each) for each in found]


def retrieve_one(collection, parameters, identifier):
    given = int(identifier) if identifier.isascii() and identifier.isdigit() else identifier
    found = collection.shard.retrieve([engine_id(given)], True, True)
    if not found:
        raise not_found(f"Point with id {identifier} does not exists!")
    return json_record(found[0])


def scroll(collection, parameters, body):
    points, offset = collection.shard.scroll(engine_scroll(parse(models.ScrollRequest, body)))
    return {
        "points": [json_record(each) for each in points],
        "next_page_offset": None if offset is None else json_id(offset),
    }


def count(collection, parameters, body):
    given = parse(models.CountRequest, body)
    refuse_shard_key(given)
    return {"count": collection.shard.count(edge.CountRequest(given.exact is not False, engine_filter(given.filter)))}


def query(collection, parameters, body):
    found = collection.shard.query(engine_query(parse(models.QueryRequest, body), collection.schema))
    return {"points": [json_hit(each) for each in found]}


def query_batch(collection, parameters, body):
    given = parse(models.QueryRequestBatch, body)
    requests = [engine_query(each, collection.schema) for each in given.searches]
    if not requests:
        return []
    found = collection.shard.query_batch(edge.QueryBatchRequest(requests))
    return [{"points": [json_hit(each) for each in hits]} for hits in found]


def facet(collection, parameters, body):
    given = parse(models.FacetRequest, body)
    refuse_shard_key(given)
    limit = at_least("limit", given.limit, 1)
    request = edge.FacetRequest(given.key, 10 if limit is None else limit, bool(given.exact), engine_filter(given.filter))
    # A value that no point has any more may stay, with a count of 0, until the engine rebuilds its index: as on a server.
    return {"hits": [{"value": each.value, "count": each.count} for each in collection.shard.facet(request).hits]}


def create_index(collection, parameters, body):
    given = parse(models.CreateFieldIndex, body)
    if not given.field_name:
        raise malformed("field_name is empty")
    operation = edge.UpdateOperation.create_field_index(given.field_name, engine_index(given.field_schema))
    collection.update(lambda _: operation, len(body))
    return _status(collection, parameters)


def delete_index(collection, parameters, field):
    collection.update(lambda _: edge.UpdateOperation.delete_field_index(field), len(field))
    return _status(collection, parameters)


def information(collection, parameters, body):
    return collection.information()


def optimize(collection, parameters, body):
    """Not an address of a Qdrant server: builds what a server builds on its own, when a test asks for it."""
    changed = collection.shard.optimize()
    collection.flush()
    return changed


#: What is under /collections/{name}, by method and the rest of the address.
OF_COLLECTION = {
    ("GET",): information,
    ("PUT", "index"): create_index,
    ("PUT", "points"): _write(PointInsertOperations, updates.upsert),
    ("POST", "points"): retrieve,
    ("PUT", "points", "vectors"): _write(models.UpdateVectors, updates.update_vectors),
    ("POST", "points", "vectors", "delete"): _write(models.DeleteVectors, updates.delete_vectors),
    ("POST", "points", "delete"): _write(PointsSelector, updates.delete),
    ("POST", "points", "payload"): _write(models.SetPayload, updates.set_payload),
    ("PUT", "points", "payload"): _write(models.SetPayload, updates.overwrite_payload),
    ("POST", "points", "payload", "delete"): _write(models.DeletePayload, updates.delete_payload),
    ("POST", "points", "payload", "clear"): _write(PointsSelector, updates.clear_payload),
    ("POST", "points", "batch"): batch,
    ("POST", "points", "scroll"): scroll,
    ("POST", "points", "count"): count,
    ("POST", "points", "query"): query,
    ("POST", "points", "query", "batch"): query_batch,
    ("POST", "facet"): facet,
    ("POST", "internal", "optimize"): optimize,
}
