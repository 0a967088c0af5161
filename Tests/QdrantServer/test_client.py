# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The official client, driving the server through what the store uses."""

import unittest
import uuid

from qdrant_client import models
from qdrant_client.http.exceptions import UnexpectedResponse

from targets import OnServer, on_every_server


def match(key, value):
    return models.FieldCondition(key=key, match=models.MatchValue(value=value))


def must(*conditions):
    return models.Filter(must=list(conditions))


def point(identifier, payload, vector=None):
    return models.PointStruct(id=identifier, vector=vector or {}, payload=payload)


def identifiers(records):
    return [each.id for each in records]


@on_every_server
class ClientTests(OnServer):
    def refused(self, status, call, *arguments, **named):
        with self.assertRaises(UnexpectedResponse) as caught:
            call(*arguments, **named)
        self.assertEqual(caught.exception.status_code, status, caught.exception.content)
        return caught.exception.content.decode()

    def test_collections_are_made_shown_and_removed(self):
        name = self.collection(
            {"dense": models.VectorParams(size=8, distance=models.Distance.DOT)},
            {"terms": models.SparseVectorParams(modifier=models.Modifier.IDF)},
            quantization_config=models.ScalarQuantization(scalar=models.ScalarQuantizationConfig(type=models.ScalarType.INT8)),
        )
        info = self.client.get_collection(name)
        self.assertEqual(info.status, models.CollectionStatus.GREEN)
        self.assertEqual(info.config.params.vectors["dense"].size, 8)
        self.assertEqual(info.config.params.vectors["dense"].distance, models.Distance.DOT)
        self.assertEqual(info.config.params.sparse_vectors["terms"].modifier, models.Modifier.IDF)
        self.assertEqual(info.config.quantization_config.scalar.type, models.ScalarType.INT8)
        self.assertEqual(info.points_count, 0)
        self.assertTrue(self.client.collection_exists(name))
        self.assertIn(name, [each.name for each in self.client.get_collections().collections])
        text = self.refused(409, self.client.create_collection, name, vectors_config={})
        self.assertIn("already exists", text)
        self.assertTrue(self.client.delete_collection(name))
        self.assertFalse(self.client.collection_exists(name))
        self.assertFalse(self.client.delete_collection(name))
        self.assertIn("doesn't exist", self.refused(404, self.client.get_collection, name))
        self.refused(404, self.client.upsert, name, [point(1, {})])

    def test_a_collection_without_vectors_keeps_payloads(self):
        name = self.collection()
        info = self.client.get_collection(name)
        self.assertEqual(info.config.params.vectors, {})
        self.assertFalse(info.config.params.sparse_vectors)
        identifier = str(uuid.uuid4())
        payload = {
            "text": "naïve \u0000 😀 \"quoted\"", "list": [1, [2, {"a": None}]], "big": 2**53 + 1, "float": 1.5, "whole": 2.0,
            "empty": {}, "no": None, "yes": True, "least": -(2**63), "nested": {"a.b": {"c": [{}]}},
        }
        self.client.upsert(name, [point(identifier, payload), point(2**63, {"n": 1})])
        records = self.client.retrieve(name, [2**63, identifier, 5], with_vectors=True)
        self.assertEqual(identifiers(records), [2**63, identifier])
        self.assertEqual(records[1].payload, payload)
        self.assertIs(type(records[1].payload["whole"]), float)
        self.assertEqual(records[1].vector, {})

    def test_an_upsert_replaces_the_whole_point(self):
        name = self.collection({"a": models.VectorParams(size=2, distance="Dot"), "b": models.VectorParams(size=2, distance="Dot")})
        self.client.upsert(name, [point(1, {"x": 1, "y": 2}, {"a": [1, 2], "b": [3, 4]})])
        self.client.upsert(name, [point(1, {"x": 5}, {"a": [0.5, 0.25]})])
        (record,) = self.client.retrieve(name, [1], with_vectors=True)
        self.assertEqual(record.payload, {"x": 5})
        self.assertEqual(record.vector, {"a": [0.5, 0.25]})

    def test_payloads_and_vectors_are_given_as_asked(self):
        name = self.collection({"a": models.VectorParams(size=2, distance="Dot")}, {"s": models.SparseVectorParams()})
        sparse = models.SparseVector(indices=[7, 2**32 - 1, 3], values=[0.5, 0.25, 2])
        self.client.upsert(name, [point(1, {"x": 1, "y": {"z": 2, "w": 3}}, {"a": [1, 2], "s": sparse})])
        (record,) = self.client.retrieve(name, [1], with_payload=["y.z"], with_vectors=["s"])
        self.assertEqual(record.payload, {"y": {"z": 2}})
        self.assertEqual(dict(zip(record.vector["s"].indices, record.vector["s"].values)), dict(zip(sparse.indices, sparse.values)))
        self.assertEqual(list(record.vector), ["s"])
        (record,) = self.client.retrieve(name, [1], with_payload=models.PayloadSelectorExclude(exclude=["y"]))
        self.assertEqual((record.payload, record.vector), ({"x": 1}, None))
        (hit,) = self.client.query_points(name, query=[1.0, 1.0], using="a", with_payload=False).points
        self.assertEqual((hit.payload, hit.vector, hit.score), (None, None, 3.0))

    def test_scrolling_pages_through_all_points_by_id(self):
        name = self.collection()
        self.client.upsert(name, [point(number, {"even": number % 2 == 0}) for number in range(100)])
        seen, offset = [], None
        while True:
            records, offset = self.client.scroll(name, must(match("even", True)), limit=7, offset=offset)
            seen += identifiers(records)
            if offset is None:
                break
        self.assertEqual(seen, list(range(0, 100, 2)))

    def test_scrolling_orders_by_a_payload_field(self):
        name = self.collection()
        self.client.create_payload_index(name, "order", models.PayloadSchemaType.INTEGER)
        self.client.upsert(name, [point(number, {"order": number * 7 % 100}) for number in range(100)])
        records, offset = self.client.scroll(
            name, order_by=models.OrderBy(key="order", direction="desc", start_from=50), limit=20, with_payload=False
        )
        self.assertIsNone(offset)
        self.assertEqual([each.order_value for each in records], list(range(50, 30, -1)))
        records, _ = self.client.scroll(name, must(match("order", 3)), order_by="order")
        self.assertEqual([each.payload["order"] for each in records], [3])
        self.refused(400, self.client.scroll, name, order_by="unindexed")

    def test_counts_and_facets_agree_with_the_data(self):
        name = self.collection()
        self.client.create_payload_index(name, "tenant", models.KeywordIndexParams(type="keyword", is_tenant=True))
        self.client.create_payload_index(name, "n", "integer")
        self.client.upsert(name, [point(number, {"tenant": "abc"[number % 3], "n": number}) for number in range(100)])
        self.assertEqual(self.client.count(name, exact=True).count, 100)
        self.assertEqual(self.client.count(name, must(match("tenant", "b"))).count, 33)
        below = models.FieldCondition(key="n", range=models.Range(gte=10, lt=20))
        self.assertEqual(self.client.count(name, must(below)).count, 10)
        hits = self.client.facet(name, "tenant", exact=True).hits
        self.assertEqual([(each.value, each.count) for each in hits], [("a", 34), ("b", 33), ("c", 33)])
        hits = self.client.facet(name, "tenant", must(below), limit=1, exact=True).hits
        self.assertEqual([(each.value, each.count) for each in hits], [("b", 4)])
        schema = self.client.get_collection(name).payload_schema
        self.assertEqual(schema["tenant"].data_type, models.PayloadSchemaType.KEYWORD)
        self.assertTrue(schema["tenant"].params.is_tenant)
        self.assertEqual(schema["n"].data_type, models.PayloadSchemaType.INTEGER)
        self.client.delete_payload_index(name, "n")
        self.assertNotIn("n", self.client.get_collection(name).payload_schema)

    def test_writes_by_filter_touch_what_matches(self):
        name = self.collection()
        self.client.upsert(name, [point(number, {"group": number % 4, "keep": 1}) for number in range(40)])
        self.client.set_payload(name, {"seen": True}, must(match("group", 1)))
        self.assertEqual(self.client.count(name, must(match("seen", True), match("keep", 1))).count, 10)
        self.client.delete_payload(name, ["keep"], must(match("group", 2)))
        self.assertEqual(self.client.count(name, must(match("keep", 1))).count, 30)
        self.client.delete(name, models.FilterSelector(filter=must(match("group", 3))))
        self.assertEqual(self.client.count(name).count, 30)
        self.client.delete(name, [0, 4, 12345])
        self.assertEqual(self.client.count(name, must(match("group", 0))).count, 8)
        self.client.overwrite_payload(name, {"only": 1}, points=[8])
        self.client.clear_payload(name, models.PointIdsList(points=[16]))
        records = {each.id: each.payload for each in self.client.retrieve(name, [8, 16])}
        self.assertEqual(records, {8: {"only": 1}, 16: {}})

    def test_filters_nest_to_any_depth(self):
        name = self.collection()
        facts = [
            {"facts": [{"f": "year", "v": 1999}, {"f": "size", "v": 5}], "tag": ["a", "b"]},
            {"facts": [{"f": "year", "v": 5}, {"f": "size", "v": 1999}], "tag": ["b"]},
            {"facts": [], "tag": []},
            {"tag": ["c"]},
        ]
        self.client.upsert(name, [point(number, payload) for number, payload in enumerate(facts)])

        def found(condition):
            return identifiers(self.client.scroll(name, condition)[0])

        old = models.NestedCondition(nested=models.Nested(key="facts", filter=must(
            match("f", "year"), models.FieldCondition(key="v", range=models.Range(gt=1000)))))
        empty = models.IsEmptyCondition(is_empty=models.PayloadField(key="facts"))
        tagged = models.FieldCondition(key="tag", match=models.MatchAny(any=["b", "c"]))
        self.assertEqual(found(must(old)), [0])
        self.assertEqual(found(must(empty)), [2, 3])
        self.assertEqual(found(must(tagged)), [0, 1, 3])
        self.assertEqual(found(must(models.Filter(should=[old, models.Filter(must=[empty, tagged])]))), [0, 3])
        self.assertEqual(found(models.Filter(must=[tagged], must_not=[models.Filter(should=[old, empty])])), [1])
        self.assertEqual(found(must(models.HasIdCondition(has_id=[1, 3, 99]))), [1, 3])
        except_b = models.FieldCondition(key="tag", match=models.MatchExcept(**{"except": ["b", "c"]}))
        self.assertEqual(found(must(except_b)), [0])
        self.client.upsert(name, [point(10, {"flag": True}), point(11, {"flag": [False, 1]}), point(12, {"flag": 1})])
        self.assertEqual(found(must(match("flag", True))), [10])
        self.assertEqual(found(must(match("flag", False))), [11])
        self.assertEqual(found(must(match("flag", 1))), [11, 12])

    def test_a_batch_is_carried_out_in_order(self):
        name = self.collection()
        results = self.client.batch_update_points(name, [
            models.UpsertOperation(upsert=models.PointsList(points=[point(1, {"a": 1}), point(2, {"a": 2})])),
            models.SetPayloadOperation(set_payload=models.SetPayload(payload={"b": 1}, filter=must(match("a", 2)))),
            models.DeleteOperation(delete=models.FilterSelector(filter=must(match("a", 1)))),
            models.UpsertOperation(upsert=models.PointsList(
                points=[point(2, {"a": 3}), point(3, {"a": 3})], update_mode="insert_only")),
        ])
        self.assertEqual([each.status for each in results], [models.UpdateStatus.COMPLETED] * 4)
        records = {each.id: each.payload for each in self.client.scroll(name)[0]}
        self.assertEqual(records, {2: {"a": 2, "b": 1}, 3: {"a": 3}})

    def test_several_queries_in_one_request_answer_in_order(self):
        name = self.collection({"a": models.VectorParams(size=2, distance="Dot")})
        self.client.upsert(name, [point(1, {"t": "x"}, {"a": [1, 0]}), point(2, {"t": "y"}, {"a": [0, 1]})])
        answers = self.client.query_batch_points(name, [
            models.QueryRequest(query=[1.0, 0.0], using="a", limit=1),
            models.QueryRequest(query=[0.0, 1.0], using="a", limit=1, with_payload=True),
            models.QueryRequest(query=[0.0, 1.0], using="a", limit=1, filter=must(match("t", "x"))),
        ])
        self.assertEqual([[(hit.id, hit.payload) for hit in each.points] for each in answers],
                         [[(1, None)], [(2, {"t": "y"})], [(1, None)]])

    def test_the_default_vector_has_no_name(self):
        name = self.collection(models.VectorParams(size=2, distance=models.Distance.COSINE))
        self.client.upsert(name, [point(1, {}, [3.0, 4.0]), point(2, {}, [4.0, 3.0])])
        (hit, _) = self.client.query_points(name, query=[6.0, 8.0], with_vectors=True).points
        self.assertEqual(hit.id, 1)
        self.assertAlmostEqual(hit.score, 1, places=5)
        for found, expected in zip(hit.vector, [0.6, 0.8]):
            self.assertAlmostEqual(found, expected, places=5)

    def test_vectors_that_do_not_fit_are_refused(self):
        name = self.collection({"a": models.VectorParams(size=2, distance="Dot")}, {"s": models.SparseVectorParams()})
        for vector in ({"a": [1.0]}, {"b": [1.0, 2.0]}, {"a": models.SparseVector(indices=[1], values=[1])}, {"s": [1.0, 2.0]}, [1.0, 2.0]):
            self.refused(400, self.client.upsert, name, [point(1, {}, vector)])
        for query in ([1.0], [1.0, 2.0, 3.0]):
            self.refused(400, self.client.query_points, name, query=query, using="a")
        self.refused(400, self.client.query_points, name, query=[1.0, 2.0], using="missing")
        for indices, values in (([1, 1], [1.0, 2.0]), ([1, 2], [1.0])):
            sparse = models.SparseVector(indices=indices, values=values)
            self.refused(422, self.client.upsert, name, [point(1, {}, {"s": sparse})])
            self.refused(422, self.client.query_points, name, query=sparse, using="s")
        self.assertEqual(self.client.count(name).count, 0)

    def test_a_payload_cannot_be_set_on_a_missing_point(self):
        name = self.collection()
        self.assertIn("No point with id", self.refused(404, self.client.set_payload, name, {"a": 1}, points=[1]))


if __name__ == "__main__":
    unittest.main()
