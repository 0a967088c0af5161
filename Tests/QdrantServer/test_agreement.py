# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Searches agree in scores with the official client's local mode: another implementation, in Python.

The seed of the random data is printed with every failure. What the two order differently is only what has the same score.
"""

import os
import random
import unittest
import warnings

import qdrant_client
from qdrant_client import models

from targets import OnServer, on_every_server

_POINTS = 400
_SIZE = 24
_TERMS = 60
_QUERIES = 240


def sparse(source, terms):
    indices = source.sample(range(_TERMS), terms)
    return models.SparseVector(indices=indices, values=[source.uniform(0.1, 3) for _ in indices])


def dense(source):
    return [source.gauss(0, 1) for _ in range(_SIZE)]


def point(source, number):
    vectors = {"dense": dense(source)}
    if source.random() < 0.9:
        vectors["terms"] = sparse(source, source.randint(1, 12))
    payload = {
        "tenant": source.choice("aab"), "seq": source.randint(0, 50), "tags": source.sample(["x", "y", "z"], source.randint(0, 3)),
        "numbers": [{"f": source.choice(["year", "size"]), "v": source.randint(0, 9)} for _ in range(source.randint(0, 3))],
    }
    if source.random() < 0.2:
        del payload["tags"]
    return models.PointStruct(id=number, vector=vectors, payload=payload)


def condition(source, depth=2):
    def field(**parts):
        return models.FieldCondition(**parts)

    numbers = models.Filter(must=[
        field(key="f", match=models.MatchValue(value=source.choice(["year", "size"]))),
        field(key="v", range=models.Range(gte=source.randint(0, 6))),
    ])
    simple = [
        lambda: field(key="tenant", match=models.MatchValue(value=source.choice("abc"))),
        lambda: field(key="tags", match=models.MatchAny(any=source.sample(["x", "y", "z"], 2))),
        lambda: field(key="tags", match=models.MatchExcept(**{"except": ["x"]})),
        lambda: field(key="seq", range=models.Range(gt=source.randint(0, 30), lte=source.randint(20, 50))),
        lambda: models.IsEmptyCondition(is_empty=models.PayloadField(key="tags")),
        lambda: models.HasIdCondition(has_id=source.sample(range(_POINTS), _POINTS // 2)),
        lambda: models.NestedCondition(nested=models.Nested(key="numbers", filter=numbers)),
    ]
    if depth and source.random() < 0.4:
        return filter_of(source, depth - 1)
    return source.choice(simple)()


def filter_of(source, depth=2):
    parts = {"must": [], "should": [], "must_not": []}
    for _ in range(source.randint(1, 3)):
        parts[source.choice(["must", "must", "should", "must_not"])].append(condition(source, depth))
    return models.Filter(**{name: conditions for name, conditions in parts.items() if conditions})


def maybe_filter(source):
    return filter_of(source) if source.random() < 0.7 else None


def prefetch_filter(source):
    """A filter whose `should` stays apart from that of the query: see test_should_of_a_query_and_of_its_prefetch_are_one."""
    return models.Filter(must=[filter_of(source)]) if source.random() < 0.7 else None


def corpus(source):
    if source.random() < 0.5:
        return None
    tenant = models.FieldCondition(key="tenant", match=models.MatchValue(value=source.choice("ab")))
    return models.SearchParams(idf=models.IdfCorpusParams(corpus=models.Filter(must=[tenant])))


def query(source):
    """The arguments of a random search: dense, sparse or both."""
    kind = source.choice(["dense", "sparse", "rrf", "weighted", "dbsf", "rescore"])
    arguments = {"limit": source.randint(1, 30), "query_filter": maybe_filter(source)}
    if kind == "dense":
        arguments |= {"query": dense(source), "using": "dense", "offset": source.randint(0, 5)}
        if source.random() < 0.3:
            arguments["score_threshold"] = source.uniform(-2, 4)
    elif kind == "sparse":
        arguments |= {"query": sparse(source, 5), "using": "terms", "search_params": corpus(source)}
    else:
        arguments["prefetch"] = [
            models.Prefetch(query=dense(source), using="dense", limit=source.randint(1, 60), filter=prefetch_filter(source)),
            models.Prefetch(query=sparse(source, 5), using="terms", limit=source.randint(1, 60), params=corpus(source)),
        ]
        arguments |= {
            "rrf": {"query": models.FusionQuery(fusion="rrf")},
            "weighted": {"query": models.RrfQuery(rrf=models.Rrf(k=source.randint(1, 80), weights=[source.uniform(0.1, 2), 1]))},
            "dbsf": {"query": models.FusionQuery(fusion="dbsf")},
            "rescore": {"query": dense(source), "using": "dense"},
        }[kind]
    return kind, arguments


@on_every_server
class AgreementTests(OnServer):
    def setUp(self):
        self.seed = int(os.environ.get("SEED", random.randrange(2**32)))
        self.source = random.Random(self.seed)
        settings = {
            "vectors": {"dense": models.VectorParams(size=_SIZE, distance=models.Distance.DOT)},
            "sparse": {"terms": models.SparseVectorParams(modifier=models.Modifier.IDF)},
        }
        self.name = self.collection(**settings)
        warnings.simplefilter("ignore")
        self.local = qdrant_client.QdrantClient(":memory:")
        self.local.create_collection(
            self.name, vectors_config=settings["vectors"], sparse_vectors_config=settings["sparse"]
        )
        for field, kind in (("tenant", "keyword"), ("tags", "keyword"), ("seq", "integer")):
            if self.source.random() < 0.5:
                self.client.create_payload_index(self.name, field, kind)
        points = [point(self.source, number) for number in range(_POINTS)]
        for client in (self.client, self.local):
            client.upsert(self.name, points)
        self.addCleanup(self.local.close)

    def test_random_searches_give_the_same_scores(self):
        kinds = {}
        for number in range(_QUERIES):
            kind, arguments = query(self.source)
            with self.subTest(seed=self.seed, number=number, kind=kind, arguments=arguments):
                found = self.client.query_points(self.name, **arguments).points
                expected = self.local.query_points(self.name, **arguments).points
                self.same_hits(found, expected)
                kinds[kind] = kinds.get(kind, 0) + bool(found)
        self.assertTrue(all(count > 10 for count in kinds.values()), (self.seed, kinds))

    def same_hits(self, found, expected):
        self.assertEqual(len(found), len(expected))
        for hit, other in zip(found, expected):
            self.assertAlmostEqual(hit.score, other.score, delta=1e-4 * max(1, abs(other.score)))
        # Hits with the lowest score may be others of the same score.
        lowest = found[-1].score + 1e-4 * max(1, abs(found[-1].score)) if found else 0
        self.assertEqual({hit.id for hit in found if hit.score > lowest}, {hit.id for hit in expected if hit.score > lowest})

    def test_random_filters_count_and_scroll_the_same_points(self):
        for number in range(150):
            given = filter_of(self.source)
            with self.subTest(seed=self.seed, number=number, filter=given):
                expected = self.local.scroll(self.name, given, limit=_POINTS)[0]
                found = self.client.scroll(self.name, given, limit=_POINTS)[0]
                self.assertEqual([each.id for each in found], [each.id for each in expected])
                self.assertEqual([each.payload for each in found], [each.payload for each in expected])
                self.assertEqual(self.client.count(self.name, given).count, len(expected))

    def test_should_of_a_query_and_of_its_prefetch_are_one(self):
        """What keeps a tenant apart belongs in `must`: the engine joins both lists of `should`, and one match is enough."""

        def tenant(name):
            return models.FieldCondition(key="tenant", match=models.MatchValue(value=name))

        def found(root, inner):
            prefetch = models.Prefetch(query=dense(self.source), using="dense", limit=_POINTS, filter=inner)
            query = models.FusionQuery(fusion="rrf")
            points = self.client.query_points(self.name, prefetch=prefetch, query=query, query_filter=root, limit=_POINTS).points
            return {each.payload["tenant"] for each in points}

        self.assertEqual(found(models.Filter(must=[tenant("a")]), models.Filter(must=[tenant("b")])), set())
        self.assertEqual(found(models.Filter(must=[tenant("a")]), models.Filter(should=[tenant("a"), tenant("b")])), {"a"})
        self.assertEqual(found(models.Filter(should=[tenant("a")]), models.Filter(should=[tenant("b")])), {"a", "b"})

    def test_deleted_and_changed_points_leave_the_statistics(self):
        for client in (self.client, self.local):
            client.delete(self.name, list(range(0, _POINTS, 3)))
        changed = [point(self.source, number) for number in range(1, _POINTS, 3)]
        for client in (self.client, self.local):
            client.upsert(self.name, changed)
        tenant = models.FieldCondition(key="tenant", match=models.MatchValue(value="a"))
        parameters = models.SearchParams(idf=models.IdfCorpusParams(corpus=models.Filter(must=[tenant])))
        for number in range(30):
            arguments = {"query": sparse(self.source, 4), "using": "terms", "search_params": parameters, "limit": 20}
            with self.subTest(seed=self.seed, number=number):
                found = self.client.query_points(self.name, **arguments).points
                self.same_hits(found, self.local.query_points(self.name, **arguments).points)


@on_every_server
class CorpusTests(OnServer):
    def test_a_corpus_of_its_own_weighs_words_differently(self):
        name = self.collection(sparse={"terms": models.SparseVectorParams(modifier=models.Modifier.IDF)})
        self.client.create_payload_index(name, "tenant", models.KeywordIndexParams(type="keyword", is_tenant=True))
        # Word 1 is rare for tenant a and common for b; word 2 the other way round.
        points = []
        for number in range(200):
            tenant, common = ("a", 2) if number % 2 else ("b", 1)
            indices = [common] if number % 20 > 1 else [1, 2]
            vector = {"terms": models.SparseVector(indices=indices, values=[1.0] * len(indices))}
            points.append(models.PointStruct(id=number, vector=vector, payload={"tenant": tenant}))
        self.client.upsert(name, points)

        def scores(tenant, word, **parameters):
            own = models.Filter(must=[models.FieldCondition(key="tenant", match=models.MatchValue(value=tenant))])
            if parameters.pop("own", False):
                parameters["search_params"] = models.SearchParams(idf=models.IdfCorpusParams(corpus=own))
            query = models.SparseVector(indices=[word], values=[1.0])
            return self.client.query_points(name, query=query, using="terms", query_filter=own, limit=1, **parameters).points[0].score

        self.assertAlmostEqual(scores("a", 1), scores("a", 2), places=5)
        self.assertGreater(scores("a", 1, own=True), 5 * scores("a", 2, own=True))
        self.assertGreater(scores("b", 2, own=True), 5 * scores("b", 1, own=True))
        explicit = models.SearchParams(idf=models.IdfScope.GLOBAL)
        self.assertEqual(scores("a", 1, search_params=explicit), scores("a", 1))


if __name__ == "__main__":
    unittest.main()
