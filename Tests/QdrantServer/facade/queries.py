# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Searches: from the client's models to the engine's requests."""

import datetime

import qdrant_edge as edge
from qdrant_client.http import models

from facade.bodies import at_least
from facade.conditions import engine_filter
from facade.errors import malformed, unsupported
from facade.identifiers import engine_id
from facade.points import engine_vector

_DEFAULT_LIMIT = 10
_DEFAULT_RRF_K = 2


def refuse_shard_key(given):
    if given.shard_key is not None:
        raise unsupported("shard_key")


def engine_query(given, schema):
    """A query with its prefetches, which the engine plans and runs as a whole."""
    refuse_shard_key(given)
    _refuse_lookup(given)
    return edge.QueryRequest(
        limit=_limit(given),
        offset=at_least("offset", given.offset, 0),
        query=_scoring(given.query, given.using, schema),
        prefetches=_prefetches(given.prefetch, schema),
        with_vector=_default(given.with_vector, False),
        with_payload=payload_selection(given.with_payload, False),
        filter=engine_filter(given.filter),
        score_threshold=given.score_threshold,
        params=_parameters(given.params),
    )


def _prefetches(given, schema):
    if given is None:
        return None
    return [_prefetch(each, schema) for each in (given if isinstance(given, list) else [given])]


def _prefetch(given, schema):
    _refuse_lookup(given)
    return edge.Prefetch(
        limit=_limit(given),
        query=_scoring(given.query, given.using, schema),
        prefetches=_prefetches(given.prefetch, schema),
        params=_parameters(given.params),
        filter=engine_filter(given.filter),
        score_threshold=given.score_threshold,
    )


def _limit(given):
    limit = at_least("limit", given.limit, 1)
    return _DEFAULT_LIMIT if limit is None else limit


def _refuse_lookup(given):
    if given.lookup_from is not None:
        raise unsupported("lookup_from")


def _default(value, otherwise):
    return otherwise if value is None else value


def _scoring(given, using, schema):
    if given is None:
        return None
    if isinstance(given, models.NearestQuery):
        if given.mmr is not None:
            raise unsupported("query mmr")
        return _nearest(given.nearest, using, schema)
    if isinstance(given, models.FusionQuery):
        return edge.Fusion.Dbsf() if given.fusion is models.Fusion.DBSF else edge.Fusion.Rrf(k=_DEFAULT_RRF_K)
    if isinstance(given, models.RrfQuery):
        k = at_least("k", given.rrf.k, 1)
        return edge.Fusion.Rrf(k=_DEFAULT_RRF_K if k is None else k, weights=given.rrf.weights)
    if isinstance(given, models.OrderByQuery):
        return engine_order(given.order_by)
    if isinstance(given, models.SampleQuery):
        return edge.Sample.Random
    return _nearest(given, using, schema)


def _nearest(given, using, schema):
    if not isinstance(given, (list, models.SparseVector)):
        raise unsupported(f"query by {type(given).__name__}")
    name = using or ""
    return edge.Query.Nearest(engine_vector(given, schema, name), name or None)


def _parameters(given):
    if given is None:
        return None
    if given.acorn is not None:
        raise unsupported("search parameter acorn")
    quantization = given.quantization
    return edge.SearchParams(
        hnsw_ef=given.hnsw_ef,
        exact=bool(given.exact),
        quantization=None if quantization is None else edge.QuantizationSearchParams(
            ignore=bool(quantization.ignore), rescore=quantization.rescore, oversampling=quantization.oversampling
        ),
        indexed_only=bool(given.indexed_only),
        idf=_corpus(given.idf),
    )


def _corpus(given):
    """The population of the IDF statistics; the name "global" means the whole collection."""
    if given is None:
        return None
    return edge.IdfParams(engine_filter(given.corpus)) if isinstance(given, models.IdfCorpusParams) else edge.IdfParams()


def payload_selection(given, otherwise):
    if given is None:
        return otherwise
    if isinstance(given, models.PayloadSelectorInclude):
        return edge.PayloadSelector.Include(given.include)
    if isinstance(given, models.PayloadSelectorExclude):
        return edge.PayloadSelector.Exclude(given.exclude)
    return given


def engine_order(given):
    if isinstance(given, str):
        return edge.OrderBy(given)
    start = given.start_from
    if isinstance(start, datetime.date):
        start = start.isoformat()
    direction = edge.Direction.Desc if given.direction is models.Direction.DESC else edge.Direction.Asc
    return edge.OrderBy(given.key, direction, start)


def engine_scroll(given):
    refuse_shard_key(given)
    if given.order_by is not None and given.offset is not None:
        raise malformed("Cannot use an `offset` when using `order_by`. The alternative for paging is to use `order_by.start_from` "
                        "and a filter to exclude the IDs that you've already seen for the `order_by.start_from` value")
    return edge.ScrollRequest(
        offset=None if given.offset is None else engine_id(given.offset),
        limit=_limit(given),
        filter=engine_filter(given.filter),
        with_payload=payload_selection(given.with_payload, True),
        with_vector=_default(given.with_vector, False),
        order_by=None if given.order_by is None else engine_order(given.order_by),
    )


